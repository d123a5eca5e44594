/* Has a token signed blindly before somebody begins (RFC 9474): the register sees who asks and not what it signs.
   What was begun is kept on the device until it worked, so that a lost answer can be asked for again. */
const text = (bytes) => btoa(String.fromCharCode(...bytes));
const bytes = (words) => Uint8Array.from(atob(words), (sign) => sign.charCodeAt(0));
/* The same in each language of the site. */
const name = "baukasten-token " + document.querySelector(".survey").dataset.memory;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(name)) || null;
  } catch {
    return null;
  }
}

const keep = (begun) => localStorage.setItem(name, JSON.stringify(begun));

/* Draws a token, or takes up the one that waits for its signature; under another key nothing of before is of use. */
async function drawn(key, { prepare, blind }) {
  const before = kept();
  if (before && before.n === key.n) return before;
  const prepared = prepare(crypto.getRandomValues(new Uint8Array(32)));
  const { blinded, inverse } = await blind(key, prepared);
  const begun = { n: key.n, prepared: text(prepared), blinded: text(blinded), inverse: inverse.toString(36) };
  keep(begun);
  return begun;
}

function number(words) {
  let found = 0n;
  for (const sign of words) found = found * 36n + BigInt(parseInt(sign, 36));
  return found;
}

async function signed(form, begun) {
  const sent = new URLSearchParams({ blinded: begun.blinded, _token: form.elements._token.value });
  if (form.elements.code) sent.set("code", form.elements.code.value);
  // With a code nothing else needs to be said; a member is known by the session's cookie.
  const credentials = sent.has("code") ? "omit" : "same-origin";
  const answer = await fetch(form.dataset.register, { method: "POST", body: sent, credentials });
  if (!answer.headers.get("Content-Type").includes("json")) throw new Error(form.dataset.failed);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.message);
  return bytes(told.signature);
}

async function fetched(form, own) {
  const key = { n: form.dataset.n, e: form.dataset.e };
  const begun = await drawn(key, own);
  if (!begun.signature) {
    const signature = await own.finalize(key, bytes(begun.prepared), await signed(form, begun), number(begun.inverse));
    begun.signature = text(signature);
    keep(begun);
  }
  form.elements.token.value = begun.prepared;
  form.elements.signature.value = begun.signature;
  // The code stays here: whoever takes the answer must not see both.
  if (form.elements.code) form.elements.code.value = "";
}

function holds(form) {
  const before = kept();
  return Boolean(before && before.n === form.dataset.n && before.signature);
}

/* The token is there: what comes next is the button that signs out. */
function done(form, said) {
  said.textContent = form.dataset.kept;
  form.querySelector(".actions").hidden = true;
}

export function tokens(form, module) {
  const said = form.querySelector("[data-said]"), begin = form.querySelector("[data-holds]");
  const onlyFetches = "fetch" in form.dataset;
  let state = "waiting";
  if (begin) begin.hidden = !holds(form);
  if (onlyFetches && holds(form)) done(form, said);
  form.addEventListener("submit", (event) => {
    if (state === "ready") return;
    // The guard of forms would send it too; it gets its turn when the token is there.
    event.preventDefault();
    event.stopImmediatePropagation();
    if (state === "busy") return;
    state = "busy";
    import(module)
      .then((own) => fetched(form, own))
      .then(() => {
        state = onlyFetches ? "waiting" : "ready";
        if (!onlyFetches) return form.requestSubmit(event.submitter);
        done(form, said);
        form.nextElementSibling.querySelector("button").focus();
        return undefined;
      })
      .catch((problem) => {
        state = "waiting";
        said.textContent = problem.message || form.dataset.failed;
      });
  }, true);
}
