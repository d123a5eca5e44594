/* Solves the puzzle of a form while somebody fills it in. Without it the form works too; a person looks first then. */
(() => {
  const LIFE = 90 * 60 * 1000, PATIENCE = 10000;

  function guard(said) {
    const form = said.closest("form");
    const field = form.elements.guard_proof;
    let solving = null, since = 0, sending = false;

    async function solve() {
      const answer = await fetch(said.dataset.guard, { headers: { Accept: "application/json" } });
      const puzzle = await answer.json();
      const worker = new Worker(said.dataset.worker);
      const number = await new Promise((done, failed) => {
        worker.onmessage = (event) => done(event.data);
        worker.onerror = failed;
        worker.postMessage(puzzle);
      });
      worker.terminate();
      if (number >= 0) field.value = [puzzle.salt, number, puzzle.signature].join(":");
    }

    function begin() {
      if (solving && Date.now() - since < LIFE) return;
      since = Date.now();
      field.value = "";
      solving = solve().catch(() => {});
    }

    form.addEventListener("focusin", begin);
    // Whoever comes back to a page that the browser kept needs a new one: none serves twice.
    window.addEventListener("pageshow", (event) => { if (event.persisted) { solving = null; field.value = ""; } });
    form.addEventListener("submit", async (event) => {
      const button = event.submitter;
      // Buttons with a name are for something on the way, such as a preview.
      if (field.value || form.dataset.guarded || (button && button.name)) return;
      event.preventDefault();
      if (sending) return;
      sending = true;
      begin();
      const late = setTimeout(() => { said.textContent = said.dataset.wait; }, 300);
      await Promise.race([solving, new Promise((done) => setTimeout(done, PATIENCE))]);
      clearTimeout(late);
      said.textContent = "";
      form.dataset.guarded = "yes";
      form.requestSubmit(button);
      delete form.dataset.guarded;
      sending = false;
    });
  }

  // Two forms of a page bring the script twice.
  for (const said of document.querySelectorAll("[data-guard]:not([data-on])")) {
    said.dataset.on = "";
    guard(said);
  }
})();
