/* What people do in a live room: write, reply, react, change, copy links, and choose how much they hear and see. */
(() => {
  const room = window.Baukasten.chat;
  if (!room) return;
  const { send, facts, words, root, log, outbox, reader } = room;
  const one = (what, where = document) => where.querySelector(what);
  const form = () => one("[data-say]", root), field = () => one("#f-body", root);
  const TYPED = 6000, JSON_ONLY = { Accept: "application/json" };

  /* The form: Enter sends, with Shift it breaks the line; the text goes to the outbox and stays there until it is taken. */
  function equipForm() {
    const writer = form();
    if (!writer) return;
    const area = field();
    writer.addEventListener("submit", (event) => {
      event.preventDefault();
      // What guards the form without this script would send it once more, perhaps with the next text half written.
      event.stopImmediatePropagation();
      const body = area.value.trim();
      if (!body) return;
      outbox.add({ body, reply_to: Number(writer.elements.reply_to.value) || 0, town: Boolean(writer.elements.town && writer.elements.town.checked) });
      area.value = "";
      room.typedAt = 0;
      replyTo(0, "");
      log.toEnd();
      area.focus();
    }, { capture: true });
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      writer.requestSubmit();
    });
    let told = 0;
    area.addEventListener("input", () => {
      room.typedAt = Date.now();
      if (area.value && room.typedAt - told > TYPED) { told = room.typedAt; room.typing(); }
    });
    one("[data-no-reply]", root)?.addEventListener("click", (event) => { event.preventDefault(); replyTo(0, ""); area.focus(); });
  }

  function replyTo(number, name) {
    const writer = form(), shown = one("[data-answering]", root);
    if (!writer) return;
    writer.elements.reply_to.value = number || "";
    one("[data-answering-name]", root).textContent = name;
    shown.hidden = !number;
    if (number) { field().focus(); reader.say(words.reply.replace("{name}", name)); }
  }

  /* Who is writing, in small rooms; not in calm ones. */
  const typers = new Map();
  document.addEventListener("chat:typing", ({ detail: name }) => {
    if (name === facts.me || calm.checked) return;
    clearTimeout(typers.get(name));
    typers.set(name, setTimeout(() => { typers.delete(name); showTyping(); }, TYPED + 1000));
    showTyping();
  });
  function showTyping() {
    const place = one("[data-typing]", root), names = [...typers.keys()];
    place.hidden = !names.length;
    // For the eye alone: read out, it would drown what is said.
    place.setAttribute("aria-hidden", "true");
    place.textContent = names.length > 1 ? words.typing_many : names.length ? words.typing_one.replace("{name}", names[0]) : "";
  }

  /* What is done with one message. */
  const acts = {
    reply: (node) => replyTo(Number(node.dataset.number), one("[data-author]", node).textContent),
    link: async (_node, link) => { await navigator.clipboard.writeText(link.href); reader.say(words.copied); },
    edit: async (_node, link) => {
      const answer = await fetch(link.href, { headers: JSON_ONLY });
      if (!answer.ok || !one("[data-edit]")) { location.assign(link.href); return; }
      openEdit(Number(/(\d+)\/aendern$/.exec(link.pathname)[1]), (await answer.json()).data.body);
    },
  };
  log.box.addEventListener("click", (event) => {
    const older = event.target.closest("[data-older]"), link = event.target.closest("[data-do]");
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const quoted = event.target.closest("[data-reply] a");
    const answered = quoted && log.nodes.get(Number(/(\d+)$/.exec(quoted.pathname)[1]));
    if (answered) { event.preventDefault(); log.move(answered); return; }
    if (older) { event.preventDefault(); loadOlder(); return; }
    if (!link || !acts[link.dataset.do]) return;
    event.preventDefault();
    const menu = link.closest("details");
    if (menu) { menu.open = false; if (link.dataset.do !== "reply") one("summary", menu).focus({ preventScroll: true }); }
    acts[link.dataset.do](link.closest(".msg"), link);
  });
  // One menu at a time, and none left open behind.
  document.addEventListener("click", (event) => {
    for (const menu of root.querySelectorAll(".msg-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  let loading = false;
  async function loadOlder() {
    if (loading) return;
    loading = true;
    try {
      const answer = await fetch(`${facts.history}?vor=${log.first}`, { headers: JSON_ONLY });
      if (!answer.ok) return;
      const told = await answer.json();
      for (const [number, id] of Object.entries(told.mine || {})) log.mine.set(Number(number), id);
      for (const [number, kinds] of Object.entries(told.pressed || {})) log.pressed.set(Number(number), new Set(kinds));
      log.older(told);
    } finally {
      loading = false;
    }
  }

  one("#chat-act")?.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || button.name !== "kind") return;
    event.preventDefault();
    const node = button.closest(".msg"), number = Number(node.dataset.number), kind = button.dataset.face;
    const on = !button.value.startsWith("-"), pressed = log.pressed.get(number) || new Set();
    const answer = await send("react", { number, kind, on }).catch(() => ({ ok: false, message: words.failed_why }));
    if (!answer.ok) { reader.say(answer.message || words.failed_why); return; }
    if (on) pressed.add(kind); else pressed.delete(kind);
    log.pressed.set(number, pressed);
    for (const face of node.querySelectorAll(`[data-face="${kind}"]`)) {
      face.setAttribute("aria-pressed", String(on));
      face.value = (on ? "-" : "") + kind;
    }
    const menu = button.closest("details");
    if (menu) { menu.open = false; one("summary", menu).focus({ preventScroll: true }); }
    if (!room.connected()) room.catchUp().catch(() => {});
  });

  /* Changing and taking back one's own. */
  const dialog = one("[data-edit]");
  let editing = 0;
  function openEdit(id, body) {
    editing = id;
    one("#f-edit").value = body;
    one("[data-edit-error]").textContent = "";
    dialog.showModal();
  }
  one("[data-edit-form]")?.addEventListener("submit", async (event) => {
    const what = event.submitter ? event.submitter.value : "save";
    if (!what) return;
    event.preventDefault();
    const answer = await (what === "withdraw" ? send("withdraw", { id: editing }) : send("edit", { id: editing, body: one("#f-edit").value }))
      .catch(() => ({ ok: false }));
    if (!answer.ok) { one("[data-edit-error]").textContent = answer.message || words.failed_why; return; }
    dialog.close();
    reader.say(what === "withdraw" ? words.withdrawn : words.saved);
    one(`#wartet-${editing}`)?.remove();
    if (!room.connected()) room.catchUp().catch(() => {});
  });

  /* How much is read out, and whether anything moves; remembered on this device. */
  const level = one("[data-level]", root), calm = one("[data-calm]", root);
  const kept = (key) => { try { return localStorage.getItem(`baukasten.chat.${key}`); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(`baukasten.chat.${key}`, value); } catch { /* it holds for this page */ } };
  level.value = kept("level") || "all";
  calm.checked = kept("calm") === null ? matchMedia("(prefers-reduced-motion: reduce)").matches : kept("calm") === "1";
  function prefer() {
    root.classList.toggle("chat--calm", calm.checked);
    reader.set(level.value, calm.checked);
    if (calm.checked) { typers.clear(); showTyping(); }
  }
  level.addEventListener("change", () => { keep("level", level.value); prefer(); });
  calm.addEventListener("change", () => { keep("calm", calm.checked ? "1" : "0"); prefer(); });
  for (const part of root.querySelectorAll("[data-script]")) part.hidden = false;
  one("[data-refresh]", root).hidden = true;
  log.box.setAttribute("aria-describedby", "log-hint");
  prefer();
  equipForm();
  document.addEventListener("chat:form", equipForm);

  // A keyboard on the screen must not cover the field.
  window.visualViewport?.addEventListener("resize", () => {
    if (document.activeElement && document.activeElement === field()) form().scrollIntoView({ block: "end" });
  });
})();
