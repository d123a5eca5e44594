/* Helps whoever writes a contribution: preview, drafts, quotations, names, similar topics. All of it works without. */
(() => {
  const form = document.querySelector("form.writer");
  const area = form.elements.body;
  const title = form.elements.title;
  const state = form.querySelector("[data-draft-state]");
  const settings = form.dataset;
  const SAVE_AFTER = 2000, ASK_AFTER = 500, NEAR_THE_END = 1000;

  function later(wait, run) {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(run, wait); };
  }

  function sent(values) {
    const data = new URLSearchParams(values);
    data.set("_token", form.elements._token.value);
    return { method: "POST", body: data, headers: { Accept: "application/json" } };
  }

  /* Drafts: saved by themselves, the state told in words. */
  let saved = area.value + "\n" + (title ? title.value : "");
  let savedAt = 0, saving = null, leaving = false, conflict = false;

  function tell(text) { state.textContent = text ? text + ". " : ""; }

  async function save() {
    const now = area.value + "\n" + (title ? title.value : "");
    if (leaving || conflict || saving || now === saved) return;
    saving = new AbortController();
    try {
      const values = { key: settings.key, body: area.value, title: title ? title.value : "", version: form.elements.version.value };
      const answer = await fetch(settings.drafts, { ...sent(values), signal: saving.signal });
      const told = await answer.json();
      if (answer.ok) {
        saved = now;
        savedAt = Date.now();
        form.elements.version.value = told.version || "";
        tell(told.said);
      } else if (answer.status === 409) {
        showOther(told);
      } else {
        tell(told.message || settings.failed);
      }
    } catch {
      if (!leaving) tell(settings.failed);
    } finally {
      saving = null;
    }
    if (area.value + "\n" + (title ? title.value : "") !== saved) saveLater();
  }

  /* Nothing is overwritten unseen: the other text stands above, and saving goes on by hand. */
  function showOther(told) {
    conflict = true;
    const note = document.createElement("div");
    const text = document.createElement("pre");
    note.className = "note note--warn";
    note.setAttribute("role", "alert");
    text.className = "other-text";
    text.tabIndex = 0;
    text.textContent = (told.title ? told.title + "\n\n" : "") + told.body;
    const words = document.createElement("div");
    words.append(Object.assign(document.createElement("p"), { textContent: told.message }), text);
    note.append(words);
    form.before(note);
    form.elements.version.value = told.version;
  }

  const saveLater = later(SAVE_AFTER, save);
  form.addEventListener("input", saveLater);
  form.addEventListener("submit", () => { leaving = true; if (saving) saving.abort(); });
  setInterval(() => {
    const minutes = Math.floor((Date.now() - savedAt) / 60000);
    if (!savedAt || minutes < 1) return;
    tell(minutes === 1 ? settings.saidOne : settings.saidMany.replace("{n}", minutes));
  }, 60000);

  /* What was begun on another page comes back when somebody turns to the empty field, and never among their words. */
  let touched = false;
  for (const begun of ["beforeinput", "input"]) area.addEventListener(begun, () => { touched = true; }, { once: true });
  area.addEventListener("focus", async () => {
    if (area.value || !settings.key.startsWith("reply:") || form.elements.version.value) return;
    const answer = await fetch(settings.drafts + "/stand?key=" + encodeURIComponent(settings.key));
    const told = answer.ok ? await answer.json() : {};
    if (!told.body || area.value || touched) return;
    area.value = told.body;
    form.elements.version.value = told.version;
    saved = told.body + "\n";
    tell(told.said);
  }, { once: true });

  /* Preview by the server, in place of the field. */
  const tabs = document.querySelector("[data-tabs]");
  const field = area.closest(".field");
  const shown = document.createElement("div");
  shown.className = "preview-live prose";
  shown.tabIndex = -1;
  shown.hidden = true;
  field.after(shown);
  tabs.hidden = false;
  tabs.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-tab]");
    if (!button) return;
    const preview = button.dataset.tab === "preview";
    for (const one of tabs.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
    if (preview) {
      const answer = await fetch(settings.preview, sent({ body: area.value, topic: settings.topic }));
      // The server made it safe, as it makes what everybody reads.
      if (answer.ok) shown.innerHTML = await answer.text();
      else shown.textContent = await answer.text();
    }
    field.hidden = preview;
    shown.hidden = !preview;
    (preview ? shown : area).focus();
  });

  /* How much is left, said only near the end. */
  const left = document.createElement("p");
  left.className = "hint";
  left.setAttribute("role", "status");
  field.append(left);
  area.addEventListener("input", later(ASK_AFTER, () => {
    const rest = area.maxLength - area.value.length;
    left.textContent = rest < NEAR_THE_END ? settings.left.replace("{n}", rest) : "";
  }));

  /* Quotations: what is marked in the post, else the whole post, without leaving the page. */
  function put(text) {
    const before = area.value.slice(0, area.selectionStart);
    const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
    area.focus();
    area.setRangeText(gap + text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest('a[href*="zitat="]');
    const post = link && link.closest('[id^="post-"]');
    if (!post || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const id = new URL(link.href).searchParams.get("zitat");
    const selection = window.getSelection();
    const words = selection.rangeCount && post.contains(selection.anchorNode) && post.contains(selection.focusNode) ? selection.toString().trim() : "";
    if (words) {
      const lines = words.split("\n").map((line) => ("> " + line).trimEnd());
      put(["> [#" + post.id.slice(5) + "](post:" + id + ")", ...lines, "", ""].join("\n"));
    } else {
      const answer = await fetch(settings.quotes + id + "/zitat");
      if (answer.ok) put(await answer.text());
      else window.location = link.href;
    }
    if (form.elements.reply_to && !form.elements.reply_to.value) form.elements.reply_to.value = id;
  });

  /* Answering a post: the form remembers which. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.post-foot a[href="#reply"]');
    const quote = link && link.parentElement.querySelector('a[href*="zitat="]');
    if (!quote || !form.elements.reply_to) return;
    form.elements.reply_to.value = new URL(quote.href).searchParams.get("zitat");
    setTimeout(() => area.focus(), 0);
  });

  /* Names behind an @: those who take part, offered under the field. */
  if (settings.names) {
    const list = document.createElement("div");
    list.className = "row mentions";
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", settings.mention);
    list.hidden = true;
    field.append(list);
    let names = null;

    const begun = () => /(?:^|[^\w@./-])@([^\n@]{0,40})$/u.exec(area.value.slice(0, area.selectionStart));
    const offer = async () => {
      const found = begun();
      if (found && !names) {
        const answer = await fetch(settings.names);
        names = answer.ok ? await answer.json() : [];
      }
      const typed = found ? found[1].toLocaleLowerCase() : "";
      const fitting = found ? names.filter((name) => name.toLocaleLowerCase().startsWith(typed) && name.length > typed.length).slice(0, 6) : [];
      list.replaceChildren(...fitting.map((name) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: "@" + name });
        button.addEventListener("click", () => {
          const end = area.selectionStart;
          list.hidden = true;
          area.focus();
          area.setRangeText(name + " ", end - typed.length, end, "end");
          area.dispatchEvent(new Event("input", { bubbles: true }));
        });
        return button;
      }));
      list.hidden = !fitting.length;
    };
    area.addEventListener("input", later(150, offer));
    area.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); list.firstChild.focus(); }
      if (event.key === "Escape") list.hidden = true;
    });
    list.addEventListener("keydown", (event) => {
      const buttons = [...list.children];
      const at = buttons.indexOf(event.target);
      const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1 };
      if (event.key === "Escape") { list.hidden = true; area.focus(); }
      if (!(event.key in steps)) return;
      event.preventDefault();
      (buttons[steps[event.key]] || area).focus();
    });
  }

  /* Similar topics while one types a title. */
  if (settings.similar && title) {
    const list = form.querySelector("[data-similar-list]");
    title.closest(".field").after(list);
    title.addEventListener("input", later(ASK_AFTER, async () => {
      const words = title.value.trim();
      const answer = words.length < 4 ? null : await fetch(settings.similar + "?q=" + encodeURIComponent(words));
      list.innerHTML = answer && answer.ok ? await answer.text() : "";
    }));
  }
})();
