// Typesets the formulas, shrinks what does not fit its slide, and starts the show.

const SMALLEST = 40; // per cent of the usual size

// Not by scrollHeight: the MathML that MathJax hides for screen readers would count.
const PARTS = "h1, h2, h3, .body > *, pre, table, mjx-math, mjx-math > *, mjx-itable, mjx-mtd, mjx-labels";

function fits(box) {
  const edge = box.getBoundingClientRect();
  return [...box.querySelectorAll(PARTS)].every((part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    const inside = part.tagName !== "PRE" || part.scrollWidth <= part.clientWidth + 1;
    return inside && left >= edge.left && right <= edge.right - 30 && top >= edge.top && bottom <= edge.bottom - 20;
  });
}

function shrink(box) {
  for (let size = 100; !fits(box) && size > SMALLEST; ) {
    size -= 2;
    box.style.fontSize = `${size}%`;
  }
}

// The window of the speaker gets the notes as HTML and has no MathJax, but every browser draws MathML.
function asMathML(notes) {
  notes.innerHTML = notes.innerHTML.replace(/\\\((.+?)\\\)|\\\[(.+?)\\\]/gs, (whole, inside, displayed) => {
    const text = document.createElement("textarea");
    text.innerHTML = inside ?? displayed;
    return MathJax.tex2mml(text.value, { display: displayed !== undefined });
  });
}

MathJax.startup.promise
  .then(() => MathJax.typesetPromise())
  .then(() => {
    document.querySelectorAll("aside.notes").forEach(asMathML);
    document.querySelectorAll(".box").forEach(shrink);
    document.body.classList.remove("measured");
    return Reveal.initialize({
      width: 1280, height: 720, margin: 0.02, center: false, hash: true, transition: "none",
      controls: false, slideNumber: "c/t", pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
    });
  })
  .then(() => (document.documentElement.dataset.ready = ""));
