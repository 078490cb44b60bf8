// The page's widget models: what ipywidgets keeps in a front end, read from the page, with no kernel.
"use strict";

globalThis.mlpLive = {};

{
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

  /** Whether two trait values are equal; ranges are compared number by number. */
  const same = (a, b) =>
    Object.is(a, b) ||
    (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i])));

  /** A function that makes what belongs to a key when first asked for it, and keeps it. */
  const once = (make, made = new Map()) => (key) => made.get(key) ?? made.set(key, make(key)).get(key);

  /** The model a reference such as "IPY_MODEL_7" names. */
  const find = (reference) => mlpLive.models.get(reference.replace(/^IPY_MODEL_/, ""));

  function decode({ data }) {
    const bytes = atob(data);
    const view = new Uint8Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) view[i] = bytes.charCodeAt(i);
    return new DataView(view.buffer);
  }

  /** Put a binary trait where its path says, decoded when it is first read. */
  function place(state, buffer) {
    const key = buffer.path.at(-1);
    const holder = buffer.path.slice(0, -1).reduce((inner, step) => inner[step], state);
    const settle = (value) => Object.defineProperty(holder, key, { value, writable: true, enumerable: true });
    const get = () => settle(decode(buffer))[key];
    Object.defineProperty(holder, key, { get, set: settle, configurable: true, enumerable: true });
  }

  /** One widget's state; views and links see it through faces. */
  class Model {
    #faces = new Set();

    constructor({ model_name, state, buffers = [] }) {
      this.name = model_name;
      this.state = state;
      for (const buffer of buffers) place(state, buffer);
    }

    get(key) {
      return this.state[key];
    }

    set(key, value) {
      const changes = typeof key === "string" ? { [key]: value } : key;
      const changed = Object.keys(changes).filter((name) => !same(this.state[name], changes[name]));
      for (const name of changed) this.state[name] = changes[name];
      for (const name of changed) this.#emit(`change:${name}`, changes[name]);
      if (changed.length) this.#emit("change");
    }

    /** The `model` of anywidget's front-end interface; its listeners end with `signal`. */
    face(signal) {
      const face = new Face(this);
      this.#faces.add(face);
      signal?.addEventListener("abort", () => this.#faces.delete(face));
      return face;
    }

    #emit(event, value) {
      for (const face of [...this.#faces]) face.emit(event, value);
    }
  }

  class Face {
    #model;
    #listeners = new Map(); // event → Set of callbacks

    constructor(model) {
      this.#model = model;
    }

    get(key) {
      return this.#model.get(key);
    }

    set(key, value) {
      this.#model.set(key, value);
    }

    /** Nothing to do: a built page has no kernel, and `set` has already told every view. */
    save_changes() {}

    on(events, callback) {
      for (const event of events.split(" ")) {
        if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
        this.#listeners.get(event).add(callback);
      }
    }

    off(events, callback) {
      for (const event of events?.split(" ") ?? [...this.#listeners.keys()]) {
        if (callback) this.#listeners.get(event)?.delete(callback);
        else this.#listeners.delete(event);
      }
    }

    emit(event, value) {
      for (const callback of [...(this.#listeners.get(event) ?? [])]) callback(this, value);
    }

    send() {
      throw new Error("model.send needs a kernel, and a built page has none");
    }

    get widget_manager() {
      throw new Error("model.widget_manager needs Jupyter, and a built page has none");
    }
  }

  /** A jslink (both ways) or a jsdlink (one way): two ends, each a trait of a model. */
  function readLink(link) {
    const [source, target] = ["source", "target"].map((end) => {
      const [reference, trait] = link.get(end);
      return { model: find(reference), trait };
    });
    return { source, target, mutual: link.name === "LinkModel" };
  }

  /** Keep the ends equal from now on; the target first takes the source's value. */
  function join({ source, target, mutual }) {
    const copy = (from, to) => to.model.set(to.trait, from.model.get(from.trait));
    source.model.face().on(`change:${source.trait}`, () => copy(source, target));
    if (mutual) target.model.face().on(`change:${target.trait}`, () => copy(target, source));
    copy(source, target);
  }

  mlpLive.models = new Map();
  for (const script of document.querySelectorAll(STATE))
    for (const [id, spec] of Object.entries(JSON.parse(script.textContent).state))
      mlpLive.models.set(id, new Model(spec));
  const isLink = ({ name }) => name === "LinkModel" || name === "DirectionalLinkModel";
  mlpLive.links = [...mlpLive.models.values()].filter(isLink).map(readLink);
  mlpLive.links.forEach(join);
  Object.assign(mlpLive, { same, find, once });
}
