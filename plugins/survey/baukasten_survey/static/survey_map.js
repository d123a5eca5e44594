/* Drawing on a picture of the town by mouse, touch or keys; coordinates are thousandths of its width, from the top left. */
const SVG = "http://www.w3.org/2000/svg";
const STEP = 20, FINE = 4;

class Surface {
  constructor(box, fill) {
    this.box = box;
    this.fill = fill;
    this.words = JSON.parse(box.dataset.words);
    this.kinds = box.dataset.shapes.split(" ");
    this.kind = this.kinds[0];
    this.field = box.parentElement.querySelector("[data-shapes-field]");
    this.surface = box.querySelector("[data-surface]");
    this.drawing = box.querySelector("[data-drawing]");
    this.place = box.querySelector("[data-place]");
    this.shapes = JSON.parse(this.field.value || "[]");
    this.points = [];
    box.hidden = false;
    this.measure();
    this.cross = [500, Math.round(this.height / 2)];
    this.tools();
    this.listen();
    this.draw();
  }

  measure() {
    const picture = this.surface.querySelector("img"), size = picture && picture.getBoundingClientRect();
    this.height = size && size.width ? Math.round(1000 * size.height / size.width) : 600;
    this.drawing.setAttribute("viewBox", `0 0 1000 ${this.height}`);
  }

  tools() {
    const bar = this.box.querySelector("[data-tools]");
    const add = (name, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--line btn--s";
      button.textContent = this.words[name];
      button.addEventListener("click", act);
      bar.append(button);
      return button;
    };
    if (this.kinds.length > 1) {
      this.choices = this.kinds.map((kind) => [kind, add(kind, () => this.choose(kind))]);
      this.choose(this.kind);
    }
    if (this.kinds.some((kind) => kind !== "point")) add("done", () => this.finish());
    add("undo", () => this.undo());
  }

  choose(kind) {
    if (this.points.length) this.finish();
    this.kind = kind;
    for (const [name, button] of this.choices) button.setAttribute("aria-pressed", String(name === kind));
  }

  listen() {
    this.surface.addEventListener("click", (event) => {
      const size = this.drawing.getBoundingClientRect();
      this.measure();
      this.cross = [event.clientX - size.left, event.clientY - size.top].map((pixels) => Math.round(1000 * pixels / size.width));
      this.set();
    });
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    this.surface.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const move = moves[event.key], step = event.shiftKey ? FINE : STEP;
      if (move) {
        const [across, down] = this.cross;
        this.cross = [clamp(across + move[0] * step, 1000), clamp(down + move[1] * step, this.height)];
        this.say("place", { across: Math.round(this.cross[0] / 10), down: Math.round(100 * this.cross[1] / this.height) });
        this.draw();
      } else if (event.key === "Enter" || event.key === " ") this.set();
      else if (event.key === "Backspace" || event.key === "Delete") this.undo();
      else if (event.key === "Escape") this.finish();
      else return;
      event.preventDefault();
    });
  }

  set() {
    this.points.push([...this.cross]);
    if (this.kind === "point") this.finish();
    else this.keep();
  }

  /* Make a shape of the points set so far; too few for one are let go. */
  finish() {
    const shape = made(this.kind, this.points);
    if (shape) this.shapes.push(shape);
    this.points = [];
    this.keep();
  }

  undo() {
    if (this.points.length) this.points.pop();
    else this.shapes.pop();
    this.keep();
  }

  keep() {
    // What is not finished yet counts all the same once it is enough, so that nobody loses it by going on.
    const open = made(this.kind, this.points);
    const drawn = open ? [...this.shapes, open] : this.shapes;
    this.field.value = drawn.length ? JSON.stringify(drawn) : "";
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.say("drawn", { count: drawn.length });
    this.draw();
  }

  say(name, values) {
    this.place.textContent = this.fill(this.words[name], values);
  }

  draw() {
    this.drawing.replaceChildren();
    for (const shape of this.shapes) this.paint(shape);
    if (this.points.length) this.paint({ type: "LineString", coordinates: this.points });
    for (const point of this.points) this.dot(point);
    const [across, down] = this.cross;
    this.add("path", { class: "cross", d: `M${across - 18} ${down}h36M${across} ${down - 18}v36` });
  }

  paint({ type, coordinates }) {
    if (type === "Point") return this.dot(coordinates);
    const ring = type === "Polygon" ? coordinates[0] : coordinates;
    return this.add("polyline", { class: type === "Polygon" ? "shape area" : "shape", points: ring.join(" ") });
  }

  dot([across, down]) {
    this.add("circle", { class: "dot", cx: across, cy: down, r: 12 });
  }

  add(name, values) {
    const part = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) part.setAttribute(key, value);
    this.drawing.append(part);
  }
}

const clamp = (value, most) => Math.max(0, Math.min(most, value));

function made(kind, points) {
  if (kind === "point") return points.length ? { type: "Point", coordinates: points.at(-1) } : null;
  if (kind === "line") return points.length > 1 ? { type: "LineString", coordinates: points } : null;
  return points.length > 2 ? { type: "Polygon", coordinates: [[...points, points[0]]] } : null;
}

export function maps(boxes, fill) {
  for (const box of boxes) new Surface(box, fill);
}
