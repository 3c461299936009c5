// Typesets the formulas, shrinks what does not fit its slide, and starts the show.

const SMALLEST = 0.4; // of the usual size

// Not by scrollHeight: the MathML that MathJax hides for screen readers would count.
const PARTS = ".body > *, p, pre, table, mjx-math, mjx-math > *, mjx-itable, mjx-mtd, mjx-labels";

function shrink(part, fits) {
  for (let size = 1; !fits() && size > SMALLEST; ) {
    size -= 0.02;
    part.style.setProperty("--fit", size);
  }
}

function fit(box) {
  const edge = box.getBoundingClientRect();
  const inside = (part, test) => [part, ...part.querySelectorAll(PARTS)].every((piece) => test(piece));
  const narrow = (piece) => {
    const { left, right } = piece.getBoundingClientRect();
    const cut = piece.tagName === "PRE" && piece.scrollWidth > piece.clientWidth + 1;
    return !cut && left >= edge.left && right <= edge.right - 50;
  };
  const low = (piece) => piece.getBoundingClientRect().bottom <= edge.bottom - 30;
  for (const part of box.querySelectorAll(".equation, pre, table")) shrink(part, () => inside(part, narrow));
  const body = box.querySelector(".body");
  shrink(body, () => inside(body, narrow) && inside(body, low));
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
    document.querySelectorAll(".box").forEach(fit);
    document.body.classList.remove("measured");
    return Reveal.initialize({
      width: 1280, height: 720, margin: 0.02, center: false, hash: true, transition: "none",
      controls: false, slideNumber: "c/t", pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
    });
  })
  .then(() => (document.documentElement.dataset.ready = ""));
