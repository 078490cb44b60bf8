// The controls of ipywidgets as native inputs; each is a view `({model, el}) => …` as anywidget's modules are.
"use strict";

{
  const { once } = mlpLive;
  const SVG = "http://www.w3.org/2000/svg";

  let count = 0;
  const freshId = () => `mlp-control-${++count}`;

  const element = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };

  /** Run `update` now and whenever one of the traits changes. */
  function follow(model, traits, update) {
    model.on(traits.replace(/\S+/g, "change:$&"), update);
    update();
  }

  // Numbers ------------------------------------------------------------------

  const decimals = once((number) => {
    const [digits, exponent = 0] = String(number).split("e");
    return Math.max(0, (digits.split(".")[1] ?? "").length - exponent);
  });

  /** The nearest min + k·step within [min, max], as the decimal one would type: 0.3, never 0.30000000000000004. */
  function snap(model, value) {
    const [min, max, step] = ["min", "max", "step"].map((key) => model.get(key));
    const last = Math.floor((max - min) / step + 1e-9);
    const k = Math.min(Math.max(Math.round((value - min) / step), 0), last);
    return Number((min + k * step).toFixed(Math.max(decimals(min), decimals(step))));
  }

  /** A range with one end moved: in order, and the ends at least a step apart. */
  function moveEnd(model, [from, to], end, value) {
    const step = model.get("step");
    if (end === 0) return [Math.min(snap(model, value), snap(model, to - step)), to];
    return [from, Math.max(snap(model, value), snap(model, from + step))];
  }

  /** The value nearest to `value` that the reader could give a control's trait. */
  function settle(model, trait, value) {
    if (trait === "index") return Math.min(Math.max(Math.round(value), 0), model.get("_options_labels").length - 1);
    if (typeof value === "number") return snap(model, value);
    if (!Array.isArray(value)) return value;
    const [min, max] = [model.get("min"), model.get("max")];
    return moveEnd(model, moveEnd(model, [min, max], 0, value[0]), 1, value[1]);
  }

  // d3's notation, which ipywidgets uses: the types its sliders take by default, and their kin.
  const NOTATION = {
    d: (x) => x.toFixed(0),
    e: (x, digits) => x.toExponential(digits),
    f: (x, digits) => x.toFixed(digits),
    g: (x, digits) => x.toPrecision(digits),
    "%": (x, digits) => `${(100 * x).toFixed(digits)}%`,
  };

  /** Write a number as `readout_format` says, with a true minus sign. */
  function write(format, value) {
    const [, digits = 6, type] = /^(?:\.(\d+))?([defg%])$/.exec(format);
    const text = NOTATION[type](Math.abs(value), Number(digits));
    return value < 0 && parseFloat(text) !== 0 ? `−${text}` : text;
  }

  // Parts --------------------------------------------------------------------

  /** A label that follows the description; a single letter is set as mathematics. */
  function label(model, target, tag = "label") {
    const node = element(tag, { className: "mlp-label", id: freshId() });
    if (tag === "label") node.htmlFor = target.id;
    follow(model, "description", () => {
      node.textContent = model.get("description");
      node.hidden = !node.textContent;
      node.classList.toggle("mlp-symbol", /^\p{L}[\p{M}′₀-₉]*$/u.test(node.textContent));
    });
    return node;
  }

  const enable = (model, ...inputs) =>
    follow(model, "disabled", () => inputs.forEach((input) => (input.disabled = model.get("disabled"))));

  const explain = (model, node) => follow(model, "tooltip", () => (node.title = model.get("tooltip") ?? ""));

  /** What a control shows of its value, as wide as the widest, so that nothing beside it moves; the slider itself says it. */
  function readout(model, shape = (text) => text) {
    const text = new Text();
    // Its own box, in one that is not flexible: then new words are laid out, and the page is not.
    const node = element("output", { className: "mlp-readout", ariaLive: "off" }, element("span", {}, text));
    follow(model, "min max step readout_format readout", () => {
      node.style.width = `${Math.max(...extremes(model).map((value) => shape(write(model.get("readout_format"), value)).length))}ch`;
      node.hidden = !model.get("readout");
    });
    return { node, text };
  }

  /** The values whose readouts are longest: the ends, and in d3's "g" those nearest to zero. */
  function extremes(model) {
    const [min, max, step] = ["min", "max", "step"].map((key) => model.get(key));
    return [min, max, ...[min + step, max - step, -step, step].map((value) => snap(model, value))];
  }

  const fraction = (model, value) => (value - model.get("min")) / (model.get("max") - model.get("min"));

  /** A native slider with the model's bounds. */
  function rangeInput(model) {
    const input = element("input", { type: "range", id: freshId() });
    follow(model, "min max step", () => ["min", "max", "step"].forEach((key) => (input[key] = model.get(key))));
    return input;
  }

  /** What sliders run on: a rail, and a line that `fill` lays between two of its points. */
  function track(...inputs) {
    const [svg, rail, line] = ["svg", "line", "line"].map((tag) => document.createElementNS(SVG, tag));
    svg.setAttribute("aria-hidden", "true");
    svg.append(rail, line);
    // The ends of a line, unlike those of a gradient, cost the page no style.
    const put = (line, axis, ends) => ends.forEach((at, i) => line.setAttribute(`${axis}${i + 1}`, `${100 * at}%`));
    for (const each of [rail, line]) put(each, "y", [0.5, 0.5]);
    put(rail, "x", [0, 1]);
    return { node: element("div", { className: "mlp-track" }, svg, ...inputs), fill: (from, to) => put(line, "x", [from, to]) };
  }

  /** Give a native slider a value and the words a screen reader says for it. */
  function setInput(input, model, value, name) {
    if (input.valueAsNumber !== value) input.value = value;
    const text = write(model.get("readout_format"), value);
    input.setAttribute("aria-valuetext", name ? `${name} = ${text}` : text);
    return text;
  }

  const SHAPE = "value min max step readout_format description";

  // Views --------------------------------------------------------------------

  function slider({ model, el }) {
    const input = rangeInput(model);
    const { node, fill } = track(input);
    const output = readout(model);
    output.node.htmlFor = input.id;
    const show = (value) => {
      output.text.data = setInput(input, model, value, model.get("description"));
      fill(0, fraction(model, value));
    };
    const move = (live) => {
      const value = snap(model, input.valueAsNumber);
      live ? model.set("value", value) : show(value);
    };
    el.append(label(model, input), node, output.node);
    follow(model, SHAPE, () => show(model.get("value")));
    enable(model, input);
    explain(model, input);
    input.addEventListener("input", () => move(model.get("continuous_update")));
    input.addEventListener("change", () => move(true));
  }

  /** Two native sliders on one track. They take the keyboard; the track takes the pointer and moves the nearer. */
  function rangeSlider({ model, el }) {
    const inputs = [rangeInput(model), rangeInput(model)];
    const { node, fill } = track(...inputs);
    const output = readout(model, (text) => `${text} – ${text}`);
    const name = label(model, node, "span");
    let shown;

    const show = (value) => {
      shown = value;
      const texts = ["from", "to"].map((word, i) => {
        const title = `${model.get("description")} ${word}`.trim();
        inputs[i].setAttribute("aria-label", title);
        return setInput(inputs[i], model, value[i], title);
      });
      output.text.data = texts.join(" – ");
      fill(...value.map((end) => fraction(model, end)));
    };
    const move = (end, value, live = model.get("continuous_update")) => {
      const next = moveEnd(model, shown, end, value);
      live ? model.set("value", next) : show(next);
      inputs[end].value = next[end];
    };

    el.setAttribute("role", "group");
    el.setAttribute("aria-labelledby", name.id);
    output.node.htmlFor = inputs.map((input) => input.id).join(" ");
    el.append(name, node, output.node);
    follow(model, SHAPE, () => show(model.get("value")));
    enable(model, ...inputs);
    explain(model, node);
    inputs.forEach((input, end) => {
      input.addEventListener("input", () => move(end, input.valueAsNumber));
      input.addEventListener("change", () => move(end, input.valueAsNumber, true));
    });
    const hold = (end) => inputs[end].focus({ preventScroll: true });
    node.classList.add("mlp-range");
    dragRange(node, model, () => shown, hold, move);
  }

  /** Let mouse, finger and pen drag the nearer of two thumbs, from anywhere on the track. */
  function dragRange(track, model, shown, hold, move) {
    let end, offset; // the thumb held, and how far from its centre

    /** Where the thumbs' centres run, in pixels. */
    const way = () => {
      const { left, width } = track.getBoundingClientRect();
      const radius = parseFloat(getComputedStyle(track).getPropertyValue("--thumb")) / 2;
      return { start: left + radius, length: width - 2 * radius, radius };
    };
    const follows = (event) => {
      const { start, length } = way();
      const share = (event.clientX - offset - start) / length;
      move(end, model.get("min") + share * (model.get("max") - model.get("min")));
    };
    track.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || model.get("disabled")) return;
      event.preventDefault();
      const { start, length, radius } = way();
      const gaps = shown().map((value) => event.clientX - start - fraction(model, value) * length);
      end = gaps[0] < 0 || gaps[0] < -gaps[1] ? 0 : 1;
      offset = Math.abs(gaps[end]) <= radius ? gaps[end] : 0;
      hold(end);
      track.setPointerCapture(event.pointerId);
      follows(event);
    });
    track.addEventListener("pointermove", (event) => track.hasPointerCapture(event.pointerId) && follows(event));
    track.addEventListener("lostpointercapture", () => move(end, shown()[end], true));
  }

  function dropdown({ model, el }) {
    const select = element("select", { id: freshId() });
    el.append(label(model, select), select);
    follow(model, "_options_labels", () =>
      select.replaceChildren(...model.get("_options_labels").map((text) => element("option", {}, text)))
    );
    follow(model, "_options_labels index", () => (select.selectedIndex = model.get("index") ?? -1));
    enable(model, select);
    explain(model, select);
    select.addEventListener("change", () => model.set("index", select.selectedIndex));
  }

  function toggleButtons({ model, el }) {
    const group = element("div", { className: "mlp-segments", id: freshId() });
    const name = label(model, group, "span");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-labelledby", name.id);
    el.append(name, group);

    const segment = (text, i) => {
      const radio = element("input", { type: "radio", name: group.id, disabled: model.get("disabled") });
      radio.addEventListener("change", () => model.set("index", i));
      return element("label", { title: model.get("tooltips")?.[i] ?? "" }, radio, element("span", {}, text));
    };
    const check = () =>
      group.querySelectorAll("input").forEach((radio, i) => (radio.checked = i === model.get("index")));
    follow(model, "_options_labels tooltips disabled", () => {
      group.replaceChildren(...model.get("_options_labels").map(segment));
      check();
    });
    follow(model, "index", check);
    explain(model, group);
  }

  function checkbox({ model, el }) {
    const input = element("input", { type: "checkbox", id: freshId() });
    el.append(input, label(model, input));
    follow(model, "value", () => (input.checked = model.get("value")));
    enable(model, input);
    explain(model, input);
    input.addEventListener("change", () => model.set("value", input.checked));
  }

  /** A button runs Python, which a page does not have: shown, and it says so. */
  function button({ model, el }) {
    const node = element("button", { type: "button", disabled: true, title: "Runs in the notebook only" });
    el.append(node);
    follow(model, "description", () => (node.textContent = model.get("description")));
  }

  function text({ model, el }) {
    const node = element("span");
    el.append(label(model, node, "span"), node);
    follow(model, "value", () => (node.textContent = model.get("value")));
  }

  function html({ model, el }) {
    const node = element("div");
    el.append(label(model, node, "span"), node);
    follow(model, "value", () => (node.innerHTML = model.get("value")));
  }

  mlpLive.settle = settle;
  mlpLive.views = {
    FloatSliderModel: { className: "mlp-control mlp-slider", render: slider },
    IntSliderModel: { className: "mlp-control mlp-slider", render: slider },
    FloatRangeSliderModel: { className: "mlp-control mlp-slider", render: rangeSlider },
    DropdownModel: { className: "mlp-control mlp-dropdown", render: dropdown },
    ToggleButtonsModel: { className: "mlp-control mlp-toggle", render: toggleButtons },
    CheckboxModel: { className: "mlp-control mlp-checkbox", render: checkbox },
    ButtonModel: { className: "mlp-control mlp-button", render: button },
    LabelModel: { className: "mlp-control mlp-text", render: text },
    HTMLModel: { className: "mlp-html", render: html },
  };
}
