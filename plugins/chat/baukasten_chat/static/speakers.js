/* The list of speakers: counts by the server's clock, renews itself when somebody joins, speaks or is done. */
(() => {
  const one = (what, where = document) => where.querySelector(what);
  if (!one("[data-speakers]")) return;
  const SPREAD = 2000, JSON_ONLY = { Accept: "application/json" };
  const shared = window.Baukasten = window.Baukasten || {};
  let phase = null, asked = false;

  function count() {
    const clock = one("[data-spoken]");
    if (!clock || !clock.dataset.since) return;
    const running = (Date.now() + (shared.ahead || 0) - Date.parse(clock.dataset.since)) / 1000;
    const seconds = Number(clock.dataset.spoken) + Math.max(0, Math.floor(running));
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    clock.setAttribute("aria-label", clock.getAttribute("aria-label").replace(clock.textContent, text));
    clock.textContent = text;
    const limit = Number(clock.dataset.limit);
    one("[data-time-up]").hidden = !limit || seconds < limit;
  }

  /* What somebody is typing there stays; the rest is as the server shows it to this person. */
  function show(html) {
    const fresh = one("[data-speakers]", new DOMParser().parseFromString(html, "text/html")), old = one("[data-speakers]");
    if (!fresh) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    for (const field of old.querySelectorAll("input[type=text]")) {
      const same = one(`[name="${field.name}"]`, fresh);
      if (same && field.value) same.value = field.value;
    }
    old.replaceWith(fresh);
    if (focused) {
      const value = focused.value ? `[value="${CSS.escape(focused.value)}"]` : "";
      const same = focused.name ? one(`[name="${focused.name}"]${focused.name === "do" ? value : ""}`, fresh) : null;
      const goal = same || one("h2", fresh);
      if (!same) goal.tabIndex = -1;
      goal.focus({ preventScroll: true });
    }
    count();
  }

  async function renew() {
    const answer = await fetch(one("[data-speakers]").dataset.part, { cache: "no-store" });
    const moment = Date.parse(answer.headers.get("Date"));
    if (moment) shared.ahead = moment - Date.now();
    if (answer.ok) show(await answer.text());
  }

  function renewSoon() {
    if (asked) return;
    asked = true;
    setTimeout(() => renew().catch(() => {}).finally(() => { asked = false; }), Math.random() * SPREAD);
  }

  /* Buttons act without leaving the page; where that fails, the form is sent as it would be without a script. */
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-speakers] [data-quick]");
    if (!form || form.dataset.plain) return;
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), headers: JSON_ONLY });
      if (!answer.ok) throw new Error(String(answer.status));
      form.reset();
      await renew();
    } catch {
      form.dataset.plain = "1";
      form.requestSubmit(event.submitter);
    }
  });

  document.addEventListener("chat:facts", ({ detail }) => {
    const changed = phase !== null && detail.phase !== phase;
    phase = detail.phase || phase;
    if (detail.speakers === undefined) return;
    if (changed || `${detail.speakers} ${detail.list_closed}` !== one("[data-speakers]").dataset.key) renewSoon();
  });

  setInterval(count, 1000);
})();
