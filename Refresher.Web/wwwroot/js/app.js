// The one module a page loads. Everything here makes a page nicer; nothing here is needed to read it or to send its forms.
import { keepTimes, showTimes } from "./times.js";
import { goLive } from "./live.js";
import { listenForKeys } from "./keys.js";
import { askFirst } from "./confirm.js";
import { closeMenus, followLogs, keepTicks, selectAll, sendActions, viewerZone } from "./pages.js";

showTimes(document);
keepTimes();
goLive();
listenForKeys();
askFirst();
closeMenus();
followLogs(document);
selectAll();
keepTicks();
sendActions();
viewerZone(document);

// From here on buttons ask, and parts are swapped: whoever drives a browser waits for this sign.
document.documentElement.dataset.ready = "";

document.addEventListener("htmx:afterSettle", event => followLogs(event.target));

// What went wrong with a part of a page is said where messages are.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, event => {
    const status = event.detail.xhr?.status;
    if (event.detail.requestConfig?.verb !== "get") {
      say(status ? `That did not work: the server answered ${status}.` : "That did not work: the server does not answer.");
    }
  });
}

function say(text) {
  const alert = document.createElement("div");
  alert.className = "alert alert-danger";
  alert.setAttribute("role", "alert");
  alert.textContent = text;
  document.getElementById("flash")?.replaceChildren(alert);
}
