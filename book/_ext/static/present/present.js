// Shows one live figure alone, for a frame in another page (?embed=name), or each on a screen of its own (?slides).
"use strict";

{
  const { outputs, family } = mlpLive;
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const figures = new Map(); // name → its figure with the caption

  for (const [container, model] of outputs)
    figures.set(family(model).map((inner) => inner.get("name")).find(Boolean), container.closest("figure") ?? container);

  const element = (tag, properties, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };

  /** Hide all of the page but some nodes and what they lie in. */
  function showOnly(...nodes) {
    const kept = new Set();
    for (const node of nodes) for (let inner = node; inner !== document.body; inner = inner.parentElement) kept.add(inner);
    for (const old of document.querySelectorAll(".mlp-around, .mlp-aside")) old.classList.remove("mlp-around", "mlp-aside");
    for (const inner of kept) {
      if (!nodes.includes(inner)) inner.classList.add("mlp-around");
      if (inner.localName === "details") inner.open = true;
      for (const sibling of inner.parentElement.children) if (!kept.has(sibling)) sibling.classList.add("mlp-aside");
    }
  }

  /** Where the figure comes from, as its licence asks. */
  function origin() {
    const link = element("a", { href: location.pathname, target: "_blank", textContent: document.title });
    return element("p", { className: "mlp-origin" }, link);
  }

  /** The figures there are, for one who asked for another. */
  function list(name) {
    const link = (key) => element("a", { href: `?embed=${key}`, textContent: key });
    const items = [...figures.keys()].map((key) => element("li", {}, link(key)));
    return element("main", {}, `No live figure “${name}” here, but:`, element("ul", {}, ...items));
  }

  function embed(name) {
    const figure = figures.get(name);
    const beside = figure ? origin() : list(name);
    document.body.append(beside);
    showOnly(...(figure ? [figure, beside] : [beside]));
  }

  function slides() {
    const names = [...figures.keys()];
    const place = element("output", {});
    const screen = element("button", { textContent: "Full screen" });
    const turn = (by) => {
      const asked = Math.trunc(Number(query.get("slides"))) || 1;
      const now = Math.min(Math.max(asked + by, 1), names.length);
      query.set("slides", now);
      history.replaceState(history.state, "", `?${query}${location.hash}`);
      place.textContent = `${now} of ${names.length}`;
      back.disabled = now === 1;
      on.disabled = now === names.length;
      showOnly(figures.get(names[now - 1]), bar);
    };
    const back = element("button", { textContent: "Previous", onclick: () => turn(-1) });
    const on = element("button", { textContent: "Next", onclick: () => turn(1) });
    screen.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
    const bar = element("nav", { className: "mlp-turn", ariaLabel: "Figures" }, back, place, on, screen, origin());
    document.body.append(bar);
    addEventListener("keydown", (event) => {
      const by = { PageDown: 1, PageUp: -1 }[event.key];
      if (!by || event.target.matches("input, select")) return; // a slider has these keys for itself
      event.preventDefault();
      turn(by);
    });
    turn(0);
  }

  if (query.has("embed")) embed(query.get("embed"));
  if (query.has("slides")) {
    root.classList.add("mlp-slides");
    slides();
  }
}
