// Passkeys: asks the portal for a question, the device for its answer, and sends the answer with the form it stands in.
// Where the browser or the address cannot do that, nothing of it is shown, and the same page works by password and code.

const make = "parseCreationOptionsFromJSON";
const get = "parseRequestOptionsFromJSON";
const able = window.PublicKeyCredential && make in PublicKeyCredential && get in PublicKeyCredential;

function ours(host) {
  return location.hostname === host || location.hostname.endsWith(`.${host}`);
}

// The question and its options, from the address the page names; bound to what the form is about to do.
async function ask(part, form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  if (part.dataset.act) {
    body.set("act", part.dataset.act);
    body.set("shown", form.elements.shown?.value ?? "");
  }
  const answer = await fetch(part.dataset.question, { method: "POST", body });
  if (!answer.ok || answer.redirected) throw new Error("no question");
  return answer.json();
}

async function sign(part, form) {
  const { question, options } = await ask(part, form);
  const signed = await navigator.credentials.get({ publicKey: PublicKeyCredential[get](options) });
  form.elements.question.value = question;
  form.elements.passkey.value = JSON.stringify(signed);
  form.submit();
}

async function create(part, form) {
  const { question, options } = await ask(part, form);
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential[make](options) });
  form.elements.make.value = question;
  form.elements.made.value = JSON.stringify(made);
  form.submit();
}

// The device was not asked, or the person said no: say so, and let her try again.
async function attempt(part, act) {
  const trouble = part.querySelector("[data-trouble]");
  trouble.hidden = true;
  try {
    await act();
  } catch {
    trouble.hidden = false;
  }
}

for (const part of able ? document.querySelectorAll("[data-passkey]") : []) {
  if (!ours(part.dataset.host)) continue;
  const form = part.closest("form") ?? part.querySelector("form");
  part.hidden = false;
  for (const other of document.querySelectorAll("[data-without-passkeys]")) other.hidden = true;
  const button = part.querySelector("button[data-ask]");
  const act = part.dataset.passkey === "sign" ? sign : create;
  if (button) {
    button.addEventListener("click", () => attempt(part, () => act(part, form)));
  } else {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(part, () => create(part, form));
    });
  }
}
