/* The form of a case: the button names the chosen step, a saved reply comes at once, the chosen rule stands open. */
(() => {
  const form = document.querySelector("form[data-decide]");
  if (!form) return;
  const button = form.querySelector("[data-submit]");
  const facts = form.querySelector("[data-reason]");
  const replies = form.querySelector("[data-replies]");
  const rule = form.elements.rule;

  function step() {
    const chosen = form.querySelector("input[name=measure]:checked");
    button.textContent = chosen ? chosen.dataset.button : button.dataset.plain;
    for (const part of form.querySelectorAll("[data-only]")) {
      part.hidden = !chosen || part.dataset.only !== chosen.value;
    }
  }

  function openRule() {
    for (const part of document.querySelectorAll("details[data-rule]")) part.open = part.dataset.rule === rule.value;
  }

  // The rule's name stands in the text as soon as one is chosen; what is left open the server fills in.
  function nameRule() {
    if (rule.value) facts.value = facts.value.replaceAll("{rule}", rule.selectedOptions[0].text);
  }

  function insert() {
    const offer = replies.selectedOptions[0];
    if (!offer || !offer.value) return;
    const { text, measure, rule: about } = offer.dataset;
    const suits = measure && form.querySelector(`input[name=measure][value="${CSS.escape(measure)}"]`);
    if (suits && !form.querySelector("input[name=measure]:checked")) suits.checked = true;
    if (about && !rule.value) rule.value = about;
    facts.value = text;
    nameRule();
    step();
    openRule();
  }

  form.addEventListener("change", (event) => {
    if (event.target.name === "measure") step();
    if (event.target === rule) {
      nameRule();
      openRule();
    }
  });
  if (replies) {
    // Words that somebody typed are not thrown away by browsing: then the button asks for it.
    const give = form.querySelector("[data-insert]");
    let given = "";
    const take = () => {
      insert();
      given = facts.value;
    };
    replies.addEventListener("change", () => {
      if (facts.value.trim() === "" || facts.value === given) take();
    });
    give.addEventListener("click", (event) => {
      event.preventDefault();
      take();
      facts.focus();
    });
  }
  step();
})();
