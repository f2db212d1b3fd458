// "/" searches, "g s" goes to schedules: every link with data-keys is such a place.
export function listenForKeys() {
  let before = "";
  let forget = 0;
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) {
      return;
    }
    clearTimeout(forget);
    const keys = before ? `${before} ${event.key}` : event.key;
    before = "";
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-search]")?.focus();
    } else if (event.key === "?") {
      document.getElementById("shortcuts")?.showModal();
    } else {
      const link = document.querySelector(`a[data-keys="${CSS.escape(keys)}"]`);
      if (link) {
        link.click();
      } else {
        before = event.key;
        forget = setTimeout(() => { before = ""; }, 1500);
      }
    }
  });
}
