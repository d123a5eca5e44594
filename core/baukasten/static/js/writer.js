/* Shows the toolbar over a text field and puts Markdown marks around the chosen words; arrows move within the bar. */
(() => {
  function mark(area, sign) {
    const { selectionStart: from, selectionEnd: to } = area;
    const words = area.value.slice(from, to);
    let text = sign + words + sign;
    if (sign === "[]()") text = "[" + words + "](https://)";
    // Lists and quotations are marked at the beginning of each line.
    if (sign.endsWith(" ")) text = words.split("\n").map((line) => sign + line).join("\n");
    area.focus();
    area.setRangeText(text, from, to, "select");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function move(bar, buttons, to) {
    const next = buttons[(to + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  for (const bar of document.querySelectorAll(".tools[data-for]")) {
    const area = document.getElementById(bar.dataset.for);
    const buttons = [...bar.querySelectorAll("button[data-mark]")];
    const rtl = getComputedStyle(bar).direction === "rtl";
    bar.hidden = false;
    // One stop of the tab key for the whole bar (ARIA Authoring Practices, toolbar).
    buttons.forEach((button, at) => { button.tabIndex = at ? -1 : 0; });
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-mark]");
      if (button) mark(area, button.dataset.mark);
    });
    bar.addEventListener("keydown", (event) => {
      const at = buttons.indexOf(event.target);
      const steps = { ArrowRight: rtl ? at - 1 : at + 1, ArrowLeft: rtl ? at + 1 : at - 1, Home: 0, End: -1 };
      if (at < 0 || !(event.key in steps)) return;
      event.preventDefault();
      move(bar, buttons, steps[event.key]);
    });
    area.addEventListener("keydown", (event) => {
      const signs = { b: "**", i: "_" };
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !(event.key in signs)) return;
      event.preventDefault();
      mark(area, signs[event.key]);
    });
  }
})();
