// Keeps the parts of a page fresh that say data-live="topic …": when a topic changes they get the event "live", on which htmx fetches
// them again. The stream is shared by all tabs through a worker, because six streams use up what a browser opens to one host.
const quietest = 500;         // milliseconds between two looks at one part that does not say data-pace
const slowLook = 30_000;      // how often to look while there is no stream
const words = { opening: "Connecting…", live: "Live", lost: "Reconnecting…" };
const waiting = new Map();
let lost = 0;

export function goLive() {
  const topics = wanted();
  if (topics.length === 0) {
    return;
  }
  const stream = openStream();
  stream.onmessage = ({ data }) => {
    if (data.state) {
      showState(data.state);
    } else {
      changed(data.topic);
    }
  };
  stream.postMessage({ topics });
  addEventListener("pagehide", () => stream.postMessage({ leave: true }));
  addEventListener("pageshow", event => event.persisted && stream.postMessage({ topics: wanted() }));
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  document.addEventListener("htmx:afterSettle", () => stream.postMessage({ topics: wanted() }));
}

function wanted() {
  return [...new Set([...document.querySelectorAll("[data-live]")].flatMap(part => part.dataset.live.split(" ")))].filter(Boolean).sort();
}

/** A shared worker where there is one, else the same code in this tab. */
function openStream() {
  const address = new URL("live-stream.js", import.meta.url);
  if (window.SharedWorker) {
    const worker = new SharedWorker(address, { type: "module", name: "live" });
    worker.port.start();
    return worker.port;
  }
  const channel = new MessageChannel();
  import(address).then(stream => stream.join(channel.port2));
  channel.port1.start();
  return channel.port1;
}

function changed(topic) {
  for (const part of document.querySelectorAll("[data-live]")) {
    if (topic === "*" || part.dataset.live.split(" ").includes(topic)) {
      look(part);
    }
  }
}

/** At most one look in a while, the last change never forgotten; a hidden tab looks when it is seen again. */
function look(part) {
  const key = part.id || part;
  if (waiting.has(key)) {
    return;
  }
  const due = Math.max(0, (part.lookedAt ?? 0) + (Number(part.dataset.pace) || quietest) - performance.now());
  waiting.set(key, setTimeout(() => document.hidden || tell(key), due + 20));
}

function tell(key) {
  waiting.delete(key);
  const part = typeof key === "string" ? document.getElementById(key) : key;
  if (part?.isConnected) {
    part.lookedAt = performance.now();
    part.dispatchEvent(new CustomEvent("live"));
  }
}

function flush() {
  for (const key of [...waiting.keys()]) {
    tell(key);
  }
}

function showState(state) {
  clearInterval(lost);
  if (state !== "live") {
    lost = setInterval(() => changed("*"), slowLook);
  }
  const sign = document.querySelector("[data-live-state]");
  if (sign) {
    sign.hidden = false;
    sign.dataset.liveState = state;
    sign.querySelector("[data-live-text]").textContent = words[state];
  }
}
