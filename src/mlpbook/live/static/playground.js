// The playground: a network that trains in the page while you watch, and that you can change anywhere.
//
// trainer.js computes, in a worker; here is what is seen and touched. playground.py puts pytorch.js and, as the string
// TRAINER, the trainer's source in front of this module. Each option is a trait at_<option> of the model, text or a number, so that a kernel and
// the page's address follow it. What the reader sets goes to the model; what the model says goes to the worker; what
// the worker answers, a frame, is drawn at the next animation frame, and only then does the worker send another.

const DOMAIN = 3; // the map is the square [−3, 3]²
const MAP = 100; // pixels of the map, each way…
const DETAIL = 24; // …of a unit's own…
const REGIONS = 60; // …and of the grid on which linear pieces are counted
const UNLIMITED = 1e6; // a speed, in steps a second: as fast as it goes
const READABLE = 125; // ms between two changes of a number while training

export default { render };

function render({ model, el }) {
  const playground = new Playground(model, el);
  return () => playground.close();
}

// ---- The options and their words

const DATA = {
  circle: "circle", xor: "XOR", gaussians: "two Gaussians", spiral: "two spirals", moons: "two moons",
  checkerboard: "checkerboard", plane: "plane (regression)", bumps: "bumps (regression)",
  points: "points of your own", values: "values of your own (regression)",
};
const REGRESSION = ["plane", "bumps", "values"];
const OWN = ["points", "values"];
const INPUTS = {
  "x1": "x₁", "x2": "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1*x2": "x₁x₂", "sin(x1)": "sin x₁", "sin(x2)": "sin x₂",
};
const ACTIVATIONS = {
  identity: "identity", threshold: "threshold", relu: "ReLU", prelu: "pReLU", sigmoid: "sigmoid", tanh: "tanh",
  gelu: "GELU", gelu_tanh: "GELU, tanh form", swish: "Swish",
};
const SATURATING = ["sigmoid", "tanh"];
const PARAMETERS = {
  prelu: { name: "alpha", symbol: "α", value: 0.25, low: -0.5, high: 1.5, step: 0.05 },
  swish: { name: "beta", symbol: "β", value: 1, low: 0, high: 10, step: 0.1 },
};
const LOSSES = { "cross-entropy": "cross-entropy", "squared-error": "squared error" };
const OUTPUTS = { identity: "linear", tanh: "tanh" };
const STARTS = { xavier: "Xavier", he: "He", normal: "normal, of deviation σ" };
const OPTIMIZERS = { sgd: "SGD", momentum: "SGD with momentum", adam: "Adam" };
const SPEEDS = { 1: "1 step a second", 10: "10 steps a second", 100: "100 steps a second",
  1000: "1,000 steps a second", 10000: "10,000 steps a second", [UNLIMITED]: "as fast as it goes" };
const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0, 0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

const joined = (separator, write, read) => ({
  write: (items) => items.map(write).join(separator),
  read: (text) => (text === "" ? [] : text.split(separator).map(read)),
});
const same = (value) => value;

// How the options that are lists are written in a trait: "relu:8,prelu:4:0.1", "x1,x2", "0.5,-1,0;2,1,1".
const CODECS = {
  inputs: joined(",", same, same),
  hidden: joined(",", layerText, layerOf),
  points: joined(";", (point) => point.join(), (text) => text.split(",").map(Number)),
};
const encode = (option, value) => CODECS[option]?.write(value) ?? value;
const decode = (option, text) => CODECS[option]?.read(text) ?? text;

function layerText({ activation, units, alpha, beta }) {
  return [activation, units, alpha ?? beta].filter((part) => part !== undefined).join(":");
}

function layerOf(text) {
  const [activation, units, ...rest] = text.split(":");
  const name = PARAMETERS[activation]?.name ?? "parameter";
  return { activation, units: Number(units), ...(rest.length && { [name]: Number(rest[0]) }) };
}

// ---- The playground: between the model, the worker and the views

class Playground {
  constructor(model, el) {
    this.model = model;
    this.names = model.get("order"); // of the options
    this.root = html(el, "div", "mlp-playground");
    this.worker = startWorker(this.hear);
    this.history = new History();
    this.picked = this.pointed = null; // a unit, { layer, unit }
    this.wrote = 0; // when the numbers were last written
    this.build();
    this.observe();
    this.apply();
    this.tell({ do: "view", size: MAP, detail: DETAIL, pieces: REGIONS });
  }

  build() {
    const top = html(this.root, "div", "mlp-top");
    const stage = html(this.root, "div", "mlp-stage");
    const [left, right] = [html(stage, "div", "mlp-left"), html(stage, "div", "mlp-right")];
    this.toolbar = new Toolbar(this, top);
    this.map = new OutputMap(this, right);
    const pictures = [this.map, new Network(this, left), new Layers(this, left), new Inspector(this, left), new Curves(this, right)];
    const settings = new Settings(this, this.root);
    this.script = new Script(this, this.root);
    this.views = [this.toolbar, ...pictures, settings];
  }

  observe() {
    for (const name of this.names) this.model.on(`change:at_${name}`, this.changed);
    this.resizes = new ResizeObserver(this.resized);
    this.resizes.observe(this.root);
    this.themes = new MutationObserver(this.recolour);
    for (const node of [document.documentElement, document.body])
      this.themes.observe(node, { attributeFilter: ["data-theme", "theme", "class", "data-jp-theme-light"] });
  }

  close() {
    this.worker.terminate();
    this.worker.onmessage = null;
    cancelAnimationFrame(this.animation);
    for (const name of this.names) this.model.off(`change:at_${name}`, this.changed);
    this.resizes.disconnect();
    this.themes.disconnect();
    this.root.remove();
    this.closed = true;
  }

  // -- options

  get options() {
    return Object.fromEntries(this.names.map((name) => [name, decode(name, this.model.get(`at_${name}`))]));
  }

  // All of them but the speed, to see a change by.
  get text() {
    return this.names.filter((name) => name !== "speed").map((name) => this.model.get(`at_${name}`)).join("|");
  }

  change(changes) {
    for (const [name, value] of Object.entries(changes)) this.model.set(`at_${name}`, encode(name, value));
    this.model.save_changes();
  }

  // Several traits may change in one go, and only all of them together need make sense.
  changed = () => {
    if (!this.waiting) queueMicrotask(this.apply);
    this.waiting = true;
  };

  apply = () => {
    this.waiting = false;
    if (this.closed) return;
    const { speed, ...options } = this.options;
    if (this.frame?.playing && speed !== this.speed) this.play();
    if (this.told !== this.text) {
      this.told = this.text;
      this.tell({ do: "set", options });
      this.toolbar.clear();
    }
    for (const view of this.views) view.sync?.(this.options);
  };

  // -- the worker

  tell(message) {
    this.worker.postMessage(message);
  }

  play() {
    this.speed = this.options.speed;
    this.tell({ do: "play", rate: this.speed >= UNLIMITED ? Infinity : this.speed });
  }

  hear = ({ data }) => {
    if (data.is === "frame") this.receive(data);
    else if (data.is === "snapshot") this.script.show(data);
    else this.refuse(data);
  };

  receive(frame) {
    if (frame.config) this.setUp(frame);
    this.frame = frame;
    this.owed = true;
    this.history.add(frame);
    if (!frame.playing) this.publish(frame);
    this.redraw();
  }

  setUp({ config, examples }) {
    this.config = config;
    this.examples = examples;
    const kept = (place) => place && place.unit < (layersOf(config)[place.layer]?.units ?? 0);
    if (!kept(this.picked)) this.picked = null;
    if (!kept(this.pointed)) this.pointed = null;
    for (const view of this.views) view.configure?.(config, examples);
  }

  // The network for a kernel: playground.to_torch().
  publish({ parameters, step }) {
    const { inputs, hidden } = this.config;
    this.model.set("trained", { inputs, hidden, parameters, step });
    this.model.save_changes();
  }

  // The worker kept what it had; so does the page.
  refuse({ message, config }) {
    this.change(Object.fromEntries(this.names.filter((name) => name in config).map((name) => [name, config[name]])));
    this.told = this.text;
    this.toolbar.say(`That cannot be: ${message}.`);
    this.redraw();
  }

  // -- drawing

  redraw = () => {
    this.animation ??= requestAnimationFrame(this.draw);
  };

  draw = (now) => {
    this.animation = undefined;
    if (!this.frame || !this.root.clientWidth) return this.release();
    const writing = !this.frame.playing || now > this.wrote + READABLE;
    for (const view of this.views) view.draw?.(this.frame);
    if (writing) for (const view of this.views) view.write?.(this.frame);
    if (writing) this.wrote = now;
    this.release();
  };

  release() {
    if (this.owed) this.tell({ do: "drawn" });
    this.owed = false;
  }

  resized = () => {
    for (const view of this.views) view.resize?.();
    this.redraw();
  };

  // The theme's colours, read when something is drawn: JupyterLab puts a figure on the page after making it.
  get colours() {
    return (this.palette ??= new Colours(this.root));
  }

  recolour = () => {
    this.palette = undefined;
    for (const view of this.views) view.recolour?.();
    this.redraw();
  };

  // -- what the views share

  // The unit whose weights are shown for editing; the one whose map is shown large.
  pick(place) {
    this.picked = place;
    for (const view of this.views) view.repick?.();
    this.redraw();
  }

  point(place) {
    this.pointed = place;
    this.redraw();
  }
}

function startWorker(hear) {
  const address = URL.createObjectURL(new Blob([TRAINER], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.onmessage = (message) => {
    URL.revokeObjectURL(address); // now that it has been read
    worker.onmessage = hear;
    hear(message);
  };
  worker.onerror = ({ message }) => reportError(new Error(message));
  return worker;
}

// The layers with weights: the hidden ones and the output.
const layersOf = ({ hidden, output }) => [...hidden, { units: 1, activation: output }];
const sizesOf = ({ inputs, hidden }) => [inputs.length, ...hidden.map(({ units }) => units), 1];
const nameOf = ({ layer, unit }, { hidden }) =>
  layer === hidden.length ? "the output" : `unit ${unit + 1} of layer ${layer + 1}`;
const isPlace = (place, layer, unit) => place !== null && place.layer === layer && place.unit === unit;

// Losses and accuracies over the steps, thinned out so that they stay few however long the training.
class History {
  #most = 500;
  points = [];

  add({ step, train, test }) {
    if (step <= (this.points.at(-1)?.step ?? -1)) this.points = step === this.points.at(-1)?.step ? this.points.slice(0, -1) : [];
    this.points.push({ step, train, test });
    if (this.points.length > this.#most) this.points = this.points.filter((_, i) => i % 2 === 0);
  }
}

// The palette of the page's theme.
class Colours {
  constructor(root) {
    const style = getComputedStyle(root);
    for (const name of ["ink", "muted", "grid", "paper", "low", "high", "value", "second", "parameter"])
      this[name] = style.getPropertyValue(`--mlp-${name}`).trim();
    const [low, paper, high] = [this.low, this.paper, this.high].map(rgb);
    this.strong = gradient([low, paper, high]);
    this.levels = gradient([mix(paper, low, 0.62), paper, mix(paper, high, 0.62)]); // paler, so that points stand out
  }
}

const rgb = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
const mix = (a, b, share) => a.map((v, k) => Math.round(v + share * (b[k] - v)));

// 256 colours, as a canvas keeps them.
function gradient(stops) {
  return Uint32Array.from({ length: 256 }, (_, level) => {
    const at = (level / 255) * (stops.length - 1);
    const i = Math.min(Math.floor(at), stops.length - 2);
    const [r, g, b] = mix(stops[i], stops[i + 1], at - i);
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
}

// ---- Play, step, reset; the numbers; what happened

class Toolbar {
  constructor(playground, parent) {
    this.playground = playground;
    const bar = html(parent, "div", "mlp-bar", { role: "group", "aria-label": "Training" });
    this.play = button(bar, "Play", this.toggle, "mlp-play");
    this.step = button(bar, "Step", () => this.advance({ do: "step" }));
    this.epoch = button(bar, "Epoch", () => this.advance({ do: "epoch" }));
    this.reset = button(bar, "Reset", this.again);
    const speeds = select(Object.entries(SPEEDS), (speed) => playground.change({ speed: Number(speed) }));
    this.speed = field(bar, "Speed", speeds);
    this.numbers = numbers(parent, ["step", "epoch", "training loss", "test loss", "training right", "test right", "linear pieces"]);
    this.message = html(parent, "p", "mlp-message", { role: "status" });
    this.state = "paused";
  }

  toggle = () => {
    if (this.playground.frame?.playing) this.playground.tell({ do: "pause" });
    else this.playground.play();
    this.clear();
  };

  again = () => {
    this.playground.tell({ do: "reset" });
    this.clear();
  };

  advance(message) {
    this.playground.tell({ do: "pause" });
    this.playground.tell(message);
  }

  say(sentence) {
    put(this.message, sentence);
  }

  // What was said is over, but for a divergence: that lasts until training starts anew.
  clear() {
    if (this.state !== "diverged") this.say("");
  }

  sync({ speed }) {
    choose(this.speed, speed);
  }

  draw({ playing, diverged, train }) {
    put(this.play, playing ? "Pause" : "Play");
    for (const control of [this.play, this.step, this.epoch]) control.disabled = Boolean(diverged) || !train;
    const state = diverged ? "diverged" : !train ? "empty" : playing ? "playing" : "paused";
    if (state !== this.state) this.say(this.sentence(state));
    this.state = state;
  }

  // Screen readers hear these: the start of training is silent, as the button says it.
  sentence(state) {
    const { frame, config } = this.playground;
    if (state === "diverged") return divergence(frame.diverged, config);
    if (state === "empty") return "There are no points to learn from: click into the map, or open Data and paste some.";
    return state === "paused" && this.state === "playing" ? `Paused at step ${count(frame.step)}: ${scores(frame)}.` : "";
  }

  write({ step, epoch, train, test, pieces }) {
    const shown = [count(step), count(epoch), figure(train?.loss), figure(test?.loss), share(train?.accuracy), share(test?.accuracy), pieces === null ? "–" : count(pieces)];
    this.numbers.forEach((node, i) => put(node, shown[i]));
  }
}

const scores = ({ train, test }) =>
  [`training loss ${figure(train.loss)}`, test && `test loss ${figure(test.loss)}`,
    test?.accuracy != null && `${share(test.accuracy)} of the test points right`].filter(Boolean).join(", ");

function divergence({ step }, { data, learningRate, loss }) {
  const cause = loss === "squared-error" && !REGRESSION.includes(data) ? ", or cross-entropy as the loss" : "";
  return `Diverged in step ${count(step)}: the weights or the outputs left all bounds (a sum over 10⁹), so training ` +
    `stopped, and you see the network as it was before that step. Steps of this size overshoot and each makes the next ` +
    `one worse. Try a learning rate below ${learningRate}, say ${Number((learningRate / 10).toPrecision(3))}${cause}; then Reset.`;
}

// ---- The network: units with their maps, weights as lines

class Network {
  #image;
  #maps = document.createElement("canvas"); // all units' maps, one below the other

  constructor(playground, parent) {
    this.playground = playground;
    this.box = html(parent, "div", "mlp-network", { role: "group", "aria-label": "Network: choose a unit with the arrow keys" });
    this.canvas = html(this.box, "canvas", "", { "aria-hidden": "true" });
    this.box.addEventListener("click", this.pickLine);
    this.box.addEventListener("keydown", this.step);
    this.units = [];
  }

  configure(config) {
    this.config = config;
    this.sizes = sizesOf(config);
    const count = this.sizes.slice(1, -1).reduce((a, b) => a + b, 0);
    Object.assign(this.#maps, { width: DETAIL, height: Math.max(1, DETAIL * count) });
    this.#image = new ImageData(DETAIL, Math.max(1, DETAIL * count));
    const focused = this.units.flat().includes(document.activeElement);
    for (const node of this.box.querySelectorAll(".mlp-unit")) node.remove();
    this.units = this.sizes.map((n, column) => Array.from({ length: n }, (_, i) => this.addUnit(column, i)));
    this.stop(this.playground.picked ?? { layer: 0, unit: 0 });
    if (focused) this.tabStop.focus();
    this.repick();
    this.resize();
  }

  addUnit(column, i) {
    if (column === 0) return html(this.box, "span", "mlp-unit mlp-input", {}, INPUTS[this.config.inputs[i]]);
    const place = { layer: column - 1, unit: i };
    const node = html(this.box, "button", "mlp-unit", { type: "button", tabindex: -1, "aria-label": nameOf(place, this.config) });
    node.addEventListener("click", () => this.playground.pick(place));
    node.addEventListener("pointerenter", () => this.playground.point(place));
    node.addEventListener("pointerleave", () => this.playground.point(null));
    node.addEventListener("focus", () => this.playground.point(this.stop(place)));
    node.addEventListener("blur", () => this.playground.point(null));
    return node;
  }

  // One unit is the tab stop; the arrow keys move it.
  stop({ layer, unit }) {
    this.tabStop?.setAttribute("tabindex", -1);
    this.tabStop = this.units[layer + 1][unit];
    this.tabStop.setAttribute("tabindex", 0);
    return { layer, unit };
  }

  step = (event) => {
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    const { pointed } = this.playground;
    if (across === undefined || !pointed) return;
    event.preventDefault();
    const layer = Math.min(Math.max(pointed.layer + across, 0), this.units.length - 2);
    const unit = Math.min(Math.max(pointed.unit + down, 0), this.units[layer + 1].length - 1);
    this.units[layer + 1][unit].focus();
  };

  resize() {
    const width = this.box.clientWidth;
    if (!width || !this.sizes) return;
    const most = Math.max(...this.sizes);
    this.width = width;
    this.pitch = width / this.sizes.length;
    this.size = Math.round(Math.min(44, 0.66 * this.pitch, 400 / most - 5));
    this.height = Math.max(180, most * (this.size + Math.max(5, this.size / 5)));
    this.box.style.height = `${this.height}px`;
    this.ratio = fit(this.canvas, width, this.height);
    this.units.forEach((column, c) => column.forEach((node, i) => this.place(node, c, i)));
  }

  centre(column, i) {
    const gap = Math.min(this.size * 1.5, this.height / Math.max(...this.sizes));
    return [(column + 0.5) * this.pitch, this.height / 2 + (i - (this.sizes[column] - 1) / 2) * gap];
  }

  place(node, column, i) {
    const [x, y] = this.centre(column, i);
    const half = this.size / 2;
    Object.assign(node.style, { left: `${x - half}px`, top: `${y - half}px`, width: `${this.size}px`, height: `${this.size}px` });
  }

  draw(frame) {
    if (!this.width) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.drawWeights(context, frame.parameters);
    this.drawMaps(context, frame);
  }

  repick() {
    const { picked } = this.playground;
    this.units.slice(1).forEach((column, l) => column.forEach((node, i) => node.setAttribute("aria-pressed", isPlace(picked, l, i))));
  }

  // Lines of one colour, width and strength are stroked together.
  drawWeights(context, parameters) {
    const lit = this.playground.pointed ?? this.playground.picked;
    const bundles = new Map();
    parameters.forEach(({ W }, l) => W.forEach((row, i) => row.forEach((w, j) => {
      const on = !lit || (lit.layer === l && lit.unit === j) || (lit.layer + 1 === l && lit.unit === i);
      const key = 2 * Math.round(8 * Math.tanh(Math.abs(w) / 2.5)) + (w > 0) + (on ? 100 : 0);
      if (!bundles.has(key)) bundles.set(key, []);
      bundles.get(key).push([l, i, j]);
    })));
    for (const [key, lines] of [...bundles].sort(([a], [b]) => a - b)) this.stroke(context, key, lines);
    context.globalAlpha = 1;
  }

  stroke(context, key, lines) {
    const { low, high } = this.playground.colours;
    const width = (key % 100) >> 1;
    context.strokeStyle = key % 2 ? high : low;
    context.lineWidth = 0.5 + 0.55 * width;
    context.globalAlpha = key < 100 ? 0.12 : 0.35 + 0.07 * width;
    context.beginPath();
    for (const [l, i, j] of lines) {
      const [[x0, y0], [x1, y1]] = [this.centre(l, i), this.centre(l + 1, j)];
      context.moveTo(x0, y0);
      context.bezierCurveTo((2 * x0 + x1) / 3, y0, (x0 + 2 * x1) / 3, y1, x1, y1);
    }
    context.stroke();
  }

  drawMaps(context, { units, output }) {
    const { levels } = this.playground.colours;
    const area = DETAIL ** 2;
    for (let k = 0; k * area < units.length; k++) {
      const values = units.subarray(k * area, (k + 1) * area);
      paint(this.#image, k * area, values, 1 / Math.max(1e-6, largest(values)), levels);
    }
    this.#maps.getContext("2d").putImageData(this.#image, 0, 0);
    let k = 0;
    for (let c = 1; c < this.sizes.length - 1; c++)
      for (let i = 0; i < this.sizes[c]; i++, k++) this.drawTile(context, this.#maps, k * DETAIL, DETAIL, c, i);
    const map = this.playground.map.canvas;
    this.drawTile(context, map, 0, map.width, this.sizes.length - 1, 0);
  }

  drawTile(context, source, top, detail, column, i) {
    const [x, y] = this.centre(column, i);
    const half = this.size / 2;
    context.drawImage(source, 0, top, detail, detail, x - half, y - half, this.size, this.size);
  }

  // A click near a line picks the unit it leads to, and its weight for editing.
  pickLine = ({ target, offsetX, offsetY }) => {
    if (target !== this.canvas || !this.sizes) return;
    const c = Math.floor(offsetX / this.pitch - 0.5);
    if (c < 0 || c > this.sizes.length - 2) return;
    const t = offsetX / this.pitch - 0.5 - c;
    const smooth = t * t * (3 - 2 * t); // the height of the curves above, where x is linear in t
    let best = { distance: 7 };
    for (let i = 0; i < this.sizes[c]; i++)
      for (let j = 0; j < this.sizes[c + 1]; j++) {
        const y = this.centre(c, i)[1] * (1 - smooth) + this.centre(c + 1, j)[1] * smooth;
        const distance = Math.abs(y - offsetY);
        if (distance < best.distance) best = { distance, layer: c, unit: j, input: i };
      }
    if (best.unit !== undefined) this.playground.pick(best);
  };
}

// ---- Per layer: the norm of the gradient, units that are dead or saturated

class Layers {
  constructor(playground, parent) {
    this.table = html(parent, "table", "mlp-layers");
    html(this.table, "caption", "mlp-hidden", {}, "Each layer: its activation, the norm of the loss's gradient, dead and saturated units");
  }

  configure(config) {
    const layers = layersOf(config);
    this.layers = layers;
    this.cells = {};
    this.table.replaceChildren(this.table.caption);
    this.row("th", "inputs", layers.map(({ activation, alpha, beta }, l) => this.title(activation, alpha ?? beta, l, layers)));
    for (const name of ["gradient", "dead", "saturated"])
      this.cells[name] = this.row("td", name, layers.map(() => ""));
  }

  title(activation, parameter, l, layers) {
    if (l === layers.length - 1) return "output";
    const { symbol } = PARAMETERS[activation] ?? {};
    return parameter === undefined ? ACTIVATIONS[activation] : `${ACTIVATIONS[activation]}, ${symbol} ${parameter}`;
  }

  row(tag, name, texts) {
    const row = html(this.table, "tr");
    html(row, "th", "", { scope: tag === "th" ? "col" : "row" }, name);
    return texts.map((text) => html(row, tag, "", tag === "th" ? { scope: "col" } : {}, text));
  }

  write({ layers }) {
    const most = Math.max(...layers.map(({ gradient }) => gradient), 1e-300);
    layers.forEach(({ gradient, dead, saturated }, l) => {
      put(this.cells.gradient[l], figure(gradient, 2));
      // Six powers of ten fill the bar.
      this.cells.gradient[l].style.setProperty("--share", Math.max(0, 1 + Math.log10(Math.max(gradient, 1e-300) / most) / 6));
      put(this.cells.dead[l], share(dead));
      put(this.cells.saturated[l], SATURATING.includes(this.layers[l].activation) && saturated !== undefined ? share(saturated) : "–");
    });
  }
}

// ---- The weights of one unit, as numbers

class Inspector {
  constructor(playground, parent) {
    this.playground = playground;
    this.box = html(parent, "div", "mlp-inspector");
    this.inputs = [];
  }

  configure() {
    this.repick();
  }

  repick() {
    const { picked, config } = this.playground;
    const key = JSON.stringify([picked, sizesOf(config)]);
    if (key === this.key) return;
    this.key = key;
    this.inputs = [];
    this.box.replaceChildren();
    if (!picked) return void html(this.box, "p", "mlp-hint", {}, "Lines are weights: orange above 0, blue below, thick far from it. Choose a unit, or a line, to change its numbers.");
    this.show(picked, config);
    if (this.playground.frame) this.write(this.playground.frame);
    this.inputs.find(({ input }) => input === picked.input)?.node.focus();
  }

  show(picked, config) {
    const group = html(this.box, "fieldset");
    html(group, "legend", "", {}, capital(nameOf(picked, config)));
    const row = html(group, "div", "mlp-row");
    this.add(row, "bias", null);
    const before = picked.layer === 0 ? config.inputs.map((name) => INPUTS[name]) : null;
    const count = sizesOf(config)[picked.layer];
    for (let i = 0; i < count; i++) this.add(row, before?.[i] ?? `from unit ${i + 1}`, i);
    const actions = html(group, "div", "mlp-row");
    const last = picked.layer === config.hidden.length;
    if (!last && config.hidden[picked.layer].units > 1) button(actions, "Remove this unit", () => this.remove(picked));
    button(actions, "Done", () => this.playground.pick(null));
  }

  add(row, label, input) {
    const node = html(null, "input", "", { type: "number", step: 0.1 });
    node.addEventListener("change", () => this.edit(input, node.value));
    field(row, label, node);
    this.inputs.push({ input, node });
  }

  edit(input, value) {
    const { layer, unit } = this.playground.picked;
    this.playground.tell({ do: "edit", layer, input, unit, value: value === "" ? null : Number(value) });
  }

  remove({ layer, unit }) {
    this.playground.tell({ do: "removeUnit", layer, unit });
    const hidden = this.playground.options.hidden.map((given, l) => (l === layer ? { ...given, units: given.units - 1 } : given));
    this.playground.change({ hidden });
    this.playground.pick(null);
  }

  write({ parameters }) {
    const { picked } = this.playground;
    if (!picked) return;
    const { W, b } = parameters[picked.layer];
    for (const { input, node } of this.inputs) {
      if (node === document.activeElement) continue; // the reader is typing
      const text = String(Number((input === null ? b[picked.unit] : W[input][picked.unit]).toFixed(4)));
      if (node.value !== text) node.value = text;
    }
  }
}

// ---- What the network says of every point of the square, and the examples

class OutputMap {
  #image = new ImageData(MAP, MAP);
  #unit = new ImageData(DETAIL, DETAIL);

  constructor(playground, parent) {
    this.playground = playground;
    const figure = html(parent, "figure", "mlp-map");
    this.title = html(figure, "figcaption");
    this.box = html(figure, "div", "mlp-square", { role: "img" });
    this.canvas = html(this.box, "canvas", "", { width: MAP, height: MAP });
    this.line = html(this.box, "canvas");
    this.dots = html(this.box, "canvas");
    this.legend = html(figure, "div", "mlp-legend");
    this.box.addEventListener("click", this.add);
    this.enlarged = document.createElement("canvas");
    Object.assign(this.enlarged, { width: DETAIL, height: DETAIL });
  }

  configure(config, { points, trained }) {
    this.config = config;
    this.points = points;
    this.trained = trained;
    this.own = OWN.includes(config.data);
    this.probable = config.loss === "cross-entropy";
    const real = REGRESSION.includes(config.data);
    // The targets that the end colours stand for.
    this.reach = real ? Math.max(0.1, ...points.map(([, , target]) => Math.abs(target))) : 1;
    this.box.classList.toggle("mlp-own", this.own);
    this.showLegend(real);
    this.drawDots();
  }

  showLegend(real) {
    const [low, high] = this.probable ? ["0", "1"] : [`−${figure(this.reach)}`, figure(this.reach)];
    const names = real ? [`target ${low}`, `target ${high}`] : ["class 0", "class 1"];
    this.legend.replaceChildren();
    const scale = html(this.legend, "span", "mlp-scale");
    html(scale, "span", "", {}, low);
    html(scale, "i");
    html(scale, "span", "", {}, high);
    const key = html(this.legend, "span", "mlp-key");
    for (const [i, name] of names.entries()) html(key, "span", i ? "mlp-one" : "mlp-zero", {}, name);
    if (this.trained < this.points.length) html(key, "span", "mlp-tested", {}, "test");
  }

  resize() {
    const side = this.box.clientWidth;
    if (!side) return;
    this.side = side;
    this.ratio = fit(this.line, side, side);
    fit(this.dots, side, side);
    this.drawDots();
  }

  recolour() {
    this.drawDots();
  }

  drawDots() {
    if (!this.side || !this.points) return;
    const context = this.dots.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.side, this.side);
    const real = REGRESSION.includes(this.config.data);
    const size = Math.max(2, Math.min(4, (this.side / 260) * (this.points.length > 600 ? 2 : 3)));
    this.points.forEach(([x, y, target], i) => {
      const [px, py] = [this.pixel(x), this.side - this.pixel(y)];
      const level = real ? (target / this.reach + 1) / 2 : target;
      this.drawDot(context, px, py, size, level, i < this.trained, !real && target === 1);
    });
  }

  // Class 1 is square; a test point is hollow.
  drawDot(context, x, y, size, level, filled, square) {
    const { strong, paper } = this.playground.colours;
    const colour = strong[Math.round(255 * Math.min(1, Math.max(0, level)))];
    const shade = `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
    context.beginPath();
    if (square) context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
    else context.arc(x, y, size, 0, 2 * Math.PI);
    context.fillStyle = filled ? shade : paper;
    context.strokeStyle = filled ? paper : shade;
    context.lineWidth = filled ? 1 : 1.5;
    context.fill();
    context.stroke();
  }

  pixel(x) {
    return ((x + DOMAIN) / (2 * DOMAIN)) * this.side;
  }

  draw(frame) {
    if (!this.side) return;
    const { pointed, colours } = this.playground;
    const centre = this.probable ? 0.5 : 0;
    paint(this.#image, 0, frame.output, 1 / (this.probable ? 0.5 : this.reach), colours.levels, centre);
    this.canvas.getContext("2d").putImageData(this.#image, 0, 0);
    const context = this.line.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.side, this.side);
    const hidden = pointed && pointed.layer < this.config.hidden.length;
    if (hidden) this.enlarge(context, frame.units, pointed);
    else this.drawLine(context, frame.output, centre);
    this.legend.style.visibility = hidden ? "hidden" : "";
    this.dots.style.opacity = hidden ? 0.35 : 1;
    const unit = hidden ? capital(nameOf(pointed, this.config)) : null;
    put(this.title, unit ?? (this.probable ? "Probability of class 1" : "Output"));
  }

  // A unit's map in place of the network's.
  enlarge(context, units, { layer, unit }) {
    const before = this.config.hidden.slice(0, layer).reduce((sum, { units }) => sum + units, unit);
    const values = units.subarray(before * DETAIL ** 2, (before + 1) * DETAIL ** 2);
    paint(this.#unit, 0, values, 1 / Math.max(1e-6, largest(values)), this.playground.colours.levels);
    this.enlarged.getContext("2d").putImageData(this.#unit, 0, 0);
    context.drawImage(this.enlarged, 0, 0, this.side, this.side);
  }

  drawLine(context, values, level) {
    const scale = this.side / MAP;
    context.beginPath();
    contour(values, MAP, level, (x0, y0, x1, y1) => {
      context.moveTo((x0 + 0.5) * scale, (y0 + 0.5) * scale);
      context.lineTo((x1 + 0.5) * scale, (y1 + 0.5) * scale);
    });
    context.strokeStyle = this.playground.colours.ink;
    context.lineWidth = 1.75;
    context.lineCap = "round";
    context.stroke();
  }

  write(frame) {
    const of = frame.train ? `; ${scores(frame)}` : "";
    const line = this.probable ? "a line at one half" : "a line at 0";
    this.box.setAttribute("aria-label", `${this.title.textContent} over the square from −3 to 3, with ${line} and ${this.points.length} points${of}.`);
  }

  // In a map of the reader's own points a click adds one.
  add = ({ offsetX, offsetY }) => {
    if (!this.own) return;
    const at = (pixel) => Number(((pixel / this.side) * 2 * DOMAIN - DOMAIN).toFixed(2));
    const { kind } = this.playground;
    const target = this.config.data === "values" ? 2 * kind - 1 : kind;
    this.playground.change({ points: [...this.playground.options.points, [at(offsetX), -at(offsetY), target]] });
  };
}

// ---- Loss and accuracy over the steps

const MARGIN = { left: 42, right: 8, top: 8, bottom: 18 };
const HEIGHT = 104;

class Curves {
  constructor(playground, parent) {
    this.playground = playground;
    this.charts = ["loss", "accuracy"].map((what) => {
      const figure = html(parent, "figure", "mlp-curve");
      const title = html(figure, "figcaption", "", {}, what === "loss" ? "Loss" : "Share of points right");
      const key = html(title, "span", "mlp-key");
      html(key, "span", "mlp-train", {}, "training");
      html(key, "span", "mlp-test", {}, "test");
      return { what, figure, canvas: html(figure, "canvas", "", { role: "img" }) };
    });
  }

  configure({ data }) {
    this.charts[1].figure.hidden = REGRESSION.includes(data);
    this.resize();
  }

  resize() {
    this.width = this.charts[0].figure.clientWidth;
    for (const chart of this.charts) chart.ratio = fit(chart.canvas, this.width, HEIGHT);
  }

  draw() {
    const { points } = this.playground.history;
    for (const chart of this.charts) if (!chart.figure.hidden && this.width) this.drawChart(chart, points);
  }

  drawChart({ what, canvas, ratio }, points) {
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, HEIGHT);
    const last = Math.max(1, points.at(-1)?.step ?? 1);
    const most = what === "loss" ? ceiling(points) : 1;
    const x = (step) => MARGIN.left + (step / last) * (this.width - MARGIN.left - MARGIN.right);
    const y = (value) => MARGIN.top + (1 - Math.min(1, value / most)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    this.drawAxes(context, most, last, x, y, what);
    const { value, second } = this.playground.colours;
    const line = (part) => points.filter((point) => point[part]).map((point) => [x(point.step), y(point[part][what])]);
    polyline(context, line("test"), second, [5, 3]);
    polyline(context, line("train"), value, []);
  }

  drawAxes(context, most, last, x, y, what) {
    const { grid, muted } = this.playground.colours;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = muted;
    context.textBaseline = "middle";
    for (const value of [0, most / 2, most]) {
      polyline(context, [[x(0), y(value)], [x(last), y(value)]], grid, [], 1);
      context.textAlign = "right";
      context.fillText(what === "loss" ? figure(value, 2) : `${100 * value}%`, MARGIN.left - 5, y(value));
    }
    context.textAlign = "right";
    context.fillText(`step ${count(last)}`, x(last), HEIGHT - 6);
    context.textAlign = "left";
    context.fillText("0", x(0), HEIGHT - 6);
  }

  write(frame) {
    if (!frame.train) return;
    for (const { what, canvas } of this.charts) {
      const now = ["train", "test"].filter((part) => frame[part]).map((part) => `${part} ${figure(frame[part][what])}`);
      canvas.setAttribute("aria-label", `${what} over ${count(frame.step)} steps, now ${now.join(", ")}`);
    }
  }
}

// A round number that the losses stay below, but for a few.
function ceiling(points) {
  const losses = points.flatMap(({ train, test }) => [train?.loss, test?.loss]).filter(Number.isFinite).sort((a, b) => a - b);
  const high = Math.max(losses[Math.floor(0.98 * losses.length)] ?? 1, 1e-12);
  const power = 10 ** Math.floor(Math.log10(high));
  return power * [1, 2, 4, 6, 8, 10].find((m) => m * power >= high * 0.999);
}

function polyline(context, points, colour, dash, width = 2) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

// ---- Settings: data, network, training

class Settings {
  constructor(playground, parent) {
    this.playground = playground;
    this.controls = {};
    const box = html(parent, "div", "mlp-settings");
    this.groups = {};
    for (const name of ["data", "network", "training"]) this.groups[name] = this.group(box, name);
    this.buildData(this.groups.data.body);
    this.network = new Editor(playground, this.groups.network.body);
    this.buildStart(this.groups.network.body);
    this.buildTraining(this.groups.training.body);
  }

  group(box, name) {
    const details = html(box, "details", "mlp-group");
    details.open = this.playground.model.get("unfold").includes(name);
    const summary = html(details, "summary", "", {}, `${capital(name)}: `);
    return { note: html(summary, "span"), body: html(details, "div", "mlp-fields") };
  }

  // A control of one option, of which `read` makes its text the value.
  add(parent, option, label, control, read = Number) {
    const event = control.type === "range" ? "input" : "change";
    control.addEventListener(event, () => this.set(option, read(control.value)));
    this.controls[option] = field(parent, label, control);
  }

  set(option, value) {
    this.playground.change({ [option]: value, ...CONSEQUENCES[option]?.(value, this.playground.options) });
  }

  words(parent, option, label, table) {
    this.add(parent, option, label, select(Object.entries(table)), String);
  }

  choice(parent, option, label, values) {
    this.add(parent, option, label, select(values.map((value) => [value, value])));
  }

  slider(parent, option, label, max, step) {
    this.add(parent, option, label, html(null, "input", "", { type: "range", min: 0, max, step }));
  }

  number(parent, option, label, min, max, step = 1) {
    this.add(parent, option, label, html(null, "input", "", { type: "number", min, max, step }));
  }

  buildData(body) {
    this.words(body, "data", "Data", DATA);
    this.number(body, "count", "Points", 1, 5000);
    this.slider(body, "noise", "Noise", 1, 0.01);
    this.slider(body, "testShare", "Share kept for the test", 0.9, 0.05);
    this.number(body, "seed", "Seed", 0, 2 ** 32 - 1);
    this.inputs = html(body, "fieldset", "mlp-inputs");
    html(this.inputs, "legend", "", {}, "Inputs of the network");
    for (const name of Object.keys(INPUTS)) this.addInput(name);
    this.own = new Own(this.playground, body);
  }

  addInput(name) {
    const box = html(null, "input", "", { type: "checkbox", value: name });
    box.addEventListener("change", () => {
      const chosen = [...this.inputs.querySelectorAll("input")].filter(({ checked }) => checked);
      this.playground.change({ inputs: chosen.map(({ value }) => value) });
    });
    const label = html(this.inputs, "label");
    label.append(box, ` ${INPUTS[name]}`);
  }

  buildStart(body) {
    this.words(body, "initialization", "First weights", STARTS);
    this.number(body, "sigma", "σ", 0, 100, 0.1);
  }

  buildTraining(body) {
    this.words(body, "optimizer", "Optimiser", OPTIMIZERS);
    this.choice(body, "learningRate", "Learning rate", RATES);
    this.slider(body, "momentum", "Momentum", 0.99, 0.01);
    this.number(body, "batchSize", "Points in a batch", 1, 5000);
    this.words(body, "loss", "Loss", LOSSES);
    this.words(body, "output", "Output", OUTPUTS);
    this.choice(body, "l2", "L2 penalty", PENALTIES);
    this.choice(body, "l1", "L1 penalty", PENALTIES);
  }

  sync(options) {
    for (const [option, control] of Object.entries(this.controls)) {
      if (control.tagName === "SELECT") choose(control, options[option]);
      else put(control.nextElementSibling, show(control, options[option]));
    }
    for (const box of this.inputs.querySelectorAll("input")) box.checked = options.inputs.includes(box.value);
    const own = OWN.includes(options.data);
    for (const option of ["count", "noise"]) shown(this.controls[option], !own);
    shown(this.controls.sigma, options.initialization === "normal");
    shown(this.controls.momentum, options.optimizer === "momentum");
    shown(this.controls.output, options.loss === "squared-error");
    this.controls.loss.querySelector('[value="cross-entropy"]').disabled = REGRESSION.includes(options.data);
    this.own.sync(options);
    this.network.sync(options);
    this.note(options);
  }

  note({ data, count: n, noise, points, inputs, hidden, optimizer, learningRate, loss, batchSize }) {
    const own = OWN.includes(data);
    put(this.groups.data.note, own ? `${count(points.length)} ${DATA[data]}` : `${DATA[data]}, ${count(n)} points, noise ${noise}`);
    const layers = hidden.map(({ units, activation }) => `${units} ${ACTIVATIONS[activation] ?? ""}`);
    put(this.groups.network.note, [`${inputs.length} inputs`, ...layers, "1 output"].join(" → "));
    put(this.groups.training.note, `${OPTIMIZERS[optimizer]}, learning rate ${learningRate}, batches of ${batchSize}, ${LOSSES[loss]}`);
  }
}

// What must change along with an option, so that both make sense.
const CONSEQUENCES = {
  data: (data) => (REGRESSION.includes(data) ? { loss: "squared-error" } : {}),
  loss: (loss) => (loss === "cross-entropy" ? { output: "identity" } : {}),
};

// The hidden layers: units, activation and its parameter.
class Editor {
  constructor(playground, parent) {
    this.playground = playground;
    this.rows = [];
    this.list = html(parent, "div", "mlp-editor");
    this.more = button(parent, "Add a layer", () => this.set((hidden) => [...hidden, { ...(hidden.at(-1) ?? { activation: "relu", units: 4 }) }]));
  }

  set(change) {
    this.playground.change({ hidden: change(this.playground.options.hidden) });
  }

  replace(l, layer) {
    this.set((hidden) => hidden.map((given, k) => (k === l ? layer : given)));
  }

  layer(l) {
    return this.playground.options.hidden[l];
  }

  addRow(l) {
    const row = html(this.list, "div", "mlp-layer", { role: "group", "aria-label": `Layer ${l + 1}` });
    const units = html(null, "input", "", { type: "number", min: 1, max: 16, step: 1 });
    units.addEventListener("change", () => this.replace(l, { ...this.layer(l), units: Number(units.value) }));
    const activations = select(Object.entries(ACTIVATIONS), (activation) => this.replace(l, { activation, units: this.layer(l).units }));
    const slope = html(null, "input", "", { type: "range" });
    slope.addEventListener("input", () => {
      const { activation, units } = this.layer(l);
      this.replace(l, { activation, units, [PARAMETERS[activation].name]: Number(slope.value) });
    });
    this.rows.push({ row, units: field(row, "Units", units), activation: field(row, "Activation", activations), slope: field(row, "α", slope) });
    button(row, "Remove", () => this.set((hidden) => hidden.filter((_, k) => k !== l)), "mlp-remove");
  }

  sync({ hidden }) {
    while (this.rows.length < hidden.length) this.addRow(this.rows.length);
    while (this.rows.length > hidden.length) this.rows.pop().row.remove();
    hidden.forEach((layer, l) => this.fill(this.rows[l], layer));
    this.more.disabled = hidden.length === 6;
  }

  fill({ units, activation, slope }, layer) {
    show(units, layer.units);
    choose(activation, layer.activation);
    const parameter = PARAMETERS[layer.activation];
    shown(slope, Boolean(parameter));
    if (!parameter) return;
    const { name, symbol, value, low, high, step } = parameter;
    setAttributes(slope, { min: low, max: high, step });
    put(slope.previousElementSibling, symbol);
    put(slope.nextElementSibling, show(slope, layer[name] ?? value));
  }
}

// Points of the reader's own: clicked into the map, or typed and pasted as text.
class Own {
  constructor(playground, parent) {
    this.playground = playground;
    playground.kind = 1;
    this.take = button(parent, "Make these points your own", this.adopt);
    this.box = html(parent, "fieldset", "mlp-own-points");
    html(this.box, "legend", "", {}, "Your points");
    this.hint = html(this.box, "p", "mlp-hint");
    this.kind = field(this.box, "A click adds", select([[1, "class 1"], [0, "class 0"]], (kind) => (playground.kind = Number(kind))));
    const area = html(null, "textarea", "", { rows: 6, spellcheck: "false" });
    area.addEventListener("change", () => playground.change({ points: pointsOf(area.value) }));
    this.area = field(this.box, "One point a line: x₁, x₂, class or target", area);
    button(this.box, "Remove all", () => playground.change({ points: [] }));
  }

  adopt = () => {
    const { options, examples } = this.playground;
    this.playground.change({ data: REGRESSION.includes(options.data) ? "values" : "points", points: examples.points });
  };

  sync({ data, points }) {
    const own = OWN.includes(data);
    this.box.hidden = !own;
    this.take.hidden = own;
    const [low, high] = data === "values" ? ["target −1", "target 1"] : ["class 0", "class 1"];
    [...this.kind.options].forEach((option) => put(option, option.value === "1" ? high : low));
    put(this.hint, "Click into the map to add a point, or edit the list.");
    const text = points.map((point) => point.join(", ")).join("\n");
    if (this.area.value !== text) this.area.value = text;
  }
}

// What is no number becomes nan, which the trainer refuses by name.
const pointsOf = (text) =>
  text.split("\n").filter((line) => line.trim()).map((line) => line.trim().split(/[\s,;]+/).map(Number));

// ---- The same in PyTorch

class Script {
  constructor(playground, parent) {
    this.playground = playground;
    const row = html(parent, "div", "mlp-bar");
    button(row, "Copy as PyTorch", () => playground.tell({ do: "snapshot" }));
    this.word = html(row, "span", "mlp-hint", { role: "status" });
    this.area = html(null, "textarea", "mlp-script", { rows: 12, readonly: "", spellcheck: "false" });
    this.box = html(parent, "div");
    field(this.box, "This data, these first weights and all steps so far, in PyTorch", this.area);
    this.box.hidden = true;
  }

  async show(snapshot) {
    if (!snapshot.train) return put(this.word, "There are no points to train on.");
    this.area.value = pytorch(snapshot);
    this.box.hidden = false;
    put(this.word, (await copied(this.area)) ? "Copied." : "Your browser did not let us copy: select the text below.");
  }
}

async function copied(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    return false;
  }
}

// ---- Pixels and numbers

// Colours for values: `centre` gets the middle one, centre ± 1/gain the two ends.
function paint(image, start, values, gain, levels, centre = 0) {
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < values.length; i++) {
    const level = 127.5 + 127.5 * gain * (values[i] - centre);
    pixels[start + i] = levels[level < 0 ? 0 : level > 255 ? 255 : Math.round(level)];
  }
}

function largest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

// The line where values on a grid cross a level, as segments in units of pixels (marching squares).
function contour(values, size, level, visit) {
  const ends = [];
  const cross = (a, b, x0, y0, x1, y1) => {
    if (a > level === b > level) return;
    const t = (level - a) / (b - a);
    ends.push(x0 + t * (x1 - x0), y0 + t * (y1 - y0));
  };
  for (let y = 0; y + 1 < size; y++)
    for (let x = 0; x + 1 < size; x++) {
      const at = y * size + x;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + size + 1], values[at + size]];
      if (a > level === b > level && b > level === c > level && c > level === d > level) continue;
      ends.length = 0;
      cross(a, b, x, y, x + 1, y);
      cross(b, c, x + 1, y, x + 1, y + 1);
      cross(c, d, x + 1, y + 1, x, y + 1);
      cross(d, a, x, y + 1, x, y);
      for (let e = 0; e + 3 < ends.length; e += 4) visit(ends[e], ends[e + 1], ends[e + 2], ends[e + 3]);
    }
}

// A canvas of so many CSS pixels, at the screen's resolution; returns that.
function fit(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  return ratio;
}

// Three significant digits; never nan, never an exponent where a short number does.
function figure(value, digits = 3) {
  if (value === undefined || value === null || !Number.isFinite(value)) return "–";
  const text = value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e5) ? value.toExponential(digits - 1) : Number(value.toPrecision(digits)).toString();
  return text.replaceAll("-", "−");
}

const count = (n) => n.toLocaleString("en-US");
const share = (part) => (part === undefined || part === null ? "–" : `${(100 * part).toFixed(part > 0.99 && part < 1 ? 1 : 0)}%`);
const capital = (text) => text[0].toUpperCase() + text.slice(1);

// ---- The page

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function html(parent, tag, className = "", attributes = {}, text = "") {
  const node = setAttributes(document.createElement(tag), attributes);
  if (className) node.className = className;
  if (text) node.textContent = text;
  parent?.append(node);
  return node;
}

function button(parent, text, action, className = "") {
  const node = html(parent, "button", `mlp-action ${className}`.trim(), { type: "button" }, text);
  node.addEventListener("click", action);
  return node;
}

function select(choices, chosen) {
  const node = html(null, "select");
  for (const [value, text] of choices) html(node, "option", "", { value }, String(text));
  if (chosen) node.addEventListener("change", () => chosen(node.value));
  return node;
}

// A control behind its label; a slider shows its value behind it.
function field(parent, label, control) {
  const box = html(parent, "div", "mlp-field");
  control.id = `mlp-${Math.random().toString(36).slice(2)}`;
  html(box, "label", "", { for: control.id }, label);
  box.append(control);
  if (control.type === "range") html(box, "output");
  return control;
}

function numbers(parent, names) {
  const list = html(parent, "dl", "mlp-numbers");
  return names.map((name) => {
    const pair = html(list, "div");
    html(pair, "dt", "", {}, name);
    return html(pair, "dd");
  });
}

// A number that is not among the choices becomes one.
function choose(node, value) {
  const text = String(value);
  if (typeof value === "number" && ![...node.options].some((option) => option.value === text)) html(node, "option", "", { value: text }, text);
  node.value = text;
}

function show(control, value) {
  if (control.value !== String(value)) control.value = value;
  return String(value);
}

function shown(control, yes) {
  control.parentNode.hidden = !yes;
}

function put(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}
