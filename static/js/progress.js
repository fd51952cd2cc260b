// While a package is made: asks for the page again every few seconds and shows its progress; opens it when that is over.

const EVERY = 4000;
const part = document.getElementById("package-progress");

async function look() {
  const answer = await fetch(part.dataset.address, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  if (!answer.ok || answer.redirected) return;
  if (!fresh) {
    location.reload();
    return;
  }
  part.replaceChildren(...fresh.childNodes);
  setTimeout(look, EVERY);
}

if (part) setTimeout(look, EVERY);
