/* Presses a reaction without loading the page anew; the form does the same without script. */
const form = document.getElementById("react");
const said = document.getElementById("react-said");
form?.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.formAction || button.dataset.plain) return;
  event.preventDefault();
  const body = new FormData(form);
  body.set(button.name, button.value);
  try {
    const answer = await fetch(button.formAction, { method: "POST", body, headers: { Accept: "application/json" } });
    const now = await answer.json();
    button.setAttribute("aria-pressed", String(now.pressed));
    button.value = now.pressed ? "0" : "1";
    button.querySelector("b").textContent = now.count || "";
    said.textContent = now.said;
  } catch {
    // A page that explains, such as one that asks to sign in again, is better than silence.
    button.dataset.plain = "1";
    form.requestSubmit(button);
  }
});
