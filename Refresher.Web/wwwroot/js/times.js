// The server writes UTC into <time>; the viewer reads the own zone, and UTC under the pointer.
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const precise = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Writes every <time> within a part of the page. */
export function showTimes(root) {
  for (const time of root.querySelectorAll?.("time[data-show]") ?? []) {
    write(time);
  }
  for (const label of root.querySelectorAll?.("text[data-hour]") ?? []) {
    put(label, String(new Date(label.dataset.hour).getHours()).padStart(2, "0"));
  }
  for (const note of root.querySelectorAll?.("[data-hours]") ?? []) {
    put(note, `hours in ${zone}`);
  }
}

/** Written only when it differs: whoever watches the page for changes would otherwise see one each time. */
function put(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Parts that are fetched again bring UTC along: it is turned before anything is painted. */
export function keepTimes() {
  new MutationObserver(() => showTimes(document)).observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ["datetime"] });
}

function write(time) {
  const at = new Date(time.dateTime);
  const shown = { full: () => full.format(at), time: () => precise.format(at), clock: () => clock.format(at), ago: () => relative(at) }[time.dataset.show]?.();
  if (shown) {
    put(time, shown);
  }
  // Local first where words hide it, then UTC, as the server wrote it.
  if (!time.dataset.utc) {
    time.dataset.utc = time.title;
    time.title = time.dataset.show === "full" ? `${time.title}; shown in ${zone}` : `${full.format(at)} ${zone}\n${time.title}`;
  }
}

/** The same words as Instants.Relative on the server. */
function relative(at) {
  const seconds = Math.floor(Math.abs(Date.now() - at) / 1000);
  if (seconds < 1) {
    return "now";
  }
  const words = seconds < 60 ? `${seconds} s`
    : seconds < 3600 ? `${Math.floor(seconds / 60)} min`
    : seconds < 172800 ? `${Math.floor(seconds / 3600)} h`
    : `${Math.floor(seconds / 86400)} days`;
  return at <= Date.now() ? `${words} ago` : `in ${words}`;
}

setInterval(() => {
  if (!document.hidden) {
    for (const time of document.querySelectorAll("time[data-show=ago]")) {
      write(time);
    }
  }
}, 1000);
