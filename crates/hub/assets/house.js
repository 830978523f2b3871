// The live parts. Every page works without this file.
"use strict";

// A part with data-live is fetched again when something of its nouns changes.
for (const part of document.querySelectorAll("[data-live]")) {
  const nouns = part.dataset.live.split(" ");
  let waiting = false;
  const refresh = async () => {
    waiting = false;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (fresh && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
  };
  const source = new EventSource("/events");
  source.onmessage = (event) => {
    if (!nouns.includes(event.data) || waiting) return;
    waiting = true;
    setTimeout(refresh, 1000);
  };
}

// A choice with data-submit sends its form when it changes.
for (const choice of document.querySelectorAll("[data-submit]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

// An upload shows that it is under way, and cannot be sent twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit][data-busy]");
    if (!button) return;
    setTimeout(() => { button.disabled = true; button.textContent = button.dataset.busy; });
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
