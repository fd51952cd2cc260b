// Wakes the parts of the design system a page uses. Every page works without it; this adds counts, "Show" and focus.

import "./session.js";
import { Button, CharacterCount, ErrorSummary, PasswordInput, SkipLink, createAll } from "../built/nhsuk-frontend.min.js";

// The kit asks for this mark before it touches a page. Browsers that load modules all deserve it.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

// Not woken: radios and checkboxes (what a choice opens is opened by the style sheet; the script would put an attribute
// on radios that ARIA does not allow) and the file drop zone (it names its button differently from its label).
for (const part of [Button, CharacterCount, ErrorSummary, PasswordInput, SkipLink]) {
  createAll(part);
}

// A download leaves its page as it is: what was wrong with the proof before goes when it is given anew.
document.querySelector("[data-downloads] form")?.addEventListener("submit", () => {
  for (const said of document.querySelectorAll(".nhsuk-error-summary, .nhsuk-error-message")) said.remove();
  for (const part of document.querySelectorAll(".nhsuk-form-group--error, .nhsuk-input--error")) {
    part.classList.remove("nhsuk-form-group--error", "nhsuk-input--error");
  }
  document.title = document.title.replace(/^[^:]*: /, "");
});
