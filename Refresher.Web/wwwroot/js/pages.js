// Small conveniences of single pages.

/** Menus made of details close on Escape and on a click elsewhere. */
export function closeMenus() {
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", event => open().forEach(menu => menu.contains(event.target) || menu.removeAttribute("open")));
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") {
      open().forEach(menu => {
        menu.removeAttribute("open");
        menu.querySelector("summary").focus();
      });
    }
  });
}

/** A log scrolls along as long as its reader stays at its end. */
export function followLogs(root) {
  for (const log of [root.closest?.("[data-follow]"), ...(root.querySelectorAll?.("[data-follow]") ?? [])]) {
    if (log && (log.scrolledBy === undefined || log.atEnd)) {
      log.scrollTop = log.scrollHeight;
      log.atEnd = true;
      log.scrolledBy ??= log.addEventListener("scroll", () => {
        log.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
      }, { passive: true }) ?? true;
    }
  }
}

/** The box in a table's head ticks those of its body. */
export function selectAll() {
  document.addEventListener("change", event => {
    if (event.target.matches("[data-select-all]")) {
      for (const box of event.target.closest("table").querySelectorAll("tbody input[type=checkbox]")) {
        box.checked = event.target.checked;
      }
    }
  });
}

/** New schedules begin with the viewer's zone; the server knows only UTC. */
export function viewerZone(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of root.querySelectorAll("input[data-viewer-zone]")) {
    if (field.value === "UTC" && zone) {
      field.value = zone;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

/** Buttons share the forms of the layout: htmx is told which button it was, and what page to come back to, filters included. */
export function sendActions() {
  const pressed = new WeakMap();
  document.addEventListener("submit", event => pressed.set(event.target, event.submitter), true);
  document.addEventListener("htmx:configRequest", event => {
    const form = event.detail.elt;
    const button = pressed.get(form);
    if (form.id === "act" || form.id === "bulk") {
      event.detail.path = button?.getAttribute("formaction") ?? event.detail.path;
      event.detail.parameters["return"] = location.pathname + location.search;
      if (button?.name) {
        event.detail.parameters[button.name] = button.value;
      }
    }
  });
}

/** A part that is fetched again leaves what the viewer ticked and opened as it is; only a sent form takes the ticks away. */
export function keepTicks() {
  window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = name => name !== "checked" && name !== "open";
  document.addEventListener("htmx:afterRequest", event => {
    if (event.detail.elt.id === "bulk") {
      for (const box of document.querySelectorAll("input[form=bulk], [data-select-all]")) {
        box.checked = false;
      }
    }
  });
}
