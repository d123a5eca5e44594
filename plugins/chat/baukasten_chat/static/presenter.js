/* The view for the hall: changes when the stage changes and at no other time. */
(() => {
  const root = document.querySelector("[data-presenter]");
  if (!root) return;
  const AGAIN = 10000, SOON = 300;
  let waiting = 0, connected = false;

  function votes(counts) {
    for (const place of root.querySelectorAll("b[data-votes]")) {
      const count = counts[place.dataset.votes];
      if (count !== undefined) place.textContent = count;
    }
  }

  async function look() {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-stage]"), old = root.querySelector("[data-stage]");
    if (!now) return;
    if (now.dataset.stage !== old.dataset.stage) { old.replaceWith(now); return; }
    votes(Object.fromEntries([...now.querySelectorAll("b[data-votes]")].map((one) => [one.dataset.votes, one.textContent])));
  }
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => look().catch(() => {}), SOON);
  }

  root.querySelector("[data-refresh]").hidden = true;
  setInterval(() => { if (!connected) soon(); }, AGAIN);
  if (!window.Baukasten || !window.Baukasten.Live) return;
  const live = new window.Baukasten.Live();
  live.addEventListener("status", ({ detail }) => { connected = detail.state === "connected"; });
  live.enter(root.dataset.kind, Number(root.dataset.room), {
    onState: soon,
    onRing: (news) => {
      if (news.votes) votes(news.votes);
      if (news.look || news.questions || "stage" in news) soon();
    },
    onTick: (_count, state) => {
      if (state && state.version !== root.version) { root.version = state.version; soon(); }
    },
  });
  live.connect();
})();
