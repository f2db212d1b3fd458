// The event stream of one browser: runs as a shared worker, or is imported by a tab where there are none.
const tabs = new Map();       // port -> topics it wants
let source = null;
let open = "";                // topics of the open stream
let reopening = 0;
let tries = 0;
let state = "opening";       // then "live", and "lost" whenever it breaks

export function join(port) {
  port.onmessage = ({ data }) => {
    if (data.leave) {
      tabs.delete(port);
    } else {
      tabs.set(port, data.topics);
      port.postMessage({ state });
    }
    schedule(data.leave ? 2000 : 50);
  };
  port.start?.();
}

self.onconnect = event => join(event.ports[0]);

function schedule(delay) {
  clearTimeout(reopening);
  reopening = setTimeout(connect, delay);
}

function connect() {
  const topics = [...new Set([...tabs.values()].flat())].sort().join(",");
  if (topics === open && source && source.readyState !== EventSource.CLOSED) {
    return;
  }
  source?.close();
  source = null;
  open = topics;
  if (!topics) {
    return;
  }
  source = new EventSource(`/live?topics=${encodeURIComponent(topics)}`);
  source.onopen = () => {
    tries = 0;
    tell("live");
    // What changed before this stream was open was not heard: everyone looks once.
    send({ topic: "*" });
  };
  source.onmessage = event => send({ topic: event.data });
  source.onerror = () => {
    tell("lost");
    // A browser gives up by itself when the answer is an error, as it is while Web restarts behind a proxy: try again, more and more slowly.
    if (source?.readyState === EventSource.CLOSED) {
      open = "";
      schedule(Math.min(30_000, 1000 * 2 ** tries++));
    }
  };
}

function tell(now) {
  state = now;
  send({ state });
}

function send(message) {
  for (const port of tabs.keys()) {
    port.postMessage(message);
  }
}
