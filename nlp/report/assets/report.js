"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  /* Whatever a link leads to is opened on the way. */
  const reveal = (target) => {
    for (let place = target; place; place = place.parentElement)
      if (place.tagName === "DETAILS") place.open = true;
    target.scrollIntoView({ block: "start" });
    const focusable = target.matches("details") ? target.querySelector("summary") : target;
    focusable.focus({ preventScroll: true });
  };
  const follow = () => {
    const target = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1)));
    if (target) reveal(target);
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });

  /* Search over topics, their terms and the documents shown. */
  const places = [
    ["Topics", [...document.querySelectorAll(".card")], (node) => node.querySelector("h3").textContent,
      (node) => node.querySelector("h3").textContent],
    ["Terms", [...document.querySelectorAll(".card")], (node) => node.querySelector("h3").textContent,
      (node) => [...node.querySelectorAll(".terms li")].map((item) => item.textContent).join("\n")],
    ["Summaries", [...document.querySelectorAll(".quote")], (node) => node.querySelector(".sentence").textContent,
      (node) => node.textContent],
    ["Documents", [...document.querySelectorAll("table.documents tbody tr")],
      (node) => `${node.cells[0].textContent}: ${node.lastElementChild.textContent}`, (node) => node.textContent],
  ].map(([name, nodes, title, text]) => ({ name, nodes, title, text, index: null }));
  const most = 8;
  const query = $("query"), results = $("results"), found = $("found");

  const hits = (place, words) => {
    place.index ??= place.nodes.map((node) => fold(place.text(node)));
    return place.nodes.filter((_, row) => words.every((word) => place.index[row].includes(word)));
  };
  const list = (place, nodes) => {
    const heading = document.createElement("p");
    heading.className = "result-kind";
    heading.textContent = `${place.name} (${nodes.length})`;
    const items = document.createElement("ul");
    for (const node of nodes.slice(0, most)) {
      const link = document.createElement("a");
      link.href = `#${node.id}`;
      link.textContent = place.title(node).replace(/\s+/g, " ").trim().slice(0, 110);
      link.dir = "auto";
      items.append(document.createElement("li"));
      items.lastElementChild.append(link);
    }
    if (nodes.length > most) {
      items.append(document.createElement("li"));
      items.lastElementChild.textContent = `and ${nodes.length - most} more`;
    }
    return [heading, items];
  };
  const mark = (nodes, words) => {
    if (!window.Highlight) return;
    const ranges = [];
    for (const node of nodes) {
      const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      while (walker.nextNode() && ranges.length < 2000) {
        const text = walker.currentNode.data.toLowerCase();
        for (const word of words)
          for (let at = text.indexOf(word); at >= 0 && at + word.length <= walker.currentNode.length; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + word.length);
            ranges.push(range);
          }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };
  const search = () => {
    const words = fold(query.value).split(/\s+/).filter(Boolean);
    results.replaceChildren();
    results.hidden = !words.length;
    found.textContent = "";
    if (window.Highlight) CSS.highlights.clear();
    if (!words.length) return;
    let total = 0;
    for (const place of places) {
      const nodes = hits(place, words);
      total += nodes.length;
      if (nodes.length) results.append(...list(place, nodes));
      mark(nodes, words);
    }
    found.textContent = total ? `${total} found` : "Nothing found in this page.";
  };
  let waiting = 0;
  query.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { query.value = ""; search(); }
  });
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
    results.querySelector("a")?.click();
  });
  $("search").hidden = false;

  /* Fewer or more topics. */
  const slider = $("zoom-level");
  if (slider) {
    const levels = [...document.querySelectorAll(".level")];
    const zoom = () => {
      levels.forEach((level, row) => {
        level.hidden = row !== Number(slider.value);
        level.open = !level.hidden;
      });
      const groups = levels[slider.value].dataset.groups;
      $("zoom-value").textContent = groups;
      slider.setAttribute("aria-valuetext", `${groups} groups`);
    };
    slider.addEventListener("input", zoom);
    $("zoom-control").hidden = false;
    $("zoom-levels").classList.add("zoomed");
    zoom();
  }

  /* The pyLDAvis view: in a frame of its own without rights, made when it comes near. */
  const stage = $("map-frame");
  let frame = null, ready = false, wanted = 0;
  const show = () => { if (ready && wanted) frame.contentWindow.postMessage({ topic: wanted }, "*"); };
  const load = () => {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = "pyLDAvis: map of topics and their terms";
    frame.setAttribute("sandbox", "allow-scripts");
    frame.srcdoc = JSON.parse($("frame").textContent);
    stage.append(frame);
    stage.hidden = false;
  };
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow) return;
    ready = true;
    frame.style.height = `${Math.min(Math.max(Number(event.data.height) || 0, 300), 3000) + 2}px`;
    document.body.classList.add("mapped");
    show();
  });
  new IntersectionObserver((entries, observer) => {
    if (entries.some((entry) => entry.isIntersecting)) { observer.disconnect(); load(); }
  }, { rootMargin: "400px" }).observe($("map"));
  for (const link of document.querySelectorAll("[data-topic]")) {
    link.parentElement.hidden = false;
    link.addEventListener("click", () => { wanted = Number(link.dataset.topic); load(); show(); });
  }

  /* Nothing folded is lost on paper. */
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open]):not(.level)")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of folded) part.open = false; });
  follow();
})();
