/* Shows the toolbar over a text field and puts Markdown marks around the chosen words. */
for (const bar of document.querySelectorAll(".tools[data-for]")) {
  const area = document.getElementById(bar.dataset.for);
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-mark]");
    if (!button) return;
    const mark = button.dataset.mark;
    const { selectionStart: from, selectionEnd: to } = area;
    const words = area.value.slice(from, to);
    let text = mark + words + mark;
    if (mark === "[]()") text = "[" + words + "](https://)";
    // Lists and quotations are marked at the beginning of each line.
    if (mark.endsWith(" ")) text = words.split("\n").map((line) => mark + line).join("\n");
    area.setRangeText(text, from, to, "select");
    area.focus();
  });
}
