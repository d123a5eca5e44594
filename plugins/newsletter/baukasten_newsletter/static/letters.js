/* Small comforts of the editor: says that something is not saved, and asks before the page is left with it. */
(() => {
  const form = document.querySelector("form[data-letter]");
  if (!form) return;
  const state = form.querySelector("[data-state]");
  let unsaved = false;

  function note() {
    unsaved = true;
    if (state) state.textContent = form.dataset.unsaved;
  }

  // On the page, not on the form: some of its fields stand beside it.
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (event.target.form === form) note();
    });
  }
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[name=do][value=save]"));
  });
})();
