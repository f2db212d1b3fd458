// Asks before a form with data-confirm (or sent by a button with one) is sent. Without this module it is sent unasked.
export function askFirst() {
  const dialog = document.getElementById("confirm");
  if (!dialog) {
    return;
  }
  let asked = null;
  document.addEventListener("submit", event => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || asked === form) {
      asked = null;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("p").textContent = question;
    dialog.querySelector("[data-confirm-yes]").textContent = event.submitter?.textContent.trim() || event.submitter?.title || "Yes";
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue === "yes") {
        asked = form;
        form.requestSubmit(event.submitter);
      }
    };
    dialog.showModal();
  }, true);
}
