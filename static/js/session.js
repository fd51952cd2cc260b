// The end of a session: keeps what is typed while it is typed, warns two minutes before, tells the other windows, and
// empties the page when the time is over. Without it the same pages work, and what is sent too late is kept all the same.

const WARN = 120_000; // two minutes
const TYPING = 30_000; // who typed this lately is still here
const KEEP_AFTER = 3_000; // once she pauses
const AGAIN = 5_000;
const LONGEST = 60_000;
const LET_PASS = 2_000;

const part = document.getElementById("session-end");
const windows = "BroadcastChannel" in window ? new BroadcastChannel("portal-session") : null;
const form = part && "keeps" in part.dataset ? document.querySelector("main form[method=post]") : null;

let endsAt = 0;
let lastAt = 0;
let typedAt = 0;
let unkept = false;
let leaving = false;
let ending = false;
let elsewhere = false;
let dialog = null;
let timer = 0;
let keeping = 0;

function note({ seconds, most }) {
  endsAt = Date.now() + seconds * 1000;
  lastAt = Date.now() + most * 1000;
}

function tellWindows() {
  windows?.postMessage({ seconds: (endsAt - Date.now()) / 1000, most: (lastAt - Date.now()) / 1000 });
}

async function ask(how = {}) {
  const answer = await fetch(how.method ? "/session/stay" : "/session", { cache: "no-store", ...how });
  if (!answer.ok) throw new Error("no answer");
  note(await answer.json());
}

// One token is as good as another: all of a page's forms have the same.
function token() {
  return part.content.querySelector("[name=csrf_token]").value;
}

async function stay() {
  await ask({ method: "POST", body: new URLSearchParams({ csrf_token: token() }) });
  tellWindows();
}

// What stands in the form goes to the server, sealed and for this person only; never what is a file or a password.
async function keep() {
  clearTimeout(keeping);
  if (!form || !unkept) return;
  unkept = false;
  const typed = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const body = new URLSearchParams([...typed, ["left_at", location.pathname + location.search]]);
  try {
    const answer = await fetch("/left-form", { method: "POST", body });
    if (!answer.ok && answer.status !== 409) throw new Error("not kept");
  } catch (fault) {
    unkept = true;
    throw fault;
  }
}

function typed() {
  typedAt = Date.now();
  if (!form) return;
  unkept = true;
  clearTimeout(keeping);
  keeping = setTimeout(() => keep().catch(() => {}), KEEP_AFTER);
}

function show() {
  if (dialog) return;
  dialog = part.content.firstElementChild.cloneNode(true);
  const last = lastAt - endsAt < 1000;
  for (const other of dialog.querySelectorAll(last ? "[data-idle], [data-stay]" : "[data-last], [data-go-on]")) other.remove();
  dialog.querySelector("[data-stay]")?.addEventListener("submit", pressed);
  dialog.addEventListener("close", closed);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape is somebody who is there
    if (last) dialog.close();
    else pressed(event);
  });
  document.body.append(dialog);
  dialog.showModal(); // keeps the focus inside, and gives it back where it was
  dialog.querySelector("h2").focus(); // not a button, which the next blank that is typed would press
}

function closed() {
  dialog?.remove();
  if (lastAt - endsAt >= 1000) dialog = null; // the last warning is given once
}

async function pressed(event) {
  event.preventDefault();
  try {
    await stay();
    if (endsAt - Date.now() > WARN) dialog?.close();
    look();
  } catch {
    dialog.querySelector("[data-trouble]").hidden = false;
  }
}

// Once at a time: a second leaving would throw away the page that says why, which is said once.
async function over() {
  if (leaving || ending) return;
  ending = true;
  try {
    await end();
  } finally {
    ending = false;
  }
}

// The server says whether it is over: another window may have stayed. Then nothing of the page is left.
async function end() {
  const here = document.activeElement;
  document.body.hidden = true; // takes the focus away
  try {
    await ask();
    if (endsAt > Date.now()) {
      document.body.hidden = false;
      here?.focus();
      look();
      return;
    }
    unkept ||= typedAt > 0; // kept before or not: the sign-in page then says that it is
    if (form && unkept) windows?.postMessage("kept");
    await keep();
  } catch {
    if (unkept) {
      setTimeout(over, AGAIN); // hidden, but not thrown away before it is kept
      return;
    }
  }
  leaving = true;
  document.body.replaceChildren();
  // What the next page says, and where it leads, waits in the cookie of all windows: one where something was typed goes
  // first, and the others lead nowhere else. A page that was sent is not sent again.
  const goes = () => location.replace(elsewhere ? "/sign-in" : location.pathname + location.search);
  if (form && typedAt > 0) goes();
  else setTimeout(goes, LET_PASS);
}

function look() {
  clearTimeout(timer);
  if (leaving) return;
  const left = endsAt - Date.now();
  if (left <= 0) {
    over();
    return;
  }
  if (left > WARN) {
    if (dialog?.open) dialog.close();
  } else if (Date.now() - typedAt < TYPING && endsAt < lastAt - 1000) {
    stay().then(look, show);
    return;
  } else {
    show();
  }
  timer = setTimeout(look, Math.min(left > WARN ? left - WARN : left, LONGEST));
}

function check() {
  ask().then(look, look);
}

if (part) {
  note({ seconds: Number(part.dataset.seconds), most: Number(part.dataset.most) });
  tellWindows();
  windows?.addEventListener("message", ({ data }) => {
    if (data === "look") return check();
    if (data === "kept") return (elsewhere = true);
    note(data);
    look();
  });
  document.addEventListener("input", typed);
  form?.addEventListener("submit", () => clearTimeout(keeping));
  document.addEventListener("visibilitychange", () => document.hidden || check());
  addEventListener("pageshow", (event) => event.persisted && over());
  look();
} else {
  windows?.postMessage("look"); // signed out here: the other windows ask whether they still may show what they show
}
