/* Reads new messages out: few words, in batches, never the person's own, and not while somebody types. */
(() => {
  const BATCH = 2000, CALM = 30000, PAUSE = 2500, LONGEST = 200;

  class Announcer {
    /* region: a polite live region; words: the texts; busy: tells whether the person is typing. */
    constructor(region, words, busy) {
      this.region = region;
      this.words = words;
      this.busy = busy;
      this.level = "all";
      this.calm = false;
      this.queue = [];
      this.timer = 0;
    }

    /* A message that is new to everybody here; town and toMe decide whether it is read at the middle level. */
    hear({ name, text, town, toMe }) {
      if (this.level === "off" || (this.level === "named" && !town && !toMe)) return;
      this.queue.push(`${name}: ${text.length > LONGEST ? text.slice(0, LONGEST) + "…" : text}`);
      if (!this.timer) this.later(this.calm ? CALM : BATCH);
    }

    /* One sentence at once, such as what came of a button. */
    say(text) {
      this.region.textContent = "";
      setTimeout(() => { this.region.textContent = text; }, 50);
    }

    set(level, calm) {
      this.level = level;
      this.calm = calm;
      if (level === "off") this.queue = [];
    }

    later(wait) { this.timer = setTimeout(() => this.flush(), wait); }

    flush() {
      this.timer = 0;
      if (!this.queue.length) return;
      if (this.busy()) { this.later(PAUSE); return; }
      this.say(this.queue.length === 1 ? this.queue[0] : this.words.many.replace("{n}", this.queue.length));
      this.queue = [];
    }
  }

  window.Baukasten = Object.assign(window.Baukasten || {}, { Announcer });
})();
