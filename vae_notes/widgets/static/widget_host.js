// Draws the book's interactive figures in a page without a kernel: reads the widget state that myst-nb embeds in the page,
// imports each figure's own front-end module from it, and calls the same `render` that Jupyter and Colab call.
(() => {
  "use strict";
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const NEEDS_KERNEL = "This control needs a running kernel: open the chapter in Jupyter or Colab to use it.";

  // The part of a widget model that front ends use: values, and listeners for "change:NAME" and "change".
  class Model {
    constructor(values) {
      this.values = values;
      this.listeners = new Map();
    }
    get(name) {
      return this.values[name];
    }
    set(name, value) {
      if (Object.is(this.values[name], value)) return;
      this.values[name] = value;
      for (const event of [`change:${name}`, "change"])
        for (const listener of [...(this.listeners.get(event) ?? [])]) listener();
    }
    on(event, listener) {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    }
    off(event, listener) {
      const kept = (this.listeners.get(event) ?? []).filter((other) => listener && other !== listener);
      this.listeners.set(event, kept);
    }
    save_changes() {}
    send() {}
  }

  function bytes(base64) {
    const characters = atob(base64);
    const values = new Uint8Array(characters.length);
    for (let i = 0; i < values.length; i++) values[i] = characters.charCodeAt(i);
    return new DataView(values.buffer);
  }

  function restore({ state, buffers = [] }) {
    for (const { path, data } of buffers) {
      const holder = path.slice(0, -1).reduce((value, key) => value[key], state);
      holder[path.at(-1)] = bytes(data);
    }
    return new Model(state);
  }

  function addStyle(css) {
    const known = [...document.querySelectorAll("style[data-widget-host]")].some((s) => s.textContent === css);
    if (!css || known) return;
    const style = document.createElement("style");
    style.dataset.widgetHost = "";
    style.textContent = css;
    document.head.append(style);
  }

  const models = new Map();
  const modules = new Map(); // one import for all figures that share a front end

  async function show(script, states) {
    const { model_id: id } = JSON.parse(script.textContent);
    const el = document.createElement("div");
    script.after(el);
    const source = states[id]?.state._esm;
    if (!source) {
      el.className = "vae-needs-kernel";
      el.textContent = NEEDS_KERNEL;
      return;
    }
    if (!models.has(id)) models.set(id, restore(states[id]));
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    addStyle(states[id].state._css);
    const { default: frontEnd } = await modules.get(source);
    await frontEnd.render({ model: models.get(id), el });
    el.dataset.ready = Math.round(performance.now()); // milliseconds after navigation
  }

  function start() {
    const states = {};
    for (const script of document.querySelectorAll(STATE)) Object.assign(states, JSON.parse(script.textContent).state);
    const figures = [...document.querySelectorAll(VIEW)].map((script) => show(script, states).catch(reportError));
    window.vaeFigures = Promise.all(figures); // what takes long, such as MathJax, may wait for it
  }

  // "interactive" comes before deferred scripts such as MathJax, so that figures do not wait for them.
  if (document.readyState === "loading") document.addEventListener("readystatechange", start, { once: true });
  else start();
})();
