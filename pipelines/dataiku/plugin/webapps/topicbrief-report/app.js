"use strict";

(function () {
  const find = (id) => document.getElementById(id);

  function say(text) {
    find("message").textContent = text;
    find("message").hidden = !text;
  }

  function show(path) {
    find("page").src = getWebAppBackendUrl("/report") + "?path=" + encodeURIComponent(path);
    find("page").hidden = false;
    say("");
  }

  function offer(paths) {
    if (!paths.length) {
      say("There is no report in this folder yet: build the recipe Topics and summaries first.");
      return;
    }
    for (const path of paths) {
      const option = document.createElement("option");
      option.value = path;
      option.textContent = path.split("/").slice(1, -1).join(" / ") || "Latest";
      find("reports").append(option);
    }
    find("choice").hidden = paths.length < 2;
    show(paths[0]);
  }

  find("reports").addEventListener("change", (event) => show(event.target.value));
  fetch(getWebAppBackendUrl("/reports"))
    .then((response) => {
      if (!response.ok) throw new Error("the server answered " + response.status);
      return response.json();
    })
    .then(offer)
    .catch((error) => say("The report cannot be shown: " + error.message));
})();
