// Hover or keyboard focus on a link to a glossary term, an equation, a figure or a work shows what it leads to.
// Without a server a page may not read its neighbours: then only what is on the same page is shown.
(() => {
  "use strict";
  const TARGETS = "dt, div.math, figure, .citation";
  const LINKS = '.bd-article a.internal[href*="#"]';
  const pages = new Map();
  let box, shown, timer;

  function page(url) {
    if (url.pathname === location.pathname) return document;
    if (!url.protocol.startsWith("http") || url.origin !== location.origin) return null;
    if (!pages.has(url.pathname)) {
      const read = async () => new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
      pages.set(url.pathname, read().catch(() => null));
    }
    return pages.get(url.pathname);
  }

  async function content(url) {
    const anchor = (await page(url))?.getElementById(decodeURIComponent(url.hash.slice(1)));
    const target = anchor?.closest(TARGETS) ?? anchor?.querySelector(":scope > :is(figure, div.math)");
    if (!target) return null;
    const copy = document.createElement("div");
    copy.append(document.importNode(target, true));
    if (target.matches("dt")) copy.append(document.importNode(target.nextElementSibling, true));
    copy.querySelectorAll("noscript").forEach((n) => (n.outerHTML = n.textContent.trim() || n.innerHTML));
    copy.querySelectorAll("script, .headerlink, .vae-figure, .copybtn").forEach((part) => part.remove());
    copy.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
    copy.querySelectorAll("img").forEach((image) => (image.src = new URL(image.getAttribute("src"), url)));
    copy.querySelectorAll("a[href]").forEach((a) => (a.href = new URL(a.getAttribute("href"), url)));
    return copy.childNodes;
  }

  async function open(link) {
    shown = link;
    const found = await content(new URL(link.href)).catch(() => null);
    if (!found || shown !== link) return;
    box ??= Object.assign(document.createElement("div"), { id: "preview", className: "preview bd-article" });
    box.setAttribute("role", "tooltip");
    box.replaceChildren(...found);
    document.body.append(box);
    link.setAttribute("aria-describedby", box.id);
    if (box.querySelector(".math:not(:has(mjx-container))")) await window.MathJax?.typesetPromise?.([box]);
    const { left, bottom, top } = link.getBoundingClientRect();
    const below = bottom + box.offsetHeight + 8 < innerHeight || top < box.offsetHeight + 8;
    box.style.left = `${scrollX + Math.max(8, Math.min(left, document.documentElement.clientWidth - box.offsetWidth - 8))}px`;
    box.style.top = `${scrollY + (below ? bottom + 4 : top - box.offsetHeight - 4)}px`;
    box.classList.add("placed");
  }

  function close() {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    box?.classList.remove("placed");
    box?.remove();
    shown = undefined;
  }

  function later(action, milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  }

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "mouse") return;
    const link = target.closest(LINKS);
    if (link && link !== shown) later(() => (close(), open(link)), 150);
    else if (link || target.closest("#preview")) clearTimeout(timer); // the preview itself can be pointed at
    else later(close, shown ? 250 : 0);
  });
  document.addEventListener("focusin", ({ target }) => {
    close();
    if (target.matches(LINKS) && target.matches(":focus-visible")) open(target);
  });
  document.addEventListener("focusout", close);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && close());
})();
