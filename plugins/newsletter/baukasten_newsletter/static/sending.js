/* Sending an issue: renews the part of the page that tells how far it is, while something happens and the page is seen. */
(() => {
  const EVERY = 3000;
  const part = () => document.querySelector("[data-sending]");

  async function renew() {
    const old = part();
    if (!old || !("live" in old.dataset)) return;
    if (!document.hidden && !old.contains(document.activeElement)) {
      try {
        const answer = await fetch(old.dataset.part, { cache: "no-store", credentials: "same-origin" });
        if (answer.ok) {
          const made = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = made.querySelector("[data-sending]");
          if (fresh && !old.contains(document.activeElement)) {
            const ended = !("live" in fresh.dataset);
            old.replaceWith(document.importNode(fresh, true));
            /* The heading and what may be done next are other ones now. */
            if (ended) window.location.reload();
          }
        }
      } catch { /* Away for a moment: the next turn asks again. */ }
    }
    setTimeout(renew, EVERY);
  }

  setTimeout(renew, EVERY);
})();
