/* Questions in the live room: what comes in is shown without moving what somebody reads; votes and asking without a new page. */
(() => {
  const root = document.querySelector("[data-questions]");
  if (!root) return;
  const one = (what, where = root) => where.querySelector(what);
  const all = (what, where = root) => [...where.querySelectorAll(what)];
  const JSON_ONLY = { Accept: "application/json" };
  const base = root.dataset.base;
  const patterns = Object.fromEntries(all("template[data-pattern]").map((t) => [t.dataset.pattern, t.content]));
  const list = one("[data-asks]"), stage = one("[data-stage]"), said = one("[data-said]"), fresh = one("[data-fresh]");
  const rows = () => all("[data-question]");
  const voted = new Set(all('[data-vote][aria-pressed="true"]').map((b) => Number(b.closest("[data-question]").dataset.question)));
  const later = new Map();
  let speaking = 0;

  /* A region that is filled anew each time, so that the same words are read twice. */
  function say(text) {
    clearTimeout(speaking);
    said.textContent = "";
    speaking = setTimeout(() => { said.textContent = text; }, 120);
  }

  function show(part, on) { if (part) part.hidden = !on; }

  /* What list and stage have in common. */
  function fill(node, question) {
    const text = one("[data-text]", node);
    text.innerHTML = question.html;
    window.Baukasten?.fold(text, question.folded, root.dataset.fold);
    one("[data-author]", node).textContent = question.anonymous ? "" : question.author || root.dataset.former;
    one("[data-votes]", node).textContent = question.votes;
    one("[data-link]", node).href = base + question.number;
    show(one("[data-first]", node), question.first);
  }

  function make(question) {
    const node = patterns.ask.firstElementChild.cloneNode(true);
    const done = !["open", "live"].includes(question.state);
    fill(node, question);
    node.id = `frage-${question.number}`;
    node.dataset.question = question.number;
    node.dataset.version = question.version;
    node.dataset.state = question.state;
    node.classList.toggle("done", done);
    one("[data-number]", node).textContent = question.number;
    show(one("[data-author]", node), !question.anonymous);
    show(one("[data-nameless]", node), question.anonymous);
    show(one("[data-early]", node), question.early);
    show(one("[data-merged]", node), question.merged);
    show(one("[data-edited]", node), question.by_staff);
    for (const tag of all("[data-when]", node)) tag.hidden = tag.dataset.when !== question.state;
    const button = one("[data-vote]", node);
    if (button && done) {
      const still = document.createElement("span");
      still.className = "vote vote--still";
      one("[data-again]", button)?.parentElement.remove();
      still.append(...button.childNodes);
      button.replaceWith(still);
    } else if (button) {
      one("[data-again]", button).innerHTML = question.html;
      button.setAttribute("formaction", `${base}${question.number}/stimme`);
      press(button, voted.has(question.number));
    }
    return node;
  }

  function press(button, on) {
    button.setAttribute("aria-pressed", on ? "true" : "false");
    button.value = on ? "0" : "1";
  }

  /* One question as it is now: where it stands already, in its place; else behind the button. */
  function take(question) {
    const row = one(`#frage-${question.number}`);
    if (String(question.number) === stage.dataset.stage && question.state !== "live") leave();
    if (question.gone) {
      later.delete(question.number);
      if (row) { row.replaceChildren(); row.hidden = true; }
      return;
    }
    if (question.state === "live") enter(question);
    if (row && Number(row.dataset.version) <= question.version) {
      const focused = row.contains(document.activeElement), node = make(question);
      row.replaceWith(node);
      if (focused) (one("[data-vote]", node) || one("a", node)).focus({ preventScroll: true });
    } else if (!row && question.state === "open") {
      later.set(question.number, question);
    } else {
      later.delete(question.number);
    }
  }

  function enter(question) {
    if (stage.dataset.stage === String(question.number)) { fill(stage, question); return; }
    stage.replaceChildren(patterns.stage.firstElementChild.cloneNode(true));
    fill(stage, question);
    stage.dataset.stage = question.number;
    stage.hidden = false;
    const since = one("[data-since]", stage);
    since.textContent = new Intl.DateTimeFormat(document.documentElement.lang || "de", { hour: "2-digit", minute: "2-digit" }).format(new Date(question.live_at));
    say(said.dataset.staged.replace("{text}", one("[data-text]", stage).textContent));
  }

  function leave() {
    stage.dataset.stage = "";
    stage.hidden = true;
  }

  function count() {
    fresh.hidden = !later.size;
    const words = one("[data-say]", fresh);
    words.textContent = words.dataset.say.replace("{n}", later.size);
  }

  document.addEventListener("chat:change", ({ detail }) => {
    for (const question of detail.questions || []) take(question);
    for (const [number, votes] of Object.entries(detail.votes || {})) {
      const places = [one(`#frage-${number} [data-votes]`), stage.dataset.stage === number && one("[data-votes]", stage)];
      for (const place of places) if (place) place.textContent = votes;
      if (later.has(Number(number))) later.get(Number(number)).votes = votes;
    }
    count();
  });

  one("button", fresh).addEventListener("click", () => {
    const nodes = [...later.values()].map(make);
    later.clear();
    count();
    one("[data-none]")?.remove();
    list.append(...nodes);
    (one("[data-vote]", nodes[0]) || one("a", nodes[0])).focus();
  });

  /* Sending: over the live connection, else as the form would. A second try does no harm: votes and marks count once. */
  let connected = false;
  document.addEventListener("chat:status", ({ detail }) => { connected = detail.state === "connected"; });
  async function send(event, data, form, address, values) {
    const chat = connected && window.Baukasten && window.Baukasten.chat;
    const answer = chat && await chat.send(event, data).catch(() => null);
    if (answer) return answer;
    const body = new FormData(form);
    for (const [key, value] of Object.entries(values)) if (value === "") body.delete(key); else body.set(key, value);
    return (await fetch(address, { method: "POST", body, headers: JSON_ONLY })).json();
  }
  const failed = () => ({ ok: false, message: root.dataset.failed });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-vote]");
    if (!button || !root.contains(button)) return;
    event.preventDefault();
    if (button.dataset.busy) return;
    button.dataset.busy = "yes";
    const number = Number(button.closest("[data-question]").dataset.question), on = button.value === "1";
    const answer = await send("vote", { number, on }, one("#question-vote"), button.getAttribute("formaction"), { on: on ? "1" : "0" }).catch(failed);
    delete button.dataset.busy;
    if (!answer.ok) { say(answer.message || root.dataset.failed); return; }
    if (on) voted.add(number); else voted.delete(number);
    press(button, on);
    one("[data-votes]", button).textContent = answer.data.votes;
  });

  /* Asking: what is alike is shown first; the second press sends it. */
  const asking = () => one("form[data-ask]");
  let shownFor = "", label = "";
  function blame(form, text) {
    const place = one("[data-error]", form);
    one("span", place).textContent = text;
    place.hidden = !text;
    form.elements.body.toggleAttribute("aria-invalid", Boolean(text));
  }
  async function alike(form, text) {
    const answer = await fetch(`${root.dataset.similar}?text=${encodeURIComponent(text)}`, { headers: JSON_ONLY });
    const found = answer.ok ? (await answer.json()).data : [];
    const box = one("[data-alike]", form), items = one("ul", box);
    items.replaceChildren(...found.map((question) => {
      const item = document.createElement("li"), link = document.createElement("a");
      const here = one(`#frage-${question.number}`);
      link.href = here ? `#frage-${question.number}` : question.url;
      link.innerHTML = question.html;
      item.append(link, ` (${question.votes})`);
      return item;
    }));
    box.hidden = !found.length;
    return found.length > 0;
  }
  function waits(data, html) {
    const own = one("[data-own-list]"), node = patterns.own.firstElementChild.cloneNode(true);
    one("[data-text]", node).textContent = html;
    node.id = `eigene-${data.id}`;
    node.dataset.own = data.id;
    one("[data-change]", node).href = `${base}${data.id}/aendern`;
    own.append(node);
    own.hidden = false;
  }
  // Before the form's own listeners, and also for a form that came later.
  root.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form !== asking()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const field = form.elements.body, body = field.value.trim(), button = one("[data-send]", form);
    if (!body || button.dataset.busy) return;
    button.dataset.busy = "yes";
    label = label || button.textContent;
    try {
      if (shownFor !== body && await alike(form, body).catch(() => false)) {
        shownFor = body;
        button.textContent = button.dataset.again;
        return;
      }
      const anonymous = Boolean(form.elements.anonymous && form.elements.anonymous.checked);
      const data = { body, nonce: form.elements.nonce.value, anonymous };
      const values = { ...data, anonymous: anonymous ? "1" : "", sure: "1" };
      const answer = await send("ask", data, form, form.action, values).catch(failed);
      if (!answer.ok) { blame(form, answer.message || root.dataset.failed); return; }
      blame(form, "");
      if (answer.data.visibility === "held") waits(answer.data, body);
      form.reset();
      one("[data-alike]", form).hidden = true;
      button.textContent = label;
      form.elements.nonce.value = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
      say(answer.data.note || "");
      await own();
    } finally {
      delete button.dataset.busy;
    }
  }, { capture: true });

  /* What became of one's own questions stands on the page as the server writes it. */
  async function own() {
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = [one("[data-own-list]"), page.querySelector("[data-own-list]")];
    const box = [one("[data-ask-box]"), page.querySelector("[data-ask-box]")];
    // What somebody is typing stays; where nothing may be typed any more, the server has the last word.
    const isNew = box[1] && Boolean(one("form", box[0])) !== Boolean(one("form", box[1]));
    const typed = asking() && asking().elements.body.value.trim();
    for (const [old, now] of [list, isNew && !typed ? box : []]) {
      if (!old || !now) continue;
      const focused = old.contains(document.activeElement);
      old.replaceChildren(...now.childNodes);
      old.hidden = now.hidden;
      if (focused) one("#fragen").focus({ preventScroll: true });
    }
  }
  document.addEventListener("chat:mine", ({ detail }) => { if (detail.question) own().catch(() => {}); });
  /* With the hours the form comes and goes; not for all in the same moment. */
  let phase;
  document.addEventListener("chat:facts", ({ detail }) => {
    const before = phase;
    phase = detail.phase;
    if (before !== undefined && phase !== before) setTimeout(() => own().catch(() => {}), Math.random() * 3000);
  });
})();
