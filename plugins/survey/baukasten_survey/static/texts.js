/* Sorting texts by key: a digit presses the button that shows it, only where somebody has asked for that. */
(() => {
  const form = document.querySelector("form[data-keys]");
  if (!form) return;
  const label = form.querySelector("[data-keys-box]"), box = label.querySelector("input");
  label.hidden = false;
  const show = () => form.toggleAttribute("data-keys-on", box.checked);
  box.addEventListener("change", show);
  show();
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const button = form.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
})();
