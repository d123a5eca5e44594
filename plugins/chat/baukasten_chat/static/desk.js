/* The desk of a question hour by keyboard, and up to date: what is new waits behind a button, nothing moves under the hand.
   Everything here is a form without script too. */
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const OFF = "baukasten.desk.keys-off", POLL = 10000, SOON = 250;
  const one = (what, where = document) => where.querySelector(what);
  const HELD = ["waiting", "messages"].filter((name) => one(`[data-fresh="${name}"]`));
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const help = one("[data-help-text]"), off = one("[data-keys-off]"), dialog = one("dialog[data-step]");
  let saying = 0;

  /* A region that is filled anew each time, so that the same words are read twice. */
  function say(text) {
    clearTimeout(saying);
    one("[data-said]").textContent = "";
    saying = setTimeout(() => { one("[data-said]").textContent = text; }, 120);
  }

  // What is here.
  const panes = () => all("[data-pane]", desk);
  const rows = (where = desk) => all("[data-row]", where).filter((row) => row.offsetParent);
  const here = () => document.activeElement.closest?.("[data-row]") || null;
  const columns = () => all(".desk-pane", desk);
  function move(by) {
    const found = rows(), at = found.indexOf(here());
    const next = found[at < 0 ? 0 : Math.min(Math.max(at + by, 0), found.length - 1)];
    if (next) next.focus();
  }
  function across(by) {
    const all = columns(), at = here() ? all.indexOf(here().closest(".desk-pane")) : -1;
    const pane = all[at < 0 ? 0 : (at + by + all.length) % all.length];
    const first = rows(pane)[0] || one("h2[tabindex]", pane);
    if (first) first.focus();
  }

  /* Changes the page and leaves what is being read where it is. */
  function keeping(change) {
    const anchor = here() || rows().find((row) => row.getBoundingClientRect().top >= 0);
    const before = anchor ? anchor.getBoundingClientRect().top : 0;
    change();
    if (anchor && anchor.isConnected) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }

  // What changed: asked as the page that it is, and put in row by row.
  const later = { waiting: new Map(), messages: new Map() };
  let acting = false, asked = 0;
  async function look() {
    const turn = ++asked;
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected || turn !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!one("[data-desk]", page)) return;
    keeping(() => { for (const pane of panes()) renew(pane, one(`[data-pane="${pane.dataset.pane}"]`, page)); });
    for (const size of all("[data-size]")) {
      const now = one(`[data-size="${size.dataset.size}"]`, page);
      if (now) size.textContent = now.textContent;
    }
    const line = one(".pagehead .muted"), now = one(".pagehead .muted", page);
    if (line && now) line.textContent = now.textContent;
    tellNew();
  }

  function renew(pane, fresh) {
    if (!fresh) return;
    const name = pane.dataset.pane, held = later[name];
    const focused = here(), before = rows(pane);
    const now = new Map(all("[data-row]", fresh).map((row) => [row.dataset.row, row]));
    for (const row of all("[data-row]", pane)) {
      const same = now.get(row.dataset.row);
      if (!same) {
        if (row === focused) aside(row, before);
        row.remove();
      } else if (same.innerHTML !== row.innerHTML) {
        if (!row.contains(document.activeElement) || row === document.activeElement) row.replaceChildren(...same.cloneNode(true).childNodes);
        else refresh(row, same);
        row.className = same.className;
      }
    }
    if (held) for (const key of [...held.keys()]) if (!now.has(key)) held.delete(key);
    let last = null;
    for (const [key, row] of now) {
      const there = one(`[data-row="${key}"]`, pane);
      if (there) { last = there; continue; }
      if (held && rows(pane).length) { held.set(key, row); continue; }
      if (last) last.after(row); else pane.prepend(row);
      last = row;
    }
  }
  /* Of a row whose button has the focus, only figures change. */
  function refresh(row, same) {
    const votes = one("[data-votes]", row), now = one("[data-votes]", same);
    if (votes && now) votes.textContent = now.textContent;
  }
  function aside(row, before) {
    const at = before.indexOf(row), next = before[at + 1] || before[at - 1] || one("h2[tabindex]", row.closest(".desk-pane"));
    if (next) next.focus({ preventScroll: true });
  }

  let told = 0;
  function tellNew() {
    let count = 0;
    for (const name of HELD) {
      const place = one(`[data-fresh="${name}"]`), size = later[name].size, words = one("span", place);
      place.hidden = !size;
      words.textContent = size === 1 ? words.dataset.one : words.dataset.many.replace("{n}", size);
      if (size) count += size;
    }
    if (count > told) say(HELD.map((name) => one(`[data-fresh="${name}"]`)).filter((place) => !place.hidden).map((place) => place.textContent.trim()).join(". "));
    told = count;
  }
  function showNew(name) {
    const held = later[name], pane = one(`[data-pane="${name}"]`), found = [...held.values()];
    if (!found.length) return false;
    held.clear();
    pane.append(...found);
    tellNew();
    found[0].focus();
    return true;
  }
  for (const name of HELD) one(`[data-fresh="${name}"] button`).addEventListener("click", () => showNew(name));

  // Steps.
  async function post(address, body) {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    return answer.json();
  }
  async function act(form) {
    if (acting) return;
    acting = true;
    const row = form.closest("[data-row]"), before = row ? rows(row.parentElement) : [];
    try {
      const answer = await post(form.action, new FormData(form));
      say(answer.ok ? answer.data.said : answer.message);
      if (answer.ok && row && row.contains(document.activeElement)) row.focus({ preventScroll: true });
      if (answer.ok && row && document.activeElement === row) aside(row, before);
      await look();
    } catch {
      say(desk.dataset.failed);
    } finally {
      acting = false;
    }
  }

  let from = null;
  async function open(link) {
    const answer = await fetch(link.href).catch(() => null);
    const page = answer && answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const inner = page && one("[data-step-form]", page);
    if (!inner) { location.assign(link.href); return; }
    from = link.closest("[data-row]");
    fill(inner, link.href);
    dialog.setAttribute("aria-label", one("h2", inner).textContent);
    dialog.showModal();
    (one("select, textarea, input:not([type=hidden])", dialog) || dialog).focus();
  }
  function fill(inner, address) {
    one("h2", inner)?.classList.remove("vh");
    one("[data-step-in]", dialog).replaceChildren(inner);
    const form = one("form", inner);
    form.action = address;
    const by = one("[name=by]", form);
    if (by && one("datalist", inner)) by.setAttribute("list", one("datalist", inner).id);
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
    for (const field of all("textarea", form)) field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
    });
  }
  async function send(form) {
    if (acting) return;
    acting = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (!told.ok) { blame(form, told.message); return; }
      say(told.data.said);
      const row = from, before = row ? rows(row.parentElement) : [];
      dialog.close();
      if (row && row.isConnected) { row.focus({ preventScroll: true }); aside(row, before); }
      await look();
    } catch {
      blame(form, desk.dataset.failed);
    } finally {
      acting = false;
    }
  }
  function blame(form, text) {
    let place = one("[data-blame]", form);
    if (!place) {
      place = document.createElement("p");
      place.className = "err";
      place.dataset.blame = "";
      place.setAttribute("role", "alert");
      form.prepend(place);
    }
    place.textContent = text;
  }
  dialog.addEventListener("close", () => {
    one("[data-step-in]", dialog).replaceChildren();
    if (from && from.isConnected && !desk.contains(document.activeElement)) from.focus({ preventScroll: true });
  });
  desk.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-row]")) return;
    event.preventDefault();
    act(event.target);
  });
  desk.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-do]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });

  // The keys.
  const typing = (where) => where.closest("textarea, select, [contenteditable], dialog") ||
    (where.matches("input") && !["checkbox", "radio", "button", "submit"].includes(where.type));
  function step(key) {
    const row = here(), found = row && one(`[data-do="${key}"]`, row);
    if (!found) return false;
    if (found.matches("form")) act(found); else open(found);
    return true;
  }
  const keys = {
    j: () => move(1), arrowdown: () => move(1),
    k: () => move(-1), arrowup: () => move(-1),
    l: () => across(1), arrowright: () => across(1), arrowleft: () => across(-1),
    n: () => HELD.some(showNew),
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (localStorage.getItem(OFF) || !event.target.closest || typing(event.target)) return;
    const key = event.key.toLowerCase();
    // Without a row in hand the arrows are the browser's.
    if (key.startsWith("arrow") && !here()) return;
    if (event.repeat && !["j", "k", "arrowdown", "arrowup"].includes(key)) return;
    if (keys[key]) { event.preventDefault(); keys[key](); return; }
    if ("axmbfe".includes(key) && key.length === 1 && step(key)) event.preventDefault();
  });
  one("[data-keys]").hidden = false;
  off.checked = Boolean(localStorage.getItem(OFF));
  off.addEventListener("change", () => {
    if (off.checked) localStorage.setItem(OFF, "1"); else localStorage.removeItem(OFF);
    say(off.checked ? off.dataset.off : off.dataset.on);
  });
  one("[data-help]").addEventListener("click", () => help.showModal());

  // News: rung, else asked for.
  let waiting = 0, connected = false;
  const line = one("[data-line]");
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => look().catch(() => {}), SOON);
  }
  function votes(counts) {
    for (const row of all("[data-row]", desk)) {
      const number = /#(\d+)/.exec(one(".desk-text .muted", row)?.textContent || ""), place = one("[data-votes]", row);
      if (number && place && counts[number[1]] !== undefined) place.textContent = counts[number[1]];
    }
  }
  setInterval(() => { if (!connected) soon(); }, POLL);
  if (!window.Baukasten || !window.Baukasten.Live) return;
  const live = new window.Baukasten.Live();
  live.addEventListener("status", ({ detail }) => {
    connected = detail.state === "connected";
    line.textContent = connected ? "" : desk.dataset.lost;
    line.hidden = connected;
  });
  const room = Number(desk.dataset.room);
  live.enter("chat", room, {
    onState: soon,
    onRing: (news) => { if (news.votes) votes(news.votes); if (news.questions || news.look) soon(); },
  });
  live.enter(desk.dataset.kind, room, { onState: soon, onRing: soon });
  live.connect();
})();
