// What every figure has around its own drawing: its state in the page's address, and a new start when its width changes.

// How a value is read from an address; `undefined` where it is none that the figure could show.
const within = (low, high) => (given) => (given.trim() && Number(given) >= low && Number(given) <= high ? Number(given) : undefined);
const whole = (low, high) => (given) => (Number.isInteger(within(low, high)(given)) ? Number(given) : undefined);
const oneOf = (...names) => (given) => (names.includes(given) ? given : undefined);
const flag = (given) => ({ true: true, false: false })[given];
const sameLength = (low, high) => (given, model, name) => {
  const values = given.split(",").map(within(low, high));
  return values.includes(undefined) || values.length !== model.get(name).length ? undefined : values;
};

const written = (value) => {
  const short = (v) => (typeof v === "number" ? String(Number(v.toFixed(4))) : String(v));
  return Array.isArray(value) ? value.map(short).join(",") : short(value);
};

// "#gap:mu=1&sigma=0.5;kl:var_q=2" in an address: one part for each figure that is not as the page shows it first.
function partsOf(hash) {
  let plain;
  try {
    plain = decodeURIComponent(hash.replace(/^#/, ""));
  } catch {
    return new Map(); // a lone percent sign
  }
  return new Map(plain.split(";").filter((part) => /^[a-z-]+[0-9]*:/.test(part)).map((part) => {
    const colon = part.indexOf(":");
    return [part.slice(0, colon), part.slice(colon + 1)];
  }));
}

const addressOf = (parts) => (parts.size ? `#${[...parts].map(([key, value]) => `${key}:${value}`).join(";")}` : "");

// The values that a figure's part of the address asks for; unknown names and values that cannot be shown are left out.
function valuesFrom(part, model, state) {
  const values = {};
  for (const pair of part.split("&")) {
    const [name, given = ""] = pair.split("=");
    const value = Object.hasOwn(state, name) ? state[name](given, model, name) : undefined;
    if (value !== undefined) values[name] = value;
  }
  return values;
}

// Follows what the address says under `key` of the values named by `state`; `write` starts to keep them there.
// Only in a page of the book: in Jupyter the address belongs to others, and Python holds the state.
function followAddress(model, key, state) {
  if (!window.vaeFigures) return { write: () => {}, stop: () => {} };
  const names = Object.keys(state);
  const first = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const read = () => {
    const part = partsOf(window.location.hash).get(key);
    if (part !== undefined) change(model, { ...first, ...valuesFrom(part, model, state) });
  };
  let timer = 0;
  const put = () => {
    const changed = names.filter((name) => written(model.get(name)) !== written(first[name]));
    const parts = partsOf(window.location.hash);
    if (!changed.length && !parts.has(key)) return;
    if (changed.length) parts.set(key, changed.map((name) => `${name}=${written(model.get(name))}`).join("&"));
    else parts.delete(key);
    const { pathname, search } = window.location;
    window.history.replaceState(window.history.state, "", `${pathname}${search}${addressOf(parts)}`);
  };
  // Browsers allow only so many changes of the address in a while (Safari 100 in 30 s), also while a figure plays.
  const later = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      put();
    }, 400);
  };
  read();
  window.addEventListener("hashchange", read);
  return {
    write: () => names.forEach((name) => model.on(`change:${name}`, later)),
    stop() {
      clearTimeout(timer);
      window.removeEventListener("hashchange", read);
      names.forEach((name) => model.off(`change:${name}`, later));
    },
  };
}

// A second figure of a kind on one page is called "gap2".
function keyOf(el, name) {
  const before = document.querySelectorAll(`[data-address^="${name}"]`).length;
  el.dataset.address = before ? `${name}${before + 1}` : name;
  return el.dataset.address;
}

// The front end of a figure: `render` draws it, `state` names the values that belong into an address. A figure that
// reads the width of the page while it is built is built again when the page turns from narrow to wide or back.
function living({ name, state, render, readsWidth = false }) {
  return {
    async render({ model, el }) {
      const address = followAddress(model, keyOf(el, name), state);
      let stop = await render({ model, el });
      address.write();
      let width = wide(el);
      const resized = new ResizeObserver(async () => {
        if (!el.clientWidth || wide(el) === width) return;
        width = wide(el);
        stop();
        el.replaceChildren();
        stop = await render({ model, el });
      });
      if (readsWidth) resized.observe(el);
      return () => {
        address.stop();
        resized.disconnect();
        stop();
      };
    },
  };
}

const stillness = () => window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
