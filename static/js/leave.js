// "Leave this page now": the page is covered and its title emptied at once, the session ended in the background, and
// another site takes this page's place in the history. Without this script the same button sends its form.

const SOON = 5000; // milliseconds within which Escape must be pressed three times
const form = document.querySelector("[data-leave]");
let left = false;
let presses = [];

// What was on the screen is gone before anything is asked of the network.
function cover() {
  document.title = " ";
  for (const icon of document.querySelectorAll('link[rel="icon"]')) icon.remove();
  const sheet = document.createElement("div");
  sheet.className = "p-gone";
  document.body.replaceChildren(sheet);
}

function leave(event) {
  event?.preventDefault();
  if (left) return;
  left = true;
  const site = form.dataset.leave;
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  cover();
  // The answer leads to the other site: it is not followed here, and nobody waits for it.
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
  location.replace(site);
}

function onEscape(event) {
  if (event.key !== "Escape" || event.repeat) return;
  const now = Date.now();
  presses = [...presses.filter((at) => now - at < SOON), now];
  const told = document.querySelector("[data-leave-told]");
  if (presses.length >= 3) leave();
  else told.textContent = presses.length === 1 ? told.dataset.two : told.dataset.one;
}

if (form) {
  document.querySelector("[data-leave-keys]").hidden = false;
  form.addEventListener("submit", leave);
  document.addEventListener("keydown", onEscape);
  // Brought back by "Back" from the browser's own store: it is not to be seen again.
  addEventListener("pageshow", (event) => {
    if (event.persisted && left) location.replace(form.dataset.leave);
  });
}
