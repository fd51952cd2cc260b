"""Asking for an account. The answer is the same whether or not the sender is a patient, or has an account."""

import re
import secrets
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.account_requests import PROOF_NAMES, Proof, Wanted, rules
from portal.domain.errors import Invalid
from portal.domain.words import N_, _, language
from portal.services import account_requests, identity_papers
from portal.web.fields import (
    Choice,
    Date,
    Email,
    Form,
    Hidden,
    Phone,
    Select,
    Text,
    Upload,
    blame,
    required,
    required_if,
)
from portal.web.networks import network
from portal.web.public.blueprint import blueprint
from portal.web.work import apart, edge, work

ONCE = re.compile(r"[A-Za-z0-9_-]{20,64}")
NEXT = {
    Proof.COUNTER: N_(
        "Come to our front desk with a photo identification. We look for your file together, and you get a letter "
        "with a code. With it you set up your sign-in."
    ),
    Proof.CALL_BACK: N_(
        "We call you within five working days, on the telephone number that stands in your file. "
        "If the number has changed, come to our front desk instead."
    ),
    Proof.DOCUMENTS: N_(
        "We compare your paper with our files within five working days. If they agree, you get a letter or an e-mail "
        "with a code. With it you set up your sign-in."
    ),
}


class AccountRequestForm(Form):
    once = Hidden()
    given_name = Text(N_("Given names"), [required(N_("Write your given names."))], most=120, autocomplete="given-name")
    family_name = Text(
        N_("Family name"), [required(N_("Write your family name."))], most=120, autocomplete="family-name"
    )
    birth_date = Date(
        N_("Your birth date"), [required(N_("Give your birth date."))], hint=N_("Day, month, year: 27 3 1985.")
    )
    email = Email(
        N_("E-mail address"), hint=N_("An e-mail address or a telephone number, so that we can answer you."), most=254
    )
    phone = Phone(N_("Telephone number"), hint=N_("With its area code, such as 250-555-0142."), most=40, width=20)
    number = Text(
        N_("Your patient number, if you know it"),
        hint=N_("It stands on our letters, such as P-000123."),
        most=20,
        width=12,
    )
    proof = Choice(
        N_("How do you want to show who you are?"),
        [required(N_("Choose how you want to show who you are."))],
        choices=[(proof.value, name) for proof, name in PROOF_NAMES.items()],
        hints={
            Proof.COUNTER.value: N_("Bring a photo identification to our front desk."),
            Proof.CALL_BACK.value: N_("We call the number that stands in your file, not the one you write here."),
            Proof.DOCUMENTS.value: N_("A picture or a PDF. We keep it for a short time only."),
        },
    )
    kind = Select(
        N_("Which paper is it?"),
        [required_if("proof", Proof.DOCUMENTS.value, N_("Choose which paper it is."))],
        hint=N_("Only if you send a copy."),
    )
    paper = Upload(
        N_("The copy of your paper"),
        hint=N_(
            "PDF, JPEG or PNG, up to 10 MB. Only for a copy. If something else has to be put right, choose it again."
        ),
        accept=".pdf,.jpg,.jpeg,.png",
    )

    def wanted(self) -> Wanted:
        return Wanted(
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            birth_date=self.birth_date.data,  # type: ignore[arg-type]
            email=self.email.data or "",
            phone=self.phone.data or "",
            number=self.number.data or "",
        )


@blueprint.route("/account-requests/new", methods=["GET", "POST"])
def ask_for_account() -> tuple[str, int] | Response:
    form = AccountRequestForm()
    form.kind.choices = [("", _("Choose a paper")), *((each.id, _(each.title)) for each in rules().kinds)]
    if not ONCE.fullmatch(form.once.data or ""):
        form.once.data = secrets.token_urlsafe(24)
    if form.validate_on_submit():
        try:
            proof = Proof(form.proof.data)
            _send(form, proof)
            return redirect(url_for("public.account_request_sent", proof=proof.value), 303)
        except Invalid as no:
            blame(form, no)
    days = rules().kept_after_seen.days
    page = render_template("public/account_request.html", form=form, days=days, hide_sign_in=True)
    return page, 422 if form.errors else 200


def _send(form: AccountRequestForm, proof: Proof) -> None:
    """Count the try, look at the paper, then keep all of it at once. A form that was sent before costs no try."""
    once = form.once.data or ""
    with apart() as counting:
        if account_requests.is_there(counting, once, form.wanted(), proof):
            return
        account_requests.count(counting, network())
    paper = _paper(form) if proof is Proof.DOCUMENTS else None
    account_requests.send(work(), once, form.wanted(), proof, language(), paper)


def _paper(form: AccountRequestForm) -> tuple[str, Any] | None:
    sent = form.paper.data
    if not sent:
        return None
    return form.kind.data or "other", identity_papers.look_at(edge().outside, sent.filename or "", sent.read())


@blueprint.get("/account-requests/sent")
def account_request_sent() -> str:
    """What happens next: it depends on what was chosen, and on nothing else."""
    chosen = request.args.get("proof", "")
    proof = next((each for each in Proof if each.value == chosen), Proof.COUNTER)
    return render_template("public/account_request_sent.html", words=_(NEXT[proof]), hide_sign_in=True)
