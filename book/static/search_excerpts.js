// Search results quote prose: code, printed numbers and the TeX of formulas are taken out of a page before it is quoted.
document.addEventListener("DOMContentLoaded", () => {
  const whole = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll("pre, noscript, table, .cell_input, div.math, .verdicts dl").forEach((part) => part.remove());
    page.querySelectorAll("span.math").forEach((formula) => formula.replaceWith("…"));
    return whole(page.documentElement.outerHTML, anchor);
  };
});
