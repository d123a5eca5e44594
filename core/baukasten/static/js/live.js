/* The page's live connection: finds back by itself, enters its rooms again, and says when the page has to ask instead.

   const live = new Baukasten.Live();
   live.addEventListener("status", ({ detail }) => …);  // { state: connected | waiting | polling | gone, seconds }
   live.addEventListener("member", ({ detail }) => …);  // what is told to this person alone
   live.enter(kind, id, { onState(state, count), onRing(news), onTick(count, state), onGone(code) });
   live.connect();
   const answer = await live.call(namespace, event, data);  // { ok, data } or { ok: false, code, message, retry_after } */
(() => {
  const PATIENCE = 6000, CALL = 10000, FIRST = 500, LONGEST = 30000, AGAIN = 30;
  // Whoever lost the connection together shall not come back in the same moment.
  const spread = (time) => time * (0.5 + Math.random());

  class Live extends EventTarget {
    constructor(address = location.origin, options = {}) {
      super();
      this.rooms = new Map();
      this.state = "";
      this.tries = 0;
      this.lostAt = 0;
      this.timer = 0;
      this.socket = window.io && window.io(address, {
        transports: ["websocket"],
        reconnection: false,
        autoConnect: false,
        query: { language: document.documentElement.lang },
        ...options,
      });
      if (this.socket) this.listen();
    }

    connect() {
      this.lostAt = Date.now();
      if (!this.socket) { this.tell("polling"); return; }
      this.socket.connect();
      setTimeout(() => this.lookForPatience(), PATIENCE);
      window.addEventListener("online", () => this.hurry());
      window.addEventListener("pageshow", (event) => { if (event.persisted) this.hurry(); });
    }

    /* A room to be in, now or as soon as there is a connection, and after each loss again. */
    enter(kind, id, handlers) {
      this.rooms.set(`${kind}:${id}`, { kind, id, handlers, full: false });
      if (this.socket && this.socket.connected) this.sit(this.rooms.get(`${kind}:${id}`));
    }

    leave(kind, id) {
      const room = this.rooms.get(`${kind}:${id}`);
      if (!room) return;
      clearTimeout(room.timer);
      this.rooms.delete(`${kind}:${id}`);
      if (this.socket && this.socket.connected) this.socket.emit("leave", kind, id);
    }

    /* Gives the answer, be it a refusal; fails where none comes, which does not mean that nothing was done. */
    call(namespace, event, data) {
      return this.ask("call", namespace, event, data);
    }

    ask(...words) {
      if (!this.socket || !this.socket.connected) return Promise.reject(new Error("not connected"));
      return this.socket.timeout(CALL).emitWithAck(...words);
    }

    async sit(room) {
      clearTimeout(room.timer);
      const { kind, id, handlers } = room;
      let answer;
      try {
        answer = await this.ask("enter", kind, id);
      } catch {
        // A connection that answers nothing is none.
        if (this.socket.connected) this.socket.disconnect().connect();
        return;
      }
      if (this.rooms.get(`${kind}:${id}`) !== room) return;
      if (answer.ok) {
        room.full = false;
        if (handlers.onState) handlers.onState(answer.data, answer.count);
        return;
      }
      const waits = answer.code === "full" || answer.retry_after;
      if (waits) room.timer = setTimeout(() => this.sit(room), spread(1000 * (answer.retry_after || AGAIN)));
      // A room stays full for a while; once is enough to know.
      if (!answer.retry_after && !room.full && handlers.onGone) handlers.onGone(answer.code);
      room.full = answer.code === "full";
    }

    listen() {
      const socket = this.socket;
      const inside = ({ kind, id }) => (this.rooms.get(`${kind}:${id}`) || { handlers: {} }).handlers;
      socket.on("connect", () => {
        this.tries = 0;
        this.lostAt = 0;
        this.tell("connected");
        for (const room of this.rooms.values()) this.sit(room);
      });
      socket.on("ring", (news) => {
        if (news.kind === "member") this.dispatchEvent(new CustomEvent("member", { detail: news }));
        const { onRing } = inside(news);
        if (onRing) onRing(news);
      });
      socket.on("tick", (news) => {
        const { onTick } = inside(news);
        if (onTick) onTick(news.count, news.state);
      });
      socket.on("gone", (news) => {
        const { onGone } = inside(news);
        if (onGone) onGone("gone");
      });
      socket.on("disconnect", (reason) => { if (reason !== "io client disconnect") this.lose(); });
      socket.on("connect_error", (error) => {
        if (error.type) { this.lose(); return; } // the way is blocked; else the server spoke
        const wait = error.data && error.data.retry_after;
        if (wait) this.lose(1000 * wait);
        else this.tell("gone");
      });
    }

    lose(wait = 0) {
      if (!this.lostAt) {
        this.lostAt = Date.now();
        setTimeout(() => this.lookForPatience(), PATIENCE);
      }
      const pause = Math.max(wait, spread(Math.min(LONGEST, FIRST * 2 ** this.tries)));
      this.tries += 1;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.socket.connect(), pause);
      if (Date.now() - this.lostAt < PATIENCE) this.tell("waiting", Math.ceil(pause / 1000));
    }

    hurry() {
      if (!this.socket || this.socket.connected || this.state === "gone") return;
      clearTimeout(this.timer);
      this.socket.connect();
    }

    /* No connection for some seconds: the page asks from time to time, until there is one again. */
    lookForPatience() {
      const lost = this.lostAt && Date.now() - this.lostAt >= PATIENCE - 50;
      if (lost && this.state !== "polling" && this.state !== "gone") this.tell("polling");
    }

    tell(state, seconds = 0) {
      this.state = state;
      this.dispatchEvent(new CustomEvent("status", { detail: { state, seconds } }));
    }
  }

  window.Baukasten = Object.assign(window.Baukasten || {}, { Live });
})();
