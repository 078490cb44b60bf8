// Draws a LiveFigure: picks the frame its sliders point at and puts it on the page.
// Everything drawn was computed by torch and came with the model; nothing is computed here but pixels.

const SVG = "http://www.w3.org/2000/svg";
const ARRAY = { f8: Float64Array, f4: Float32Array, u1: Uint8Array };
const MARGIN = { top: 8, right: 10, bottom: 34, left: 44 };
const ZOOM = 16; // the range slider shows at least this share of the full range…
const FLAT = 20; // …and the y axis at least this share of its full height, so that flat looks flat.
const PAD = 0.06;
const CALM = 600; // milliseconds without a move, after which the position is said
const EDGE = 0.5; // pixels by which what is drawn may leave its box

export default { render };

function render({ model, el }) {
  const figure = new Figure(model, el);
  const events = model.get("scene").sliders.map((s) => `change:at_${s.name}`);
  for (const event of events) model.on(event, figure.schedule);
  const resize = new ResizeObserver(figure.resized);
  resize.observe(el);
  const theme = new MutationObserver(figure.recoloured);
  for (const node of [document.documentElement, document.body])
    theme.observe(node, { attributeFilter: ["data-theme", "theme", "class", "data-jp-theme-light"] });
  return () => {
    for (const event of events) model.off(event, figure.schedule);
    resize.disconnect();
    theme.disconnect();
    figure.close();
  };
}

class Figure {
  constructor(model, el) {
    this.model = model;
    this.scene = model.get("scene");
    this.store = new Store(model.get("frames"), this.scene.sliders);
    this.root = html(el, "div", "mlp-figure");
    const panels = html(this.root, "div", "mlp-panels");
    this.panels = this.scene.panels.map((panel) => new Panel(panels, panel, this.store));
    this.readouts = readouts(this.root, this.scene.readouts, this.store);
    this.status = html(this.root, "p", "hidden", { role: "status" });
    this.width = 0;
    this.resized();
  }

  schedule = () => {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
      this.moved = performance.now();
      this.saying ??= setTimeout(this.say, CALM);
    });
  };

  // Once the sliders have come to rest; a timer that each move sets anew would slow the moves.
  say = () => {
    const rest = this.moved + CALM - performance.now();
    this.saying = rest > 0 ? setTimeout(this.say, rest) : undefined;
    if (!this.saying) this.status.textContent = this.describe();
  };

  resized = () => {
    const width = this.root.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    const widths = this.panels.map(({ plot }) => plot.clientWidth); // all read before one is set: the page is laid out once
    this.panels.forEach((panel, i) => panel.resize(widths[i]));
    this.draw();
    this.describe();
  };

  recoloured = () => {
    for (const panel of this.panels) panel.recolour();
    this.draw();
  };

  draw() {
    if (!this.width) return; // never shown so far
    const crops = this.store.move((name) => this.model.get(`at_${name}`));
    for (const panel of this.panels) panel.draw(crops);
    for (const { value, spec } of this.readouts) value.data = quantity(this.store.get(spec.value)[0], spec);
  }

  // Says in words where the sliders are and what is read there.
  describe() {
    const sliders = this.scene.sliders.map((s) => `${s.label} = ${this.store.said(s)}`);
    const values = this.readouts.map(({ value, spec }) => `${spec.label} = ${value.data}`);
    const summary = [...sliders, ...values].join("; ");
    for (const panel of this.panels) panel.describe(summary);
    return summary;
  }

  close() {
    if (this.frame) cancelAnimationFrame(this.frame);
    clearTimeout(this.saying);
    this.root.remove();
  }
}

// The arrays of all frames, and which frame the sliders point at.
class Store {
  constructor(bytes, sliders) {
    // A copy: a typed array needs its own alignment, and the buffer may be shared.
    this.buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    this.sliders = sliders;
    this.index = {};
    this.raw = {};
  }

  // Read where the sliders are; returns the ranges of those that crop an axis.
  move(read) {
    const crops = {};
    for (const slider of this.sliders) {
      const value = (this.raw[slider.name] = read(slider.name));
      if (slider.kind === "crop") crops[slider.name] = crop(value, slider.range);
      else if (slider.kind === "choice") this.index[slider.name] = Number(value);
      else this.index[slider.name] = nearest(slider.values, value);
    }
    return crops;
  }

  count(name) {
    return this.sliders.find((slider) => slider.name === name).values.length;
  }

  // The array in this frame, or all its frames.
  get({ offset, dtype, over, shape }, all = false) {
    const counts = over.map((name) => this.count(name));
    const size = product(shape);
    let frame = 0;
    over.forEach((name, i) => (frame = frame * counts[i] + this.index[name]));
    const Typed = ARRAY[dtype];
    if (all) return new Typed(this.buffer, offset, size * product(counts));
    return new Typed(this.buffer, offset + frame * size * Typed.BYTES_PER_ELEMENT, size);
  }

  said(slider) {
    const value = this.raw[slider.name];
    if (slider.kind === "crop") return `${value[0]} to ${value[1]}`;
    return slider.kind === "choice" ? slider.values[Number(value)] : `${value}`.replace("-", "−");
  }
}

class Panel {
  constructor(parent, spec, store) {
    this.spec = spec;
    this.store = store;
    const box = html(parent, "div", "mlp-panel");
    box.classList.toggle("mlp-square", spec.square);
    box.classList.toggle("mlp-map", spec.marks.some((mark) => mark.type === "heatmap"));
    if (spec.title) html(box, "div", "mlp-panel-title").textContent = spec.title;
    legend(box, spec.marks);
    this.plot = html(box, "div", "mlp-plot");
    this.svg = svg(this.plot, "svg", { role: "img" });
    this.bars = spec.marks.some((mark) => mark.type === "bars");
    this.bare = spec.marks.some((mark) => mark.type === "network");
    if (this.bare) this.svg.setAttribute("role", "group"); // its units can be reached
    // While what is painted covers the same rectangle, the browser need not sort its layers anew.
    svg(this.svg, "rect", { fill: "transparent", width: "100%", height: "100%" });
    this.axes = svg(this.svg, "g", { class: "axes", "aria-hidden": "true" });
    this.pool = {};
    const layer = svg(this.svg, "g");
    const above = svg(this.svg, "g");
    const peers = spec.marks.filter((mark) => mark.type === "bars");
    this.marks = spec.marks.map((mark) => new MARKS[mark.type](mark, { panel: this, layer, above, store, peers }));
    this.bounds = { x: this.extent("x"), y: this.extent("y") };
  }

  // Where the data of all frames lie, so that the axes stay still while a parameter moves.
  extent(axis, inside) {
    const range = [Infinity, -Infinity];
    for (const mark of this.marks) mark.extend?.(axis, range, inside);
    return range;
  }

  resize(width) {
    this.width = width;
    const { left, right, top, bottom } = this.margin();
    const inner = this.width - left - right;
    this.height = this.bars
      ? this.marks[0].spec.names.length * 15 * Math.max(1.4, this.marks.length) + top + bottom
      : (this.bare ? 340 : this.spec.square ? inner : Math.min(0.72 * inner, 240)) + top + bottom;
    const { height } = this;
    setAttributes(this.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    this.view = undefined;
  }

  margin() {
    const longest = this.bars ? Math.max(...this.marks[0].spec.names.map((name) => name.length)) : 0;
    if (this.bare) return { left: 0, right: 0, top: 0, bottom: 0 };
    return { ...MARGIN, left: Math.max(this.bars ? 0 : MARGIN.left, 16 + 7 * longest) };
  }

  draw(crops) {
    const { x, y } = this.spec;
    const view = [crops[x.crop], crops[y.crop], this.width].join(); // all that the axes depend on
    const moved = view !== this.view;
    if (moved) this.frameAxes(crops[x.crop], crops[y.crop]);
    for (const mark of this.marks) mark.draw(this, moved);
    this.view = view;
  }

  fit(axis, inside) {
    let [low, high] = inside ? this.extent(axis, inside) : this.bounds[axis];
    if (!(low <= high)) [low, high] = [0, 1];
    if (axis === "x") return this.bars ? [Math.min(0, low), Math.max(0, high)] : [low, high];
    const full = this.bounds.y[1] - this.bounds.y[0] || 1;
    const half = Math.max(high - low, full / FLAT) * (0.5 + PAD);
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  }

  frameAxes(cropX, cropY) {
    const [x0, x1] = cropX ?? this.spec.x.range ?? this.fit("x");
    const [y0, y1] = cropY ?? this.spec.y.range ?? this.fit("y", [x0, x1]);
    const { left, right, top, bottom } = this.margin();
    const box = { x: left, y: top, width: this.width - left - right, height: this.height - top - bottom };
    this.box = box;
    this.x = scale(x0, x1, box.x, box.x + box.width);
    this.y = scale(y0, y1, box.y + box.height, box.y);
    // What the drawing means in data units: for tests and for anyone who reads the page.
    Object.assign(this.svg.dataset, { x0, x1, y0, y1, left: box.x, top: box.y, width: box.width, height: box.height });
    if (this.bare) return;
    this.bars ? this.names() : this.ticks("y");
    this.ticks("x");
  }

  ticks(axis) {
    const { x, y, width, height } = this.box;
    const place = this[axis];
    const room = axis === "x" ? width / 60 : height / 34;
    const marks = ticks(place.low, place.high, room).map(({ value, text }) => {
      const at = place(value);
      const line = axis === "x" ? { x1: at, x2: at, y1: y, y2: y + height } : { x1: x, x2: x + width, y1: at, y2: at };
      return { line: { class: value === 0 ? "zero" : "grid", ...line }, text, ...this.beside(axis, at) };
    });
    this.put(axis, marks);
    const name = this.spec[axis].label;
    const middle = axis === "x" ? x + width / 2 : y + height / 2;
    const turned = axis === "x" ? { x: middle, y: y + height + 29 } : { transform: `translate(11 ${middle}) rotate(-90)` };
    this.put(`${axis} label`, name ? [{ class: "axis-label", text: name, "text-anchor": "middle", ...turned }] : []);
  }

  // Where the text of a tick stands.
  beside(axis, at) {
    const { x, y, height } = this.box;
    if (axis === "x") return { class: "tick", x: at, y: y + height + 14, "text-anchor": "middle" };
    return { class: "tick", x: x - 6, y: at + 4, "text-anchor": "end" };
  }

  names() {
    const { names } = this.marks[0].spec;
    const row = this.box.height / names.length;
    this.put("y", names.map((text, i) => ({ text, ...this.beside("y", this.box.y + (i + 0.5) * row) })));
  }

  // Move the texts of one kind, and the lines they have, to where they are now; new nodes would cost the page their style.
  put(kind, marks) {
    const pool = (this.pool[kind] ??= []);
    marks.forEach(({ line, text, ...place }, i) => {
      pool[i] ??= { line: line && svg(this.axes, "line"), label: svg(this.axes, "text") };
      if (line) setAttributes(pool[i].line, line);
      if (pool[i].label.textContent !== text) pool[i].label.textContent = text;
      setAttributes(pool[i].label, place);
    });
    for (const { line, label } of pool.splice(marks.length)) for (const node of [line, label]) node?.remove();
  }

  recolour() {
    for (const mark of this.marks) mark.recolour?.();
  }

  describe(summary) {
    const { title, alt } = this.spec;
    this.svg.setAttribute("aria-label", [alt || title, summary].filter(Boolean).join(" "));
  }
}

class Curve {
  constructor(spec, { layer, store }) {
    this.spec = spec;
    this.store = store;
    this.group = svg(layer, "g", { class: strokeClass(spec), style: `stroke: var(--mlp-${spec.stroke})` });
    this.group.dataset.label = spec.label;
    this.lines = []; // one for each run; their points, unlike the d of a path, cost the page no style
  }

  // The lowest and the highest value at each sample over all frames, found once.
  envelope() {
    if (this.edges) return this.edges;
    const all = this.store.get(this.spec.y, true);
    const n = this.spec.y.shape[0];
    const low = new Float32Array(n).fill(Infinity);
    const high = new Float32Array(n).fill(-Infinity);
    for (let i = 0, j = 0; i < all.length; i++, j = j + 1 === n ? 0 : j + 1) {
      if (all[i] < low[j] && all[i] !== -Infinity) low[j] = all[i];
      if (all[i] > high[j] && all[i] !== Infinity) high[j] = all[i];
    }
    return (this.edges = { low, high });
  }

  extend(axis, range, inside) {
    if (axis === "x" || this.spec.x.over.length) return stretch(range, this.store.get(this.spec[axis], true));
    const x = this.store.get(this.spec.x);
    for (const edge of Object.values(this.envelope())) inside ? stretchInside(range, x, edge, inside) : stretch(range, edge);
  }

  draw(panel) {
    const runs = this.runs(panel);
    for (let i = 0; i < Math.max(runs.length, this.lines.length); i++)
      setAttributes((this.lines[i] ??= svg(this.group, "polyline")), { points: runs[i] ?? "" });
  }

  // The parts of the curve inside the box, each as the points of a polyline.
  runs({ x, y, box }) {
    const [xs, ys] = [this.store.get(this.spec.x), this.store.get(this.spec.y)];
    const runs = [];
    let pen; // the vertex up to which the last run has come
    for (let i = 1, from = [x(xs[0]), y(ys[0])], to; i < xs.length; i++, from = to) {
      to = [x(xs[i]), y(ys[i])];
      const [start, end] = clip(from, to, box);
      if (start > end) continue;
      if (start > 0 || pen !== i - 1) runs.push(point(along(from, to, start)));
      runs[runs.length - 1] += ` ${point(along(from, to, end))}`;
      pen = end < 1 ? undefined : i;
    }
    return runs;
  }
}

class Points {
  constructor(spec, { above, store }) {
    this.spec = spec;
    this.store = store;
    this.dots = Array.from({ length: spec.x.shape[0] }, () => new Dot(spec, above));
  }

  extend(axis, range, inside) {
    if (!inside) return stretch(range, this.store.get(this.spec[axis], true));
  }

  draw({ x, y, box }) {
    const [xs, ys, groups] = ["x", "y", "group"].map((name) => this.store.get(this.spec[name]));
    this.dots.forEach((dot, i) => {
      const centre = [x(xs[i]), y(ys[i])];
      dot.draw(centre, groups[i], inside(centre, box));
    });
  }
}

class Dot {
  constructor({ size, stroke, label }, parent) {
    this.size = size;
    this.colours = { 0: "low", 1: "high", 255: stroke };
    this.shape = svg(parent, "polygon", { class: "dot" });
    this.shape.dataset.label = label;
  }

  draw(centre, group, shown) {
    const state = shown ? `${centre} ${group}` : "";
    if (state === this.state) return; // most dots stand still while one moves
    this.state = state;
    this.shape.setAttribute("points", shown ? (group === 1 ? square : disc)(centre, this.size) : "");
    if (group !== this.group) this.shape.style.fill = `var(--mlp-${this.colours[group]})`;
    this.group = group;
  }
}

class Slope {
  constructor(spec, { layer, store }) {
    this.spec = spec;
    this.store = store;
    this.line = svg(layer, "line", { class: "slope", style: `stroke: var(--mlp-${spec.stroke})` });
  }

  draw({ x, y, box }) {
    const [px, py, slope] = ["x", "y", "slope"].map((name) => this.store.get(this.spec[name])[0]);
    // In pixels, so that the line is as long however steep it is.
    const steep = (slope * (y(1) - y(0))) / (x(1) - x(0));
    const dx = 42 / Math.hypot(1, steep);
    const [from, to] = [-1, 1].map((side) => [x(px) + side * dx, y(py) + side * dx * steep]);
    const [start, end] = clip(from, to, box);
    const [[x1, y1], [x2, y2]] = [start, end].map((share) => along(from, to, share));
    setAttributes(this.line, start < end ? { x1, y1, x2, y2 } : { x1: 0, y1: 0, x2: 0, y2: 0 });
  }
}

class HeatMap {
  constructor(spec, { panel, store }) {
    this.spec = spec;
    this.store = store;
    const [rows, columns] = spec.z.shape;
    this.canvas = html(panel.plot, "canvas", "", { width: columns, height: rows });
    panel.plot.prepend(this.canvas);
    this.canvas.style.imageRendering = spec.smooth ? "auto" : "pixelated";
    this.pixels = new ImageData(columns, rows);
  }

  extend(axis, range) {
    stretch(range, this.spec[axis === "x" ? "x" : "y"]);
  }

  recolour() {
    this.colours = undefined;
  }

  // The 256 colours between the two ends, through the paper's in the middle of a map.
  palette() {
    const style = getComputedStyle(this.canvas);
    const colour = (name) => rgb(style.getPropertyValue(`--mlp-${name}`));
    const stops = (this.spec.grey ? ["paper", "ink"] : ["low", "paper", "high"]).map(colour);
    const bytes = Uint8ClampedArray.from({ length: 256 * 4 }, (_, i) => blend(stops, (i >> 2) / 255)[i & 3]);
    return new Uint32Array(bytes.buffer);
  }

  draw({ x, y }, moved) {
    this.colours ??= this.palette();
    const z = this.store.get(this.spec.z);
    const [rows, columns] = this.spec.z.shape;
    const pixels = new Uint32Array(this.pixels.data.buffer); // a pixel's four bytes at once
    for (let i = 0, row = rows - 1; row >= 0; row--) // row 0 is at the bottom
      for (let j = row * columns; j < (row + 1) * columns; j++) pixels[j] = this.colours[z[i++]];
    this.canvas.getContext("2d").putImageData(this.pixels, 0, 0);
    if (!moved) return;
    const [left, right] = this.spec.x.map(x);
    const [bottom, top] = this.spec.y.map(y);
    const place = { left, top, width: right - left, height: bottom - top };
    for (const [name, value] of Object.entries(place)) this.canvas.style[name] = `${value}px`;
  }
}

class Bars {
  constructor(spec, { layer, store, peers }) {
    this.spec = spec;
    this.store = store;
    this.order = peers.indexOf(spec);
    this.count = peers.length;
    const style = `stroke: var(--mlp-${spec.stroke})`;
    this.lines = spec.names.map((name) => {
      const line = svg(layer, "line", { style });
      line.dataset.label = `${spec.label} ${name}`.trim();
      return line;
    });
  }

  extend(axis, range) {
    if (axis === "x") stretch(range, this.store.get(this.spec.values, true));
  }

  draw({ x, box }) {
    const values = this.store.get(this.spec.values);
    const row = box.height / values.length;
    const height = (0.8 * row) / this.count;
    const clamp = (pixel) => Math.min(Math.max(pixel, box.x), box.x + box.width);
    values.forEach((value, i) => {
      const y = box.y + (i + 0.1) * row + (this.order + 0.45) * height;
      const [x1, x2] = [0, Number.isFinite(value) ? value : 0].map((end) => clamp(x(end)));
      setAttributes(this.lines[i], { x1, x2, y1: y, y2: y, "stroke-width": 0.9 * height });
    });
  }
}

class Network {
  constructor(spec, { panel, above, store }) {
    this.spec = spec;
    this.store = store;
    this.group = above;
    this.note = html(panel.plot.parentNode, "p", "mlp-note", { "aria-live": "polite" });
    this.tallest = Math.max(...store.get(spec.widths, true));
  }

  draw({ box }, moved) {
    const widths = [...this.store.get(this.spec.widths)];
    if (!moved && widths.join() === this.widths?.join()) return;
    this.widths = widths;
    this.group.replaceChildren();
    this.weights = widths.slice(1).map((_, layer) => this.drawWeights(box, layer));
    this.units = widths.map((n, layer) => Array.from({ length: n }, (_, i) => this.drawUnit(box, layer, i)));
    this.stop(0, 0);
    this.light();
  }

  // Units fill the upper part of the box; each weight matrix lies below the lines it stands for.
  place({ x, y, width, height }, layer, i) {
    const across = (layer + 0.5) / this.widths.length;
    const pitch = (0.62 * height) / this.tallest;
    return [x + across * width, y + 0.31 * height + (i - (this.widths[layer] - 1) / 2) * pitch];
  }

  drawWeights(box, layer) {
    const [rows, columns] = [this.widths[layer], this.widths[layer + 1]];
    const side = Math.min(14, (0.3 * box.height - 16) / this.tallest, box.width / this.widths.length / (this.tallest + 1));
    const middle = box.x + ((layer + 1) / this.widths.length) * box.width;
    const top = box.y + 0.68 * box.height;
    label(this.group, `W${superscript(layer + 1)}  ${rows} × ${columns}`, { class: "tick", x: middle, y: top, "text-anchor": "middle" });
    const weights = [];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const [[x1, y1], [x2, y2]] = [this.place(box, layer, i), this.place(box, layer + 1, j)];
        const x = middle + (j - columns / 2) * side;
        const line = svg(this.group, "line", { class: "weight", x1, y1, x2, y2 });
        const cell = svg(this.group, "rect", { class: "cell", x, y: top + 6 + i * side, width: side - 1.5, height: side - 1.5 });
        weights.push({ i, j, shapes: [line, cell] });
      }
    return weights;
  }

  drawUnit(box, layer, i) {
    const [x, y] = this.place(box, layer, i);
    const name = this.name(layer, i);
    const unit = svg(this.group, "g", { class: "unit", tabindex: -1, role: "img", "aria-label": this.explain(layer, i) });
    svg(unit, "circle", { cx: x, cy: y, r: Math.min(15, (0.28 * box.height) / this.tallest) });
    label(unit, name, { x, y: y + 4, "text-anchor": "middle" });
    unit.addEventListener("pointerenter", () => this.light(layer, i));
    unit.addEventListener("pointerleave", () => this.light());
    unit.addEventListener("focus", () => this.light(layer, i));
    unit.addEventListener("blur", () => this.light());
    unit.addEventListener("keydown", (event) => this.step(event, layer, i));
    return unit;
  }

  name(layer, i) {
    return this.spec.symbols[layer] + subscript(i + 1);
  }

  explain(layer, i) {
    const parts = [];
    if (layer > 0) parts.push(`takes column ${i + 1} of W${superscript(layer)}: ${this.widths[layer - 1]} weights`);
    if (layer < this.widths.length - 1) parts.push(`feeds row ${i + 1} of W${superscript(layer + 1)}: ${this.widths[layer + 1]} weights`);
    return `${this.name(layer, i)} ${parts.join(", and ")}`;
  }

  // Without arguments: nothing is lit.
  light(layer, i) {
    this.weights.forEach((weights, w) => {
      for (const weight of weights) {
        const on = (w === layer && weight.i === i) || (w === layer - 1 && weight.j === i);
        for (const shape of weight.shapes) shape.classList.toggle("lit", on);
      }
    });
    this.note.textContent = layer === undefined ? "Point at a unit, or reach it with Tab and the arrow keys." : `${this.explain(layer, i)}.`;
  }

  // One unit is the tab stop; the arrow keys move it.
  stop(layer, i) {
    for (const unit of this.units.flat()) unit.setAttribute("tabindex", -1);
    this.units[layer][i].setAttribute("tabindex", 0);
    return this.units[layer][i];
  }

  step(event, layer, i) {
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (across === undefined) return;
    event.preventDefault();
    const column = Math.min(Math.max(layer + across, 0), this.units.length - 1);
    const row = Math.min(Math.max(i + down, 0), this.units[column].length - 1);
    this.stop(column, row).focus();
  }
}

const MARKS = { curve: Curve, points: Points, slope: Slope, heatmap: HeatMap, bars: Bars, network: Network };

function legend(parent, marks) {
  const named = marks.filter((mark) => mark.label && ["curve", "points", "bars"].includes(mark.type));
  if (!named.length) return;
  const list = html(parent, "ul", "mlp-legend");
  for (const mark of named) {
    const item = html(list, "li");
    const key = svg(item, "svg", { viewBox: "0 0 26 10", "aria-hidden": "true" });
    const colour = `var(--mlp-${mark.stroke})`;
    if (mark.type === "curve") svg(key, "path", { d: "M1 5H25", class: strokeClass(mark), style: `stroke: ${colour}` });
    else svg(key, "circle", { cx: 13, cy: 5, r: 4, style: `fill: ${colour}` });
    html(item, "span").textContent = mark.label;
  }
}

function readouts(parent, specs, store) {
  const list = html(parent, "div", "mlp-readouts");
  return specs.map((spec) => {
    const pair = html(list, "div");
    const name = html(pair, "span", "mlp-readout-name");
    name.textContent = spec.label;
    name.style.color = `var(--mlp-${spec.stroke})`;
    // As wide as the longest of all frames, so that nothing beside it moves; a minus may be wider than a digit.
    const box = html(pair, "span", "mlp-readout-value");
    const letters = longest(store.get(spec.value, true)).map((value) => quantity(value, spec).length);
    box.style.width = `${Math.max(...letters) + 1}ch`;
    return { spec, value: html(box, "span").appendChild(new Text()) };
  });
}

// The values that take the most letters: the ends, those nearest to zero on either side, and what is not finite.
function longest(values) {
  let [low, below, above, high] = [Infinity, -Infinity, Infinity, -Infinity];
  const others = new Set();
  for (const value of values) {
    if (!Number.isFinite(value)) others.add(value);
    else if (value < 0) [low, below] = [Math.min(low, value), Math.max(below, value)];
    else [above, high] = [value ? Math.min(above, value) : above, Math.max(high, value)];
  }
  return [low, below, above, high, ...others];
}

const quantity = (value, { digits, unit }) => `${number(value, digits)} ${unit}`.trim();

// A number to its digits; what would read as zero but is not gets an exponent instead.
function number(value, digits) {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const tiny = value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits;
  const long = tiny || Math.abs(value) >= 1e9;
  const text = long ? value.toExponential(Math.max(digits - 2, 0)) : value.toFixed(digits);
  return text.replaceAll("-", "−");
}

// Round numbers between low and high, about `room` of them, with as many decimals as they need.
function ticks(low, high, room) {
  const raw = (high - low) / Math.max(2, room);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= raw * 0.999);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return { value, text: value.toFixed(decimals).replace("-", "−") };
  });
}

function scale(low, high, from, to) {
  const factor = (to - from) / (high - low);
  return Object.assign((value) => from + (value - low) * factor, { low, high });
}

// The range a crop shows: never narrower than the samples carry, never outside them.
function crop([low, high], [min, max]) {
  const least = (max - min) / ZOOM;
  if (high - low >= least) return [low, high];
  const middle = Math.min(max - least / 2, Math.max(min + least / 2, (low + high) / 2));
  return [middle - least / 2, middle + least / 2];
}

function nearest(values, value) {
  let best = 0;
  for (let i = 1; i < values.length; i++)
    if (Math.abs(values[i] - value) < Math.abs(values[best] - value)) best = i;
  return best;
}

function stretch(range, values) {
  for (let i = 0; i < values.length; i++) {
    if (values[i] < range[0] && values[i] !== -Infinity) range[0] = values[i];
    if (values[i] > range[1] && values[i] !== Infinity) range[1] = values[i];
  }
}

// Stretch over the part of a curve that lies inside [low, high], its cut ends included.
function stretchInside(range, x, y, [low, high]) {
  for (let i = 0; i < x.length; i++) {
    if (x[i] >= low && x[i] <= high) stretch(range, [y[i]]);
    const next = i + 1;
    if (next === x.length) return;
    for (const end of [low, high])
      if (x[i] < end && end < x[next]) stretch(range, [y[i] + ((end - x[i]) / (x[next] - x[i])) * (y[next] - y[i])]);
  }
}

function strokeClass({ stroke, dashed }) {
  const dash = dashed || stroke === "derivative" ? " dashed" : stroke === "muted" ? " dotted" : "";
  return `curve${dash}`;
}

function rgb(text) {
  const value = parseInt(text.trim().slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255, 255];
}

function blend(stops, share) {
  const at = share * (stops.length - 1);
  const i = Math.min(Math.floor(at), stops.length - 2);
  return stops[i].map((a, k) => a + (at - i) * (stops[i + 1][k] - a));
}

const digits = (n, zero) => [...String(n)].map((digit) => zero[digit]).join("");
const subscript = (n) => digits(n, "₀₁₂₃₄₅₆₇₈₉");
const superscript = (n) => `⁽${digits(n, "⁰¹²³⁴⁵⁶⁷⁸⁹")}⁾`;
const product = (shape) => shape.reduce((a, b) => a * b, 1);
const WHOLE = [0, 1];
const NOTHING = [1, 0];
const along = (from, to, share) => (share === 1 ? to : from.map((start, axis) => start + share * (to[axis] - start)));
const point = (pixels) => pixels.map(round).join();
const round = (pixel) => Math.round(pixel * 100) / 100;
const inside = ([x, y], box) => within(x, box.x, box.width) && within(y, box.y, box.height);
const within = (pixel, start, length) => pixel >= start - EDGE && pixel <= start + length + EDGE;
const polygon = (corners) => ([x, y], r) => corners.map(([a, b]) => point([x + r * a, y + r * b])).join(" ");
const disc = polygon(Array.from({ length: 24 }, (_, k) => [Math.cos((k * Math.PI) / 12), Math.sin((k * Math.PI) / 12)]));
const square = polygon([[-1, -1], [1, -1], [1, 1], [-1, 1]]);

// Between which shares of its length a segment runs inside a box, after Liang & Barsky (1984): from 1 to 0 if nowhere.
function clip(from, to, box) {
  if (inside(from, box) && inside(to, box)) return WHOLE;
  let [start, end] = WHOLE;
  for (const [axis, low, length] of [[0, box.x, box.width], [1, box.y, box.height]]) {
    const way = to[axis] - from[axis];
    const [a, b] = [low - EDGE - from[axis], low + length + EDGE - from[axis]].map((side) => side / way);
    if (!Number.isFinite(way) || (way === 0 && !within(from[axis], low, length))) return NOTHING;
    if (way === 0) continue;
    start = Math.max(start, Math.min(a, b));
    end = Math.min(end, Math.max(a, b));
  }
  return start < end ? [start, end] : NOTHING;
}

// An attribute set anew costs style and layout, though its value be the old one.
function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (node.getAttribute(name) !== `${value}`) node.setAttribute(name, value);
  return node;
}

function html(parent, tag, className = "", attributes = {}) {
  const node = setAttributes(document.createElement(tag), attributes);
  if (className) node.className = className;
  return parent.appendChild(node);
}

function svg(parent, tag, attributes = {}) {
  return parent.appendChild(setAttributes(document.createElementNS(SVG, tag), attributes));
}

function label(parent, text, attributes) {
  svg(parent, "text", attributes).textContent = text;
}
