/* What somebody sent and the town has not taken yet: kept in order, sent once, shown with its state. */
(() => {
  const AGAIN = 3000;

  function mark() {
    return [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  class Outbox {
    /* send(item): resolves to an answer, throws while nothing can be sent. log: shows items. taken(item, data): what came of one. */
    constructor({ key, send, log, words, taken, edit, changed }) {
      // What one person left in this tab is not said by the next one who signs in.
      Object.assign(this, { key: `${key}:${log.facts.me}`, send, log, words, taken, edit, changed });
      this.items = this.load();
      this.running = false;
      this.timer = 0;
      for (const item of this.items) this.show(item);
    }

    load() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(this.key) || "[]");
        // What was under way when the page went may have arrived; its mark tells the server.
        return kept.map((item) => ({ ...item, state: item.state === "failed" ? "failed" : "pending" }));
      } catch {
        return [];
      }
    }

    save() {
      try {
        sessionStorage.setItem(this.key, JSON.stringify(this.items));
      } catch {
        // A browser that keeps nothing still sends what is on the page.
      }
      this.changed(this.items.length);
    }

    add(values) {
      const item = { ...values, nonce: mark(), state: "pending", why: "" };
      this.items.push(item);
      this.save();
      this.show(item);
      this.run();
    }

    has(nonce) { return this.items.some((item) => item.nonce === nonce); }

    drop(item) {
      clearInterval(item.clock);
      this.items = this.items.filter((one) => one !== item);
      this.save();
      this.log.unpin(item.nonce);
    }

    /* The message stands in the log: whatever the answer would have said, it has arrived. */
    arrived(nonce) {
      const item = this.items.find((one) => one.nonce === nonce);
      if (item) this.drop(item);
    }

    retry(item) {
      item.state = "pending";
      item.why = "";
      clearInterval(item.clock);
      this.save();
      this.show(item);
      this.run();
    }

    async run() {
      if (this.running) return;
      this.running = true;
      clearTimeout(this.timer);
      while (this.items.length) {
        const item = this.items[0];
        if (item.state === "failed") break;
        item.state = "sending";
        this.show(item);
        let answer;
        try {
          answer = await this.send(item);
        } catch {
          item.state = "pending";
          this.show(item);
          this.timer = setTimeout(() => this.run(), AGAIN);
          break;
        }
        if (!this.items.includes(item)) continue;
        if (!answer.ok) {
          this.fail(item, answer);
          break;
        }
        this.items.shift();
        this.save();
        this.taken(item, answer.data);
      }
      for (const item of this.items) this.show(item);
      this.running = false;
    }

    fail(item, answer) {
      item.state = "failed";
      item.why = answer.message || this.words.failed_why;
      clearInterval(item.clock);
      if (answer.retry_after) {
        const end = Date.now() + 1000 * answer.retry_after;
        const tick = () => {
          const left = Math.ceil((end - Date.now()) / 1000);
          item.left = Math.max(0, left);
          if (left <= 0) clearInterval(item.clock);
          this.show(item);
        };
        item.clock = setInterval(tick, 1000);
        item.left = answer.retry_after;
      }
      this.save();
    }

    /* State in words: what is sent now, what waits for the connection, what waits for the one before it. */
    show(item) {
      const first = this.items[0] === item;
      const blocked = !first && this.items[0] && this.items[0].state === "failed";
      const said = item.state === "pending" ? (blocked ? "stopped" : "pending") : item.state;
      this.log.pin(item, this.words[said], {
        retry: () => this.retry(item),
        edit: () => { this.drop(item); this.edit(item); this.run(); },
        drop: () => { this.drop(item); this.run(); },
      });
    }
  }

  window.Baukasten = Object.assign(window.Baukasten || {}, { Outbox, mark });
})();
