/* Comforts of the editor of surveys: says that something is not saved, and what a condition means while it is written. */
(() => {
  const form = document.querySelector("form[data-build]");
  if (!form) return;
  const state = form.querySelector("[data-state]");
  const waiting = new Map();
  let unsaved = false;
  let last = null;

  form.addEventListener("input", (event) => {
    unsaved = true;
    if (state) state.textContent = form.dataset.unsaved;
    if (event.target.matches("[data-condition]")) soon(event.target);
  });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-condition]")) last = event.target;
  });
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[name=do][value=stay]"));
  });

  function soon(field) {
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(() => ask(field), 500));
  }

  async function ask(field) {
    const body = new FormData();
    body.set("_token", form.elements._token.value);
    body.set("text", field.value);
    if ("any" in field.dataset) body.set("any", "1");
    const told = document.getElementById(`${field.id}-means`);
    const answer = await fetch(form.dataset.check, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
    if (!answer || !answer.ok || !told) return;
    const { words, problems } = await answer.json();
    told.textContent = [words, ...problems].filter(Boolean).join(" ");
    field.setAttribute("aria-invalid", String(problems.length > 0));
  }

  /* Names become buttons that write themselves where the cursor was. */
  document.querySelectorAll("code[data-name]").forEach((code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--quiet btn--s survey-code";
    button.textContent = code.dataset.name;
    button.addEventListener("click", () => {
      const field = last ?? form.querySelector("#f-relevance");
      if (!field) return;
      field.setRangeText(code.dataset.name, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    code.replaceWith(button);
  });
})();
