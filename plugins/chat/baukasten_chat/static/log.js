/* The messages on the page: shown once each, in order, in place, without ever moving what somebody reads. */
(() => {
  const MOST = 300, HELD_BACK = 400, NEAR = 40;
  const one = (what, where) => where.querySelector(what);
  const all = (what, where) => [...where.querySelectorAll(what)];

  class Log {
    constructor(root, words, facts) {
      this.root = root;
      this.words = words;
      this.facts = facts;
      this.box = one("[data-log]", root);
      this.list = one("[data-messages]", root);
      this.button = one("[data-newer]", root);
      this.patterns = Object.fromEntries(all("template[data-pattern]", root).map((t) => [t.dataset.pattern, t.content.firstElementChild]));
      this.nodes = new Map();
      this.pins = new Map();
      this.mine = new Map();
      this.pressed = new Map();
      this.later = [];
      this.unseen = 0;
      this.current = null;
      const zone = facts.zone, language = document.documentElement.lang || "de";
      this.time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", timeZone: zone });
      this.day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone: zone });
      for (const node of all(".msg[data-number]", this.list)) {
        this.nodes.set(Number(node.dataset.number), node);
        this.equip(node);
        const edit = one('[data-do="edit"]', node);
        if (edit) this.mine.set(Number(node.dataset.number), Number(/(\d+)\/aendern$/.exec(edit.getAttribute("href"))[1]));
        const held = all('button.face[aria-pressed="true"]', node).map((b) => b.value.replace("-", ""));
        if (held.length) this.pressed.set(Number(node.dataset.number), new Set(held));
      }
      for (const node of all("[data-held]", this.list)) {
        this.equip(node);
        if (node.dataset.nonce) this.pins.set(node.dataset.nonce, node);
      }
      this.first = Math.min(...this.nodes.keys(), Infinity);
      this.box.addEventListener("keydown", (event) => this.key(event));
      this.box.addEventListener("focusin", (event) => this.enter(event.target.closest(".msg")));
      this.box.addEventListener("scroll", () => { if (this.atEnd()) this.catchUp(); }, { passive: true });
      this.button.addEventListener("click", () => { this.catchUp(); this.toEnd(); this.box.focus({ preventScroll: true }); });
    }

    /* Where somebody is. */
    atEnd() { return Math.abs(this.box.scrollTop) < NEAR; }
    toEnd() { this.box.scrollTop = 0; }

    /* Change the list and leave what is being read where it is. */
    keeping(change) {
      const end = this.atEnd();
      const top = this.box.getBoundingClientRect().top;
      const anchor = end ? null : all(".msg", this.list).find((node) => node.getBoundingClientRect().bottom > top);
      const before = anchor ? anchor.getBoundingClientRect().top : 0;
      change();
      if (end) this.toEnd();
      else if (anchor && anchor.isConnected) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
    }

    /* What came in: gives those that are new to the reader. */
    take(messages, { old = false } = {}) {
      const fresh = [];
      this.keeping(() => {
        for (const message of messages) {
          const known = this.nodes.get(message.number);
          if (message.gone || message.folded) this.unquote(message.number);
          if (known) {
            if (message.version > Number(known.dataset.version)) this.fill(known, message);
            continue;
          }
          const held = this.later.findIndex((other) => other.number === message.number);
          if (held >= 0) { this.later[held] = message; continue; }
          if (!old && message.number < this.first && this.nodes.size) continue;
          fresh.push(message);
          if (!old && !this.atEnd() && this.nodes.size >= HELD_BACK) this.later.push(message);
          else this.insert(message);
        }
        this.trim();
      });
      if (!old && !this.atEnd()) this.missed(fresh.filter((message) => !this.isMine(message)).length);
      return fresh;
    }

    catchUp() {
      if (this.later.length) {
        const waiting = this.later;
        this.later = [];
        for (const message of waiting) this.insert(message);
        this.trim(true);
      }
      this.unseen = 0;
      this.button.hidden = true;
    }

    missed(count) {
      this.unseen += count;
      if (!this.unseen) return;
      one("[data-newer-text]", this.button).textContent =
        this.unseen === 1 ? this.words.one : this.words.many.replace("{n}", this.unseen);
      this.button.hidden = false;
    }

    isMine(message) { return this.mine.has(message.number) || (message.nonce && this.pins.has(message.nonce)); }

    insert(message) {
      const node = this.patterns.message.cloneNode(true);
      // Read before the pin goes: it tells whose message this is.
      const mine = this.isMine(message);
      if (message.nonce) this.unpin(message.nonce);
      this.nodes.set(message.number, node);
      this.first = Math.min(this.first, message.number);
      this.fill(node, message, mine);
      const empty = one("[data-empty]", this.list);
      if (empty) empty.remove();
      let behind = [...this.list.children].reverse().find((other) => Number(other.dataset.number) < message.number);
      if (!behind) behind = one("[data-older]", this.list)?.closest("p");
      if (behind) behind.after(node); else this.list.prepend(node);
    }

    /* One message, new or changed, by what everybody is told of it. */
    fill(node, message, mine = node.classList.contains("msg--mine")) {
      if (message.gone) { this.bury(node, message); return; }
      if (node.classList.contains("msg--gone")) { this.revive(node, message); return; }
      const number = message.number, address = `${this.facts.message}/${number}`;
      node.id = `nachricht-${number}`;
      Object.assign(node.dataset, { number, version: message.version });
      node.setAttribute("aria-labelledby", `wer-${number} text-${number}`);
      one(".who", node).id = `wer-${number}`;
      const author = one("[data-author]", node), text = one(".text", node);
      author.textContent = message.author || this.words.former;
      text.id = `text-${number}`;
      const before = text.textContent;
      // The server made it safe, as it makes what the page begins with.
      text.innerHTML = message.html;
      fold(text, message.folded, this.words.fold);
      if (node.isConnected && text.textContent !== before) this.unquote(number);
      this.stamp(node, message);
      const toMe = Boolean(this.facts.me) && all("mark", text).some((call) => call.textContent === `@${this.facts.me}`);
      node.classList.toggle("msg--town", message.kind === "town");
      node.classList.toggle("msg--mine", mine);
      node.classList.toggle("msg--me", toMe);
      this.only(node, "[data-town]", message.kind === "town");
      this.only(node, "[data-mine]", mine);
      this.quote(node, message.reply);
      for (const button of all("[formaction]", node)) button.setAttribute("formaction", `${address}/reaktion`);
      for (const link of all('[data-do="link"]', node)) link.href = address;
      for (const link of all('[data-can="report"] a', node)) link.href = `${address}/melden`;
      for (const link of all('[data-do="reply"]', node)) link.href = `?antwort=${number}#schreiben`;
      const row = this.mine.get(number);
      this.only(node, '[data-can="edit"]', row);
      this.only(node, '[data-can="report"]', !mine);
      if (row) for (const link of all('[data-do="edit"]', node)) link.href = `${this.facts.message}/${row}/aendern`;
      this.count(node, message.reactions || {});
      this.equip(node);
    }

    only(node, what, wanted) {
      for (const part of all(what, node)) part.hidden = !wanted;
    }

    stamp(node, message) {
      const time = one("time", node), at = new Date(message.at);
      const today = at.toDateString() === new Date().toDateString();
      time.dateTime = message.at;
      time.textContent = (today ? this.time : this.day).format(at);
      const mark = one("[data-edited]", node);
      if (mark) {
        mark.textContent = message.by_staff ? this.words.by_staff : this.words.changed;
        mark.parentElement.hidden = !(message.edited || message.by_staff);
      }
    }

    quote(node, reply) {
      const place = one("[data-reply]", node);
      if (!place) return;
      place.hidden = !reply;
      if (!reply) return;
      one("a", place).href = `${this.facts.message}/${reply.number}`;
      one("[data-reply-author]", place).textContent = reply.author || this.words.former;
      one("[data-reply-text]", place).textContent = reply.text;
    }

    /* What was changed or left view stands in no reply to it either; the server says it anew with the next page. */
    unquote(number) {
      const address = `${this.facts.message}/${number}`;
      for (const link of all("[data-reply] a", this.list)) {
        if (link.getAttribute("href") !== address) continue;
        link.parentElement.hidden = true;
        one("[data-reply-text]", link).textContent = "";
      }
      for (const message of this.later) if (message.reply?.number === number) message.reply = null;
    }

    count(node, reactions) {
      const pressed = this.pressed.get(Number(node.dataset.number)) || new Set();
      for (const face of all(".face", node)) {
        const kind = face.dataset.face, count = reactions[kind] || 0, figure = one("b", face);
        if (figure) { figure.textContent = count; face.hidden = !count; }
        if (face.matches("button")) {
          face.setAttribute("aria-pressed", String(pressed.has(kind)));
          face.value = (pressed.has(kind) ? "-" : "") + kind;
        }
      }
    }

    bury(node, message) {
      const said = message.rule && this.words[`reason_${message.gone}`];
      const fresh = this.patterns.gone.cloneNode(true);
      this.replace(node, fresh, message);
      one("[data-gone]", fresh).textContent = said ? said.replace("{rule}", message.rule) : this.words[`gone_${message.gone}`] || this.words.gone_hidden;
      one("[data-gone]", fresh).id = `text-${message.number}`;
      one("p", fresh).id = `wer-${message.number}`;
      one("a", fresh).href = `${this.facts.message}/${message.number}`;
      this.stamp(fresh, message);
      this.equip(fresh);
    }

    revive(node, message) {
      const fresh = this.patterns.message.cloneNode(true);
      this.replace(node, fresh, message);
      this.fill(fresh, message, this.mine.has(message.number));
    }

    replace(node, fresh, message) {
      const focused = node.contains(document.activeElement);
      fresh.id = `nachricht-${message.number}`;
      Object.assign(fresh.dataset, { number: message.number, version: message.version });
      fresh.setAttribute("aria-labelledby", `wer-${message.number} text-${message.number}`);
      node.replaceWith(fresh);
      this.nodes.set(message.number, fresh);
      if (this.current === node) this.current = null;
      if (focused) { fresh.tabIndex = -1; fresh.focus({ preventScroll: true }); }
    }

    /* A person's own that is not in view yet: at the end, with its state and what can be done. */
    pin(item, state, act) {
      this.keeping(() => {
        let node = this.pins.get(item.nonce);
        if (!node) {
          node = this.patterns.pin.cloneNode(true);
          this.pins.set(item.nonce, node);
          one(".text", node).textContent = item.body;
          for (const [what, run] of Object.entries(act)) one(`[data-act="${what}"]`, node)?.addEventListener("click", run);
          one("[data-empty]", this.list)?.remove();
          one("#ende", this.list).before(node);
        }
        node.classList.toggle("msg--failed", item.state === "failed");
        const said = one("[data-state]", node), why = one("[data-why]", node);
        if (said.textContent !== state) said.textContent = state;
        const left = item.left ? ` ${this.words.wait.replace("{n}", item.left)}` : "";
        const reason = item.state === "failed" ? item.why : "";
        if (one("[data-why-text]", why).textContent !== reason) one("[data-why-text]", why).textContent = reason;
        one("[data-left]", why).textContent = left;
        why.hidden = !reason;
        one("[data-acts]", node).hidden = item.state === "sending";
        one('[data-act="retry"]', node).hidden = item.state !== "failed" || Boolean(item.left);
      });
    }

    unpin(nonce) {
      const node = this.pins.get(nonce);
      if (!node) return;
      this.pins.delete(nonce);
      const focused = node.contains(document.activeElement);
      node.remove();
      if (focused) this.box.focus({ preventScroll: true });
    }

    /* It is being checked: stays at the end, for its author alone. */
    hold(item, data) {
      this.unpin(item.nonce);
      this.keeping(() => {
        const node = this.patterns.held.cloneNode(true);
        node.id = `wartet-${data.id}`;
        one(".text", node).textContent = item.body;
        one("[data-note]", node).textContent = data.note;
        one("a", node).href = `${this.facts.message}/${data.id}/aendern`;
        this.pins.set(item.nonce, node);
        one("#ende", this.list).before(node);
        this.equip(node);
      });
    }

    /* Older ones go when nobody is looking at them; the way to them stays. */
    trim(force = false) {
      if (this.nodes.size <= MOST || !(force || this.atEnd())) return;
      const numbers = [...this.nodes.keys()].sort((a, b) => a - b);
      for (const number of numbers.slice(0, numbers.length - MOST)) {
        const node = this.nodes.get(number);
        if (node.contains(document.activeElement)) break;
        node.remove();
        this.nodes.delete(number);
      }
      this.first = Math.min(...this.nodes.keys());
      this.way(this.first);
    }

    way(number) {
      let line = one("[data-older]", this.list);
      if (!number || number <= 1) { line?.closest("p").remove(); return; }
      if (!line) {
        const fresh = this.patterns.older.cloneNode(true);
        this.list.prepend(fresh);
        line = one("[data-older]", fresh);
      }
      line.href = `?vor=${number}#ende`;
    }

    older(answer) {
      const line = one("[data-older]", this.list), focused = line === document.activeElement;
      this.take(answer.messages, { old: true });
      this.way(answer.older);
      if (focused && !one("[data-older]", this.list)) this.move(this.nodes.get(this.first));
    }

    /* By keyboard: one stop for the whole log, arrows inside it, and only the current message has stops of its own. */
    equip(node) {
      node.tabIndex = -1;
      const stop = node === this.current ? 0 : -1;
      for (const part of all("a, button, summary", node)) part.tabIndex = stop;
    }

    enter(node) {
      if (node === this.current || !node) return;
      const before = this.current;
      this.current = node;
      if (before) this.equip(before);
      this.equip(node);
    }

    move(node) {
      if (!node) return;
      this.enter(node);
      node.focus({ preventScroll: true });
      node.scrollIntoView({ block: "nearest" });
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const menu = event.target.closest("details[open]");
      if (event.key === "Escape") {
        event.preventDefault();
        if (menu) { menu.open = false; one("summary", menu).focus(); return; }
        const field = document.getElementById("f-body");
        if (field) field.focus();
        return;
      }
      if (event.target !== this.box && !event.target.matches(".msg")) return;
      const nodes = all(".msg", this.list), at = nodes.indexOf(event.target);
      const steps = {
        ArrowUp: at < 0 ? nodes.length - 1 : Math.max(0, at - 1),
        ArrowDown: at < 0 ? nodes.length - 1 : Math.min(nodes.length - 1, at + 1),
        Home: 0,
        End: nodes.length - 1,
      };
      if (!(event.key in steps) || !nodes.length) return;
      event.preventDefault();
      this.move(nodes[steps[event.key]]);
    }
  }

  /* What the moderators folded is one click away, as on the page that comes from the server. */
  function fold(text, folded, words) {
    const box = text.closest("details.fold");
    if (folded && !box) {
      const made = document.createElement("details"), line = document.createElement("summary");
      made.className = "fold";
      line.textContent = words;
      text.replaceWith(made);
      made.append(line, text);
    } else if (!folded && box) box.replaceWith(text);
  }

  window.Baukasten = Object.assign(window.Baukasten || {}, { Log, fold });
})();
