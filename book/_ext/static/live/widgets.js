// Mounts the page's widget views, each in place of its still, once the reader comes near.
"use strict";

{
  const { models, views, find, once } = mlpLive;

  /** The anywidget definition in a module, which a script in the page's head began to import. */
  const load = once(async (hash) => {
    const { default: widget } = await mlpModules[hash];
    return typeof widget === "function" ? widget() : widget;
  });

  /** The anywidget definition of a model, after its `initialize`. */
  const start = once(async (model) => {
    const widget = await load(model.get("_esm"));
    await widget.initialize?.({ model: model.face(), signal: new AbortController().signal });
    return widget;
  });

  /** What ipywidgets' Layout sets is CSS by other names: flex_flow, max_width. */
  function layOut(model, el) {
    const layout = find(model.get("layout") ?? "");
    for (const [key, value] of Object.entries(layout?.state ?? {})) el.style.setProperty(key.replaceAll("_", "-"), value);
  }

  /** Render a model into `el`; `signal` ends the view. */
  async function render(model, el, signal) {
    const view = views[model.name] ?? (await start(model));
    el.className = ["mlp-widget", view.className ?? "mlp-module", ...model.get("_dom_classes")].join(" ");
    layOut(model, el);
    const cleanUp = await view.render({ model: model.face(signal), el, signal });
    if (cleanUp) signal.aborted ? cleanUp() : signal.addEventListener("abort", cleanUp);
  }

  async function box({ model, el, signal }) {
    let inner = new AbortController();
    signal.addEventListener("abort", () => inner.abort());
    const fill = () => {
      inner.abort();
      inner = new AbortController();
      const children = model.get("children").map(find);
      el.replaceChildren(...children.map(() => document.createElement("div")));
      return Promise.all(children.map((child, i) => render(child, el.children[i], inner.signal)));
    };
    model.on("change:children", fill);
    await fill();
  }

  views.HBoxModel = { className: "mlp-box mlp-row", render: box };
  views.VBoxModel = { className: "mlp-box", render: box };

  const family = (model) => [model, ...(model.get("children") ?? []).map(find).flatMap(family)];

  /** Show a container's widget; its modules are loaded first, so that everything appears in one frame. */
  async function mount(container) {
    const model = mlpLive.outputs.get(container);
    const el = document.createElement("div");
    try {
      await Promise.all(family(model).filter(({ name }) => !views[name]).map(start));
      container.append(el);
      await render(model, el, new AbortController().signal);
      container.classList.add("is-live");
    } catch (error) {
      el.remove(); // the still stays
      reportError(error);
    }
  }

  const modelOf = (script) => models.get(JSON.parse(script.textContent).model_id);
  const scripts = document.querySelectorAll('.mlp-live > script[type="application/vnd.jupyter.widget-view+json"]');
  mlpLive.outputs = new Map([...scripts].map((script) => [script.parentElement, modelOf(script)]));
  mlpLive.family = family;

  // The output an anchor leads to, or the first, is mounted at once; the others as the reader comes near, one a frame.
  let turn = Promise.resolve();
  const enqueue = (container) => (turn = turn.then(() => mount(container)).then(() => new Promise(requestAnimationFrame)));
  const containers = [...mlpLive.outputs.keys()];
  const anchor = document.getElementById(location.hash.slice(1));
  const first = containers.find((container) => anchor?.contains(container)) ?? containers[0];
  if (first) enqueue(first);
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
        watcher.unobserve(target);
        enqueue(target);
      }
    },
    { rootMargin: "50%" }
  );
  for (const container of containers) if (container !== first) watcher.observe(container);
}
