/* Uploads files as soon as they are chosen and shows them in the form, ready to be described; the button does the same without. */
{
  const MOST = 10 * 1024 * 1024;
  const field = () => document.querySelector("[data-files]");
  const say = (text) => { field().querySelector("[data-files-said]").textContent = text; };

  const upload = async (input) => {
    const words = field().dataset, form = input.form;
    const large = [...input.files].filter((file) => file.size > MOST).map((file) => file.name);
    if (large.length) {
      input.value = "";
      say(words.large + " " + large.join(", "));
      return;
    }
    const known = new Set([...form.querySelectorAll("input[name=medien]")].map((one) => one.value));
    const data = new FormData(form);
    data.set("upload", "1");
    say(words.busy);
    const answer = await fetch(form.action, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-files]");
    if (!next) {
      // Not our form: the page of a refusal, whose heading says what is wrong.
      input.value = "";
      say((page.querySelector("h1") || page.body).textContent.trim());
      return;
    }
    field().replaceWith(next);
    listen();
    const problem = next.querySelector("#f-files-err");
    say(problem ? problem.textContent.trim() : words.done);
    const fresh = [...next.querySelectorAll("input[name=medien]")].find((one) => !known.has(one.value));
    const first = fresh && fresh.parentElement.querySelector("input[type=text]");
    if (first) first.focus();
  };

  const listen = () => {
    const input = field() && field().querySelector("input[type=file]");
    if (!input) return;
    field().querySelector("button[name=upload]").closest("p").hidden = true;
    input.addEventListener("change", () => {
      if (input.files.length) upload(input).catch(() => input.form.querySelector("button[name=upload]").click());
    });
  };

  listen();
}
