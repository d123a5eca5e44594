/* The live room: listens, makes up what was missed, sends what people write, and tells the page's other parts. */
(() => {
  const root = document.querySelector("[data-chat]");
  if (!root) return;
  const { Log, Outbox, Announcer } = window.Baukasten;
  const facts = JSON.parse(root.dataset.facts), words = JSON.parse(root.dataset.words);
  const one = (what, where = document) => where.querySelector(what);
  const TYPING = 3000, HIDDEN = 30, CALL = 10000, SPREAD = 2000, LATE = 300, AGAIN = 3000;
  const JSON_ONLY = { Accept: "application/json" };
  const log = new Log(root, words, facts);
  const form = () => one("[data-say]", root), field = () => one("#f-body", root);
  let version = facts.version, pollSeconds = facts.poll;
  let live = null, connected = false, seated = false, full = false, gone = false, failures = 0;

  function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { detail })); }

  /* The one line that says how things are: changed words only, seconds beside it unread. */
  const line = one("[data-status]"), next = one("[data-next]");
  let clock = 0;
  function status(state, seconds = 0) {
    const kept = state === "waiting" && outbox.items.length ? ` ${words.kept}` : "";
    const said = words[state] + kept;
    if (line.textContent !== said) line.textContent = said;
    line.classList.toggle("conn--wait", state !== "connected");
    clearInterval(clock);
    next.textContent = "";
    if (state === "waiting" && seconds > 0) {
      const end = Date.now() + 1000 * seconds;
      const count = () => {
        const left = Math.max(1, Math.ceil((end - Date.now()) / 1000));
        next.textContent = left === 1 ? words.next_one : words.next.replace("{n}", left);
      };
      count();
      clock = setInterval(count, 1000);
    }
    tell("chat:status", { state: state === "catching" ? "connected" : state });
  }

  /* Everything that changes the room goes through here, once and in the order of its versions; what comes early waits. */
  const early = new Map();
  let catching = null, looking = false, gap = 0;
  function heard(news) {
    if (news.typing) tell("chat:typing", news.typing);
    if (news.look) { looking = true; mind(); return; }
    if (news.version === undefined) {
      if (news.facts) seeFacts(news.facts);
      tell("chat:change", news);
      return;
    }
    if (news.version <= version) return;
    early.set(news.version, news);
    drain();
    if (early.size) mind();
  }

  function drain() {
    if (catching) return;
    for (let news = early.get(version + 1); news; news = early.get(version + 1)) accept(news);
    for (const known of [...early.keys()]) if (known <= version) early.delete(known);
  }

  /* Something is missing. It may only be late, and a thousand others miss it too: so wait a little before asking. */
  function mind() {
    if (gap || catching) return;
    const said = setTimeout(() => { if (connected) status("catching"); }, LATE);
    gap = setTimeout(async () => {
      gap = 0;
      try {
        if (looking || early.size) await catchUp();
        if (connected) status("connected");
      } catch {
        looking = true;
        gap = setTimeout(() => { gap = 0; mind(); }, AGAIN);
      } finally {
        clearTimeout(said);
      }
    }, LATE + Math.random() * SPREAD);
  }

  function accept(news) {
    version = Math.max(version, news.version);
    for (const [number, id] of Object.entries(news.mine || {})) log.mine.set(Number(number), id);
    for (const [number, kinds] of Object.entries(news.pressed || {})) log.pressed.set(Number(number), new Set(kinds));
    const messages = news.messages || [];
    const own = messages.filter((message) => message.nonce && outbox.has(message.nonce));
    const fresh = log.take(messages);
    for (const message of own) outbox.arrived(message.nonce);
    for (const message of fresh) announce(message, own.includes(message));
    if (news.count !== undefined) people(news.count);
    if (news.facts) seeFacts(news.facts);
    tell("chat:change", news);
  }

  function announce(message, own) {
    if (message.gone || own || log.mine.has(message.number)) return;
    const node = log.nodes.get(message.number);
    const text = one(".text", node || log.patterns.message.cloneNode(true)).textContent;
    const town = message.kind === "town";
    reader.hear({ name: town ? `${words.town}, ${message.author}` : message.author || words.former, text, town, toMe: Boolean(node) && node.classList.contains("msg--me") });
  }

  /* Ask for all that is new; until the last of it is there, nothing is called complete. */
  function catchUp() {
    looking = false;
    catching = catching || load().finally(() => {
      catching = null;
      drain();
      if (early.size) mind();
    });
    return catching;
  }

  async function load() {
    for (let complete = false; !complete;) {
      const answer = await fetch(facts.since + version, { headers: JSON_ONLY });
      if (!answer.ok) throw new Error(`since: ${answer.status}`);
      pollSeconds = Number(answer.headers.get("Poll-After")) || pollSeconds;
      const told = await answer.json();
      accept(told);
      complete = told.complete;
    }
    failures = 0;
  }

  /* Without a live connection the page asks; slower while nobody looks at it. */
  let poller = 0;
  function poll(wait = pollSeconds) {
    clearTimeout(poller);
    if (connected || gone) return;
    poller = setTimeout(async () => {
      try {
        await catchUp();
        if (seated) arrived();
        else status(full ? "full" : "polling");
        outbox.run();
      } catch {
        failures += 1;
        if (!connected) status("waiting", Math.min(pollSeconds * failures, HIDDEN));
      }
      poll(document.hidden ? Math.max(HIDDEN, pollSeconds) : pollSeconds * Math.max(1, Math.min(failures, 3)));
    }, 1000 * wait * (0.8 + 0.4 * Math.random()));
  }

  /* Listening: first heard, then asked, so that nothing falls between the two. */
  async function arrived() {
    seated = connected = true;
    clearTimeout(poller);
    // Usually it takes no time, and then it is not worth a word.
    const said = setTimeout(() => status("catching"), LATE);
    try {
      await catchUp();
      if (connected) status("connected");
      outbox.run();
    } catch {
      connected = false;
      poll();
    } finally {
      clearTimeout(said);
    }
  }

  function listen() {
    if (!window.Baukasten.Live) { status("polling"); poll(); return; }
    live = new window.Baukasten.Live();
    live.addEventListener("status", ({ detail }) => {
      if (detail.state === "connected") return;
      const was = connected;
      seated = connected = false;
      if (detail.state === "gone") { gone = true; status("closed"); return; }
      // Who never had a connection lost none; within seconds the page asks instead, and says so.
      if (was || line.textContent) status("waiting", detail.state === "waiting" ? detail.seconds : 0);
      poll(detail.state === "polling" ? 0 : pollSeconds);
    });
    live.addEventListener("member", ({ detail }) => mine(detail));
    live.enter("chat", facts.room, {
      onState: (state, count) => { if (count !== undefined) people(count); full = false; arrived(); },
      onRing: heard,
      onTick: (count, state) => {
        people(count);
        if (state && state.version > version) { looking = true; mind(); }
        else if (state && state.phase && state.version === version) seeFacts(state);
      },
      onGone: (code) => {
        seated = connected = false;
        if (code === "full") { full = true; status("full"); poll(0); return; }
        gone = true;
        status("closed");
      },
    });
    live.connect();
  }

  function people(count) {
    const place = one("[data-count]");
    place.textContent = count === 1 ? words.people_one : words.people_many.replace("{n}", count);
    place.hidden = !count;
  }

  /* What this person alone is told, such as that a message that waited is refused. */
  function mine(news) {
    tell("chat:mine", news);
    const told = news.message;
    if (!told || told.room !== facts.room) return;
    if (told.number) log.mine.set(told.number, told.id);
    if (told.visibility !== "held" && told.visibility !== "published") log.unpin(told.nonce);
  }

  /* The room's facts, which may come in pieces; when its hours begin or end, the form comes or goes. */
  let known = {}, turning = 0;
  function seeFacts(news) {
    const before = known.phase;
    known = { ...known, ...news };
    if (before !== undefined && known.phase !== before) renewWriter();
    if ("next_at" in news) {
      clearTimeout(turning);
      const wait = known.next_at ? new Date(known.next_at) - Date.now() : 0;
      // Not all at once, and no longer than a timer can count.
      if (wait > 0 && wait < 2 ** 31 - SPREAD) turning = setTimeout(() => catchUp().catch(() => {}), wait + 500 + Math.random() * SPREAD);
    }
    tell("chat:facts", known);
  }

  async function renewWriter() {
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = one("[data-writer]", page), old = one("[data-writer]", root);
    if (!fresh || Boolean(one("form", fresh)) === Boolean(one("form", old))) return;
    const typed = field() && field().value;
    // What somebody is writing stays; the reason stands above it, and the server has the last word.
    if (typed && !one("form", fresh)) old.prepend(...fresh.childNodes);
    else { old.replaceChildren(...fresh.childNodes); tell("chat:form"); }
  }

  /* Sending: over the live connection, else as a form would; the same verbs and the same answers. */
  const posts = {
    say: (data) => [facts.message, { ...data, town: data.town ? "1" : undefined }],
    edit: (data) => [`${facts.message}/${data.id}/aendern`, { body: data.body }],
    withdraw: (data) => [`${facts.message}/${data.id}/zurueckziehen`, {}],
    react: (data) => [`${facts.message}/${data.number}/reaktion`, { kind: (data.on ? "" : "-") + data.kind }],
  };

  async function send(event, data) {
    if (live && connected) {
      const late = new Promise((_done, failed) => setTimeout(() => failed(new Error("late")), CALL));
      return Promise.race([live.call("chat", event, { ...data, module: facts.module }), late]);
    }
    const [address, values] = posts[event](data);
    // With what the form tells of whoever filled it in.
    const body = new FormData(form() || one("#chat-act") || undefined);
    for (const [key, value] of Object.entries(values)) if (value === undefined || value === null) body.delete(key); else body.set(key, value);
    const answer = await fetch(address, { method: "POST", body, headers: JSON_ONLY });
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      if (answer.status >= 500) throw new Error(String(answer.status));
      return { ok: false, code: String(answer.status), message: words.failed_why };
    }
    return answer.json();
  }

  const reader = new Announcer(one("[data-announce]", root), words, () => Date.now() - room.typedAt < TYPING && document.activeElement === field());
  const outbox = new Outbox({
    key: `chat:${facts.room}:outbox`,
    log,
    words,
    send: ({ body, nonce, reply_to, town }) => send("say", { body, nonce, reply_to: reply_to || null, town: Boolean(town) }),
    taken: (item, data) => {
      const notice = one(".rules-notice", root);
      if (notice) notice.open = false;
      if (data.visibility === "held") { log.hold(item, data); return; }
      if (data.number) log.mine.set(data.number, data.id);
      const there = log.nodes.get(data.number);
      if (there) { log.unpin(item.nonce); return; }
      if (data.version > version || data.number) catchUp().catch(() => {}).then(() => log.unpin(item.nonce));
      else log.unpin(item.nonce);
    },
    edit: (item) => {
      if (!field()) return;
      // Beside what was begun meanwhile.
      field().value = [item.body, field().value].filter(Boolean).join("\n");
      form().elements.reply_to.value = item.reply_to || "";
      field().focus();
    },
    changed: () => { if (!connected && line.classList.contains("conn--wait") && failures) status("waiting"); },
  });

  window.addEventListener("online", () => { if (!connected) poll(0); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !connected) poll(0); });

  /* What the page's other scripts use; ``posts(name, data => [address, fields])`` says how an event goes without a live connection. */
  const room = window.Baukasten.chat = {
    send, facts, words, root, log, outbox, reader, catchUp, typedAt: 0,
    posts: (name, make) => { posts[name] = make; },
    version: () => version,
    connected: () => connected,
    typing: () => { if (live && connected) live.call("chat", "typing", { module: facts.module }).catch(() => {}); },
  };
  if (location.hash === "" || location.hash === "#ende") log.toEnd();
  listen();
  outbox.run();
})();
