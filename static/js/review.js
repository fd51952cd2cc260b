// The review by keyboard: r releases and goes on, s severs, w withholds, j and k turn. The keys can be turned off, and
// are never heard while somebody writes. Without this file the same page works with its buttons.

const review = document.querySelector("[data-review]");
const form = document.getElementById("judgement");
const STORED = "portal-review-keys";
const WRITING = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])";

let changed = false;
let on = kept() !== "off";

function kept() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // a browser that keeps nothing: the keys are on
  }
}

function keep(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // then they are on again on the next page
  }
}

function choice(as) {
  return review.querySelector(`[data-as="${as}"]`);
}

function choose(as) {
  const radio = choice(as);
  if (!radio) return;
  if (!radio.checked) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
  bring(as);
}

// What the choice opens, brought before the eyes; by key the focus goes there too.
function opened(as) {
  const part = { sever: ".p-passages input", withhold: ".p-review__more--ground input" }[as];
  return part ? review.querySelector(part) : choice(as);
}

function bring(as) {
  const part = opened(as);
  part?.focus();
  part?.closest("fieldset").scrollIntoView({ block: "nearest" });
}

function release() {
  const before = review.querySelector("[data-kept]");
  const fresh = !before && !changed;
  choose("release");
  // What was severed or withheld before is not thrown away at the press of one key.
  if (fresh) form.requestSubmit(form.querySelector("[value=next]"));
}

const ACTS = {
  r: release,
  s: () => choose("sever"),
  w: () => choose("withhold"),
  j: () => review.querySelector("a[rel=next]")?.click(),
  k: () => review.querySelector("a[rel=prev]")?.click(),
};

function pressed(event) {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest(WRITING)) return;
  const act = ACTS[event.key.toLowerCase()];
  if (!act || (!form && !"jk".includes(event.key.toLowerCase()))) return;
  event.preventDefault();
  act();
}

function show() {
  for (const key of review.querySelectorAll("kbd")) key.hidden = !on;
  for (const radio of review.querySelectorAll("[data-key]")) {
    if (on) radio.setAttribute("aria-keyshortcuts", radio.dataset.key);
    else radio.removeAttribute("aria-keyshortcuts");
  }
  const keys = review.querySelector("[data-keys]");
  if (!keys) return;
  keys.hidden = false;
  keys.querySelector("[data-keys-on]").hidden = !on;
  const button = keys.querySelector("[data-keys-switch]");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? button.dataset.on : button.dataset.off;
}

function turn() {
  on = !on;
  keep(on ? "on" : "off");
  show();
}

// The words marked in the entry, as a line of their own among the words to take out.
function take() {
  const words = document.getSelection().toString().replace(/\s+/g, " ").trim();
  const box = document.getElementById("quotes");
  if (!words) return;
  box.value = [box.value.trim(), words].filter(Boolean).join("\n");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("keyup", { bubbles: true }));
}

if (review) {
  document.addEventListener("keydown", pressed);
  review.querySelector("[data-keys-switch]")?.addEventListener("click", turn);
  show();
  const current = review.querySelector(".p-review__list [aria-current]");
  const list = current?.closest("nav");
  if (list && list.scrollHeight > list.clientHeight) {
    list.scrollTop = current.offsetTop - list.clientHeight / 3;
  }
}

if (form) {
  const takes = form.querySelector("[data-take]");
  if (takes) {
    takes.hidden = false;
    // A press must not lose the marked words: the focus stays where it was.
    takes.addEventListener("mousedown", (event) => event.preventDefault());
    takes.addEventListener("click", take);
  }
  review.addEventListener("change", (event) => {
    changed = true;
    const as = event.target.dataset?.as;
    if (as && as !== "release" && matchMedia("(max-width: 989px)").matches) bring(as);
  });
  review.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
