/* Hours of a live room: counts down by the server's clock, renews its part of the page, shows announcements. */
(() => {
  const one = (what, where = document) => where.querySelector(what);
  if (!one("[data-hours]")) return;
  const MINUTE = 60, HOUR = 60, DAY = 1440, SPREAD = 3000;
  let known = null, asked = false;

  /* How far the server's clock is ahead of this one, for all that counts here; a second more or less does not matter. */
  const shared = window.Baukasten = window.Baukasten || {};
  function setClock(at) { const moment = Date.parse(at); if (moment) shared.ahead = moment - Date.now(); }
  const now = () => Date.now() + (shared.ahead || 0);
  async function askClock() {
    const answer = await fetch(one("[data-hours]").dataset.part, { method: "HEAD", cache: "no-store" });
    setClock(answer.headers.get("Date"));
  }

  function parts(seconds) {
    const all = Math.max(0, Math.ceil(seconds / MINUTE));
    const days = Math.floor(all / DAY), hours = Math.floor((all % DAY) / HOUR);
    const found = days ? [["day", days]] : [];
    if (days || hours) found.push(["hour", hours]);
    return [...found, ["minute", all % HOUR]];
  }

  function count() {
    const clock = one("[data-count-to]");
    if (!clock) return;
    const units = JSON.parse(clock.dataset.units), seconds = (Date.parse(clock.dataset.countTo) - now()) / 1000;
    const said = parts(seconds).map(([unit, number]) => [number, units[unit][number === 1 ? 0 : 1]]);
    const text = said.map((one) => one.join(" ")).join(", ");
    if (clock.dataset.shown !== text) {
      const before = clock.dataset.shown;
      clock.dataset.shown = text;
      const label = clock.getAttribute("aria-label");
      if (before) clock.setAttribute("aria-label", label.replace(before, text));
      if (clock.classList.contains("count")) {
        clock.replaceChildren(...said.map(([number, unit]) => {
          const part = document.createElement("span"), figure = document.createElement("b");
          part.className = "count-part";
          figure.textContent = number;
          part.append(figure, ` ${unit}`);
          return part;
        }));
      } else clock.textContent = text;
    }
    if (seconds <= 0) renew();
  }

  /* The server says in its own words how things are now; not everybody asks in the same moment. */
  function renew() {
    if (asked) return;
    asked = true;
    setTimeout(async () => {
      const old = one("[data-hours]");
      try {
        const answer = await fetch(old.dataset.part, { cache: "no-store" });
        setClock(answer.headers.get("Date"));
        if (answer.ok) show(old, await answer.text());
      } finally {
        setTimeout(() => { asked = false; }, SPREAD);
      }
    }, Math.random() * SPREAD);
  }

  function show(old, html) {
    const fresh = one("[data-hours]", new DOMParser().parseFromString(html, "text/html"));
    if (!fresh || fresh.dataset.key === old.dataset.key) return;
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (focused) { fresh.tabIndex = -1; fresh.focus({ preventScroll: true }); }
    const slow = one("[data-slow]", fresh), before = one("[data-slow]", old), status = one("[data-hours-said]");
    const line = slow && slow.textContent !== before?.textContent ? slow : one("h2, p", fresh);
    if (status && line) status.textContent = line.textContent.replace(/\s+/g, " ").trim();
    count();
  }

  function announce({ html, at }) {
    const place = one("[data-announcement]"), pattern = one("[data-announcement-pattern]");
    if (!place || !pattern || place.dataset.at === at) return;
    place.dataset.at = at;
    if (!html) { place.replaceChildren(); return; }
    const note = pattern.content.cloneNode(true);
    one("[data-announced]", note).innerHTML = html;
    one("[data-announced-at]", note).textContent = new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    place.replaceChildren(note);
  }

  document.addEventListener("chat:facts", ({ detail }) => {
    known = { ...known, ...detail };
    if (known.announcement) announce(known.announcement);
    if (!known.phase) return;
    const key = [known.phase, known.opens_at, known.closes_at, known.slow, known.shut].join(" ");
    if (key !== one("[data-hours]").dataset.key) renew();
  });

  for (const clock of document.querySelectorAll("[data-count-to]")) {
    clock.dataset.shown = clock.classList.contains("count") ? "" : clock.textContent.trim();
  }
  if (one("[data-count-to], [data-since]")) askClock().catch(() => {});
  setInterval(count, 1000);
})();
