/* The moderators' desk by keyboard: browse, decide, undo; takes the open case. Everything here is a form without script too. */
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const OFF = "baukasten.desk.keys-off", FOCUS = "baukasten.desk.focus";
  const one = (what, where = document) => where.querySelector(what);
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const help = one("[data-help-text]"), off = one("[data-keys-off]"), bulk = one("#bulk");
  let said = 0;

  /* A region that is filled anew each time, so that the same words are read twice. */
  function say(text) {
    clearTimeout(said);
    one("[data-said]").textContent = "";
    said = setTimeout(() => { one("[data-said]").textContent = text; }, 120);
  }

  function send(address, values) {
    const data = new URLSearchParams({ ...values, _token: one("input[name=_token]").value });
    return fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
  }

  // The list.
  const links = () => all("[data-case] > a");
  const lineOf = (link) => link && link.closest("[data-case]");
  function here() {
    const line = document.activeElement.closest("[data-case]") || one("[data-case].on");
    return line && one("a", line);
  }
  function move(by) {
    const found = links(), at = found.indexOf(here());
    const next = found[at < 0 ? 0 : Math.min(Math.max(at + by, 0), found.length - 1)];
    if (next) next.focus();
  }
  function gone(line) {
    const found = links(), at = found.indexOf(one("a", line));
    const next = found[at + 1] || found[at - 1];
    line.remove();
    tally();
    if (next) return next.focus();
    sessionStorage.setItem(FOCUS, "1");
    location.reload();
  }
  function tally() {
    const ticked = all("[name=vorgang]:checked").length, count = one("[data-count]");
    if (count) count.textContent = ticked ? count.dataset.count.replace("{n}", ticked) : "";
  }

  let busy = false;
  async function pass(link) {
    const line = lineOf(link);
    if (!line || !bulk || busy) return;
    busy = true;
    try {
      const answer = await send(bulk.action, { schritt: "durchlassen", vorgang: line.dataset.case });
      const found = await answer.json();
      if (found.banner) one("[data-undo]").innerHTML = found.banner;
      count();
      if (found.done) gone(line);
      say(found.said);
    } catch {
      say(desk.dataset.failed);
    } finally {
      busy = false;
    }
  }
  async function take(link) {
    const line = lineOf(link);
    if (!line) return;
    const answer = await send(new URL(link.href).pathname + "/nehmen", {});
    const found = await answer.json();
    say(found.said);
  }

  // What was just decided: seconds run down beside the button, and nothing moves the focus.
  let clock = 0;
  function count() {
    clearInterval(clock);
    const button = one("[data-undo] [data-seconds]");
    if (!button) return;
    const end = Date.now() + 1000 * Number(button.dataset.seconds), left = one("[data-undo] [data-left]");
    clock = setInterval(() => {
      const seconds = Math.ceil((end - Date.now()) / 1000);
      if (seconds > 0) { left.textContent = left.dataset.left.replace("{n}", seconds); return; }
      clearInterval(clock);
      if (button === document.activeElement) { left.textContent = left.dataset.over; button.setAttribute("aria-disabled", "true"); }
      else button.form.remove();
    }, 250);
  }

  // The keys.
  const typing = (where) => where.closest("textarea, select, [contenteditable], dialog") ||
    (where.matches("input") && !["checkbox", "radio", "button", "submit"].includes(where.type));
  function press(what) {
    if (what.matches("input[type=radio], input[type=checkbox]")) {
      what.checked = true;
      what.dispatchEvent(new Event("change", { bubbles: true }));
      if (what.hasAttribute("data-at-once")) return what.form.requestSubmit();
      const reason = one("[data-reason]", what.form) || one("textarea", what.form);
      return (reason || what).focus();
    }
    if (what.matches("details")) {
      what.open = true;
      return (one("select, textarea, input:not([type=hidden]), button", what) || one("summary", what)).focus();
    }
    return what.matches("button, a") ? what.click() : what.focus();
  }
  function undo() {
    const button = one("[data-undo] [data-seconds]");
    if (button) button.form.requestSubmit();
  }
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => here() && here().click(),
    x: () => {
      const box = here() && one("[name=vorgang]", lineOf(here()));
      if (box) { box.click(); tally(); }
    },
    a: () => pass(here()),
    c: () => take(here()),
    z: undo,
    "?": () => help && help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !"jk".includes(event.key)) return;
    if (localStorage.getItem(OFF) || !event.target.closest || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const own = one(`[data-key="${CSS.escape(key)}"]`);
    if (own && !own.disabled) { event.preventDefault(); return press(own); }
    if (keys[key]) { event.preventDefault(); return keys[key](); }
    // Steps that need a reason are taken on the case's own page.
    if ("rnfhe".includes(key) && key.length === 1 && bulk && here()) {
      event.preventDefault();
      location.assign(here().href + "#taste-" + key);
    }
  });

  // The switch, and what has no use without script.
  const bar = one("[data-keys]");
  if (bar) {
    bar.hidden = false;
    off.checked = Boolean(localStorage.getItem(OFF));
    off.addEventListener("change", () => {
      if (off.checked) localStorage.setItem(OFF, "1"); else localStorage.removeItem(OFF);
      say(off.checked ? off.dataset.off : off.dataset.on);
    });
    one("[data-help]").addEventListener("click", () => help.showModal());
  }
  const every = one("[data-all]");
  if (every) {
    every.hidden = false;
    one("input", every).addEventListener("change", (event) => {
      for (const box of all("[name=vorgang]")) box.checked = event.target.checked;
      tally();
    });
    desk.addEventListener("change", (event) => { if (event.target.name === "vorgang") tally(); });
  }

  // Whoever looks at a case has it, for as long as they do something.
  const claim = one("[data-claim]");
  if (claim) {
    let active = true;
    const hold = async () => {
      if (!active) return;
      active = false;
      const answer = await send(claim.dataset.claim, {});
      if (answer.status === 409) say((await answer.json()).said);
    };
    for (const what of ["keydown", "pointerdown", "scroll"]) document.addEventListener(what, () => { active = true; }, { passive: true });
    hold();
    setInterval(hold, 240_000);
  }

  count();
  const done = one(".undo-note p");
  if (done) say(done.textContent);
  const wish = /^#taste-([a-z])$/.exec(location.hash);
  const wished = wish && one(`[data-key="${wish[1]}"]`);
  if (wished) press(wished);
  else if (done || sessionStorage.getItem(FOCUS)) (one("[data-focus]") || links()[0] || one("#main")).focus();
  sessionStorage.removeItem(FOCUS);
})();
