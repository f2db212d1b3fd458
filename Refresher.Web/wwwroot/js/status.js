// What makes the status page nicer: the viewer's own hours, and a word when it could not look again. Nothing here is needed to read it.
import { keepTimes, showTimes } from "./times.js";

showTimes(document);
keepTimes();

// What the viewer chose and opened stays as it is when the page is brought up to date.
window.addEventListener("load", () => {
  if (window.Idiomorph) {
    window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = name => name !== "checked" && name !== "open";
  }
});

const lost = document.getElementById("lost");
document.addEventListener("htmx:afterRequest", event => {
  lost.hidden = event.detail.successful;
});
