// Keeps moved sliders in the address, #live:figure.slider=value&figure.range=from,to, so that a view can be shared.
//
// Such an address describes the whole page: a slider it does not name stands at its start. Any other anchor
// (#relu) leaves the sliders alone, and moving one then replaces the anchor without a new history entry.
"use strict";

{
  const { links, models, outputs, family, same, settle } = mlpLive;
  const PREFIX = "#live:";
  const positions = new Map(); // "figure.slider" → the control's end of the link, the figure, the start value

  function note(control, figure) {
    const name = figure.model.get("name");
    if (!name || !figure.trait.startsWith("at_")) return;
    const start = control.model.get(control.trait);
    const key = `${name}.${figure.trait.slice(3)}`;
    if (positions.has(key)) return;
    positions.set(key, { ...control, figure: figure.model, start });
    control.model.face().on(`change:${control.trait}`, writeSoon);
  }

  /** One part of an address, "figure.slider=value", as [key, value]. */
  function parse(part) {
    const [key, text] = decodeURIComponent(part).split("=");
    const { model, trait, figure, start } = positions.get(key);
    if (typeof start === "string" && text !== undefined) return [key, text];
    const values = JSON.parse(`[${text}]`);
    const starts = [start].flat();
    if (values.length !== starts.length || values.some((value, i) => typeof value !== typeof starts[i]))
      throw new TypeError(`${key} is like ${start}`);
    const value = Array.isArray(start) ? values : values[0];
    return [key, model === figure ? value : settle(model, trait, value)];
  }

  function parts() {
    return location.hash.slice(PREFIX.length).split("&").flatMap((part) => {
      try {
        return [parse(part)];
      } catch (error) {
        console.debug(`ignored in the address: ${part} (${error.message})`);
        return [];
      }
    });
  }

  /** Move the sliders to where the address says; return the first figure it names. */
  function read() {
    if (!location.hash.startsWith(PREFIX)) return undefined;
    const named = new Map(parts());
    if (!named.size) return undefined;
    for (const [key, { model, trait, start }] of positions) model.set(trait, named.get(key) ?? start);
    return positions.get([...named.keys()][0]).figure;
  }

  function scrollTo(figure) {
    const output = [...outputs].find(([, model]) => family(model).includes(figure));
    output?.[0].scrollIntoView();
  }

  function write() {
    const moved = [...positions].filter(([, { model, trait, start }]) => !same(model.get(trait), start));
    const text = moved.map(([key, { model, trait }]) => `${encodeURIComponent(key)}=${model.get(trait)}`).join("&");
    if (text) history.replaceState(history.state, "", PREFIX + text);
    else if (location.hash.startsWith(PREFIX)) history.replaceState(history.state, "", location.href.split("#")[0]);
  }

  const CALM = 200; // milliseconds without a move: browsers limit how often an address may change
  let timer, moved, before;
  function writeSoon() {
    moved = performance.now();
    before = location.hash;
    timer ??= setTimeout(writeWhenCalm, CALM);
  }

  // A timer that each move sets anew would slow the moves.
  function writeWhenCalm() {
    const rest = moved + CALM - performance.now();
    timer = rest > 0 ? setTimeout(writeWhenCalm, rest) : undefined;
    const isFollowed = location.hash !== before && location.hash.startsWith(PREFIX); // and is read in a moment
    if (!timer && !isFollowed) write();
  }

  for (const { source, target } of links) {
    note(source, target);
    note(target, source);
  }
  // A figure whose controls are its own moves its traits itself.
  for (const model of models.values())
    for (const trait of Object.keys(model.state)) note({ model, trait }, { model, trait });
  const figure = read();
  // A reload or a step back: the browser itself returns to where the reader was.
  const arrived = performance.getEntriesByType("navigation")[0].type === "navigate";
  if (figure && arrived) scrollTo(figure);
  addEventListener("hashchange", () => {
    const named = read();
    if (named) scrollTo(named);
  });
}
