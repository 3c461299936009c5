// A figure whose script fails says so and shows its stored picture, the one for readers without JavaScript.
addEventListener("load", async () => {
  await window.vaeFigures;
  for (const view of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
    const place = view.nextElementSibling;
    const picture = view.parentElement.querySelector(":scope > noscript");
    if (!picture || place?.querySelector("canvas, svg, img, input, button")) continue;
    const said = document.createElement("p");
    said.className = "noscript";
    said.setAttribute("role", "status");
    said.textContent = "This figure could not start; here is its picture.";
    picture.insertAdjacentHTML("afterend", picture.textContent);
    picture.after(said);
  }
});
