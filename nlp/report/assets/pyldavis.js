"use strict";
(() => {
  // LDAvis writes its state into the address; inside an embedded or mailed page that is an error.
  history.replaceState = () => {};
  history.pushState = () => {};
  console.log = () => {};
  // The page's policy forbids style attributes; the same declarations are allowed through the CSSOM.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const data = JSON.parse(document.getElementById("data").textContent);
  new LDAvis("#ldavis", data, colour("--all"), colour("--one"));

  const root = document.getElementById("ldavis");
  const view = root.querySelector(":scope > svg");
  view.setAttribute("role", "img");
  view.setAttribute("aria-label",
    `Map of ${data.mdsDat.x.length} topics and bars of their terms; choose a topic with the field or the buttons above.`);
  // A page that loads nothing links nowhere: footnotes stay as text.
  for (const link of view.querySelectorAll("a")) link.replaceWith(...link.childNodes);

  // Side by side on a wide screen, one below the other on a phone.
  const bars = document.getElementById("ldavis-bar-freqs");
  const beside = bars.getAttribute("transform");
  const narrow = matchMedia("(max-width: 50rem)");
  view.removeAttribute("width");
  view.removeAttribute("height");
  const lay = () => {
    bars.setAttribute("transform", narrow.matches ? "translate(120,860)" : beside);
    view.setAttribute("viewBox", narrow.matches ? "-40 -50 730 1580" : "-40 -50 1290 870");
  };
  narrow.addEventListener("change", lay);
  lay();

  const field = document.getElementById("ldavis-topic");
  addEventListener("message", (event) => {
    const topic = Number(event.data && event.data.topic);
    if (event.source !== parent || !Number.isInteger(topic)) return;
    field.value = String(topic);
    field.dispatchEvent(new Event("keyup"));
  });
  if (parent !== window)
    new ResizeObserver(() => parent.postMessage({ height: document.body.offsetHeight }, "*")).observe(document.body);
})();
