/* What a survey's pages do by themselves: questions come and go, what is filled in is saved, ranking by buttons.
   Everything works without it; the server decides in the end. */
const root = document.querySelector(".survey");
const form = document.getElementById("survey-form");
const all = (what, where = root) => [...where.querySelectorAll(what)];
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_found, name) => values[name]);

/* A code behind the number sign never left the browser; it goes into its field. */
function takeCode() {
  const found = /^#(weiter|code)=([0-9A-Za-z-]{4,40})$/.exec(location.hash);
  const field = found && document.getElementById(found[1] === "code" ? "f-code" : "f-resume");
  if (!field) return;
  field.value = found[2];
  const folded = field.closest("details");
  if (folded) folded.open = true;
  history.replaceState(null, "", location.pathname + location.search);
  field.focus();
}

/* A token that was spent is worth nothing, and would keep the next person at this device from one of their own. */
function forgetTokens() {
  try {
    localStorage.removeItem("baukasten-token " + root.dataset.memory);
  } catch { /* Where nothing may be kept, nothing was. */ }
}

/* Fields beside "other" are there when it is chosen, "no answer" empties, what stands alone stands alone. */
function others() {
  for (const place of all("[data-other]")) {
    const choice = document.getElementById(place.dataset.other);
    const on = choice.tagName === "SELECT" ? choice.value === "_other" : choice.checked;
    place.hidden = !on;
  }
}

function alone(event) {
  const box = event.target;
  if (box.type !== "checkbox" || !box.checked || "none" in box.dataset) return;
  const slot = box.closest("[data-question]");
  if (!slot) return;
  for (const one of all(`input[type=checkbox][name="${CSS.escape(box.name)}"]`, slot)) {
    if (one !== box && ("alone" in box.dataset || "alone" in one.dataset)) one.checked = false;
  }
}

function nothing(event) {
  const slot = event.target.closest("[data-question]");
  const none = slot && slot.querySelector("[data-none]");
  if (!none || !none.checked) return;
  if (event.target !== none) none.checked = false;
  else for (const one of all("input:checked", slot)) if (one !== none) one.checked = false;
}

/* Answers as the server stores them, from the fields of a question. */
const text = (value) => (typeof value === "string" ? value.trim() : "");
function number(value) {
  const plain = text(value).replace(/\s/g, "");
  if (!/^[+-]?[\d.,]+$/.test(plain)) return null;
  const german = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/.test(plain) || plain.lastIndexOf(",") > plain.lastIndexOf(".");
  const found = Number(german ? plain.replace(/\./g, "").replace(",", ".") : plain.replace(/,/g, ""));
  return Number.isFinite(found) ? found : null;
}
function date(value) {
  const german = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(text(value));
  return german ? `${german[3]}-${german[2].padStart(2, "0")}-${german[1].padStart(2, "0")}` : text(value);
}
const READ = {
  yes_no: (data, code) => ({ yes: true, no: false })[data.get(code)],
  consent: (data, code) => (data.has(code) ? true : undefined),
  number: (data, code) => number(data.get(code)),
  slider: (data, code) => number(data.get(code)),
  date: (data, code) => date(data.get(code)),
  multiple: (data, code) => data.getAll(code),
  ranking: (data, code) => inside(data, code).filter(([, rank]) => rank).sort((one, two) => one[1] - two[1]).map(([name]) => name),
  matrix_single: (data, code) => Object.fromEntries(inside(data, code)),
  matrix_multiple: (data, code) => grouped(inside(data, code)),
  matrix_number: (data, code) => cells(data, code, number),
  matrix_text: (data, code) => cells(data, code, text),
  map: (data, code) => ({ shapes: JSON.parse(data.get(`${code}.shapes`) || "[]"), text: text(data.get(`${code}.text`)) }),
};
const inside = (data, code) =>
  [...data].filter(([name]) => name.startsWith(`${code}.`) && !name.endsWith(".none")).map(([name, value]) => [name.slice(code.length + 1), value]);
function grouped(pairs) {
  const found = {};
  for (const [row, code] of pairs) (found[row] ??= []).push(code);
  return found;
}
function cells(data, code, read) {
  const found = {};
  for (const [name, value] of inside(data, code)) {
    const [row, column] = name.split("."), worth = read(value);
    if (worth !== null && worth !== "") (found[row] ??= {})[column] = worth;
  }
  return found;
}
function scale(slot, data, code) {
  if (slot.querySelector(".survey-pair")) return Object.fromEntries(inside(data, code).map(([row, value]) => [row, number(value)]));
  return slot.querySelector(".scale") ? number(data.get(code)) : text(data.get(code));
}

function answers(before) {
  const found = { ...before }, data = new FormData(form);
  for (const slot of all("[data-question]")) {
    const { question: code, kind } = slot.dataset;
    if (data.get(`${code}.none`) || data.get(code) === "_none") {
      found[code] = "_none";
      continue;
    }
    const many = kind === "image" && data.getAll(code).length && slot.querySelector("[type=checkbox]");
    const value = kind === "scale" ? scale(slot, data, code) : many ? data.getAll(code) : (READ[kind] ?? ((from) => text(from.get(code))))(data, code);
    if (value !== undefined && value !== null && value !== "") found[code] = value;
    const other = text(data.get(`${code}.other`));
    if (other) found[`${code}.other`] = other;
  }
  return found;
}

/* Questions of this page that hang on others of it; what the server showed stays until somebody changes something. */
async function conditions() {
  const marked = all("[data-when]");
  if (!marked.length) return () => {};
  const { compile, day, valuesOf } = await import(root.dataset.expressions);
  const facts = JSON.parse(form.dataset.survey);
  const shown = new Map(marked.map((part) => [part, compile(JSON.parse(part.dataset.when))]));
  const today = day(facts.today);

  const show = (part, on) => {
    part.hidden = !on;
    part.disabled = !on;
  };
  return () => {
    // A question that vanishes may take others with it; no circle is longer than the page.
    for (let round = 0; round < marked.length + 1; round += 1) {
      const values = valuesOf(facts.types, answers(facts.answers));
      let moved = false;
      for (const [part, holds] of shown) {
        const on = holds(values, today) === true;
        if ("group" in part.dataset ? part.dataset.on !== String(on) : part.hidden === on) moved = true;
        if ("group" in part.dataset) part.dataset.on = on;
        else show(part, on);
      }
      for (const group of all("[data-group]")) {
        show(group, group.dataset.on !== "false" && all(":scope > [data-question]", group).some((slot) => !slot.hidden));
      }
      if (!moved) break;
    }
    renumber();
  };
}

function renumber() {
  let next = Number(form.dataset.first);
  for (const slot of all("[data-question]")) {
    const place = slot.querySelector("[data-number]");
    if (!place || slot.hidden || slot.closest("[data-group]").hidden) continue;
    place.textContent = `${next}.`;
    next += 1;
  }
}

/* What is filled in is sent along while somebody writes, so that nothing is lost. */
function autosave() {
  const said = form.querySelector("[data-said]");
  let waiting = 0, leaving = false;
  async function save() {
    const data = new FormData(form);
    for (const field of all("input[type=file]")) data.delete(field.name);
    data.set("_autosave", "1");
    data.delete("go");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data), keepalive: true });
      if (!leaving) said.textContent = answer.status === 204 ? form.dataset.saved : form.dataset.unsaved;
    } catch {
      if (!leaving) said.textContent = form.dataset.unsaved;
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 2000);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(waiting);
  });
  window.addEventListener("pageshow", () => { leaving = false; });
}

function sliders() {
  for (const slide of all("[data-slides]")) {
    const field = document.getElementById(slide.dataset.slides);
    slide.hidden = false;
    slide.addEventListener("input", () => { field.value = slide.value; });
    field.addEventListener("input", () => {
      const found = number(field.value);
      if (found !== null) slide.value = found;
    });
  }
}

/* Ranking: buttons move a thing up and down; the fields behind say the same to the server. */
function ranking(list) {
  const said = list.parentElement.querySelector("[data-moved]");
  const items = () => [...list.children];
  const field = (item) => item.querySelector("select");
  const given = items().map((item) => Number(field(item).value) || 1e6);
  items().map((item, at) => [given[at], at, item]).sort((one, two) => one[0] - two[0] || one[1] - two[1]).forEach(([, , item]) => list.append(item));
  const arrows = { up: "↑", down: "↓" };
  function move(item, step) {
    const order = items(), at = order.indexOf(item), to = at + step;
    if (to < 0 || to >= order.length) return;
    if (step < 0) order[to].before(item);
    else order[to].after(item);
    items().forEach((one, place) => { field(one).value = String(place + 1); });
    const thing = item.querySelector("label").textContent;
    said.textContent = fill(form.dataset.moved, { thing, place: items().indexOf(item) + 1 });
    field(item).dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const item of items()) {
    for (const [name, step] of [["up", -1], ["down", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--line btn--s";
      button.textContent = arrows[name];
      button.setAttribute("aria-label", fill(form.dataset[name], { thing: item.querySelector("label").textContent }));
      button.addEventListener("click", () => {
        move(item, step);
        button.focus();
      });
      item.append(button);
    }
  }
}

takeCode();
if (root.querySelector(".survey-receipt")) forgetTokens();
for (const begin of all("[data-register]")) {
  import(root.dataset.token).then(({ tokens }) => tokens(begin, root.dataset.blind));
}
if (form) {
  root.classList.add("survey-js");
  others();
  sliders();
  all("[data-ranking]").forEach(ranking);
  if (all("[data-map]").length) import(root.dataset.map).then(({ maps }) => maps(all("[data-map]"), fill));
  const ready = conditions();
  form.addEventListener("change", (event) => { alone(event); nothing(event); others(); });
  form.addEventListener("input", () => ready.then((decide) => decide()));
  form.addEventListener("change", () => ready.then((decide) => decide()));
  autosave();
}
