// Asks before a form is sent by a button with data-confirm. Such a button leads to a page that asks; once this module has asked, it leads to what it does (data-action).
export function askFirst() {
  const dialog = document.getElementById("confirm");
  if (!dialog) {
    return;
  }
  let asked = null;
  document.addEventListener("submit", event => {
    const form = event.target;
    const button = event.submitter;
    const question = button?.dataset.confirm;
    if (!question || asked === form) {
      asked = null;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("p").textContent = question;
    dialog.querySelector("[data-confirm-yes]").textContent = button.textContent.trim() || button.title || "Yes";
    dialog.returnValue = "";
    dialog.onclose = () => {
      // A button that was taken away meanwhile has nothing left to do.
      if (dialog.returnValue === "yes" && button.isConnected) {
        asked = form;
        if (button.dataset.action) {
          button.setAttribute("formaction", button.dataset.action);
        }
        form.requestSubmit(button);
      }
    };
    dialog.showModal();
  }, true);
}
