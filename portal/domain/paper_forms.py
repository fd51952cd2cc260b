"""The patient's forms on paper, and the codes they carry: typed by people, or scanned from the square beside them.

A code of a blank form (``F…``) names the form, its version and its language; one of a form that was printed for
somebody (``P…``) is drawn and says nothing. Both have the alphabet and the check sign of ``patient_invitations``.
Source of the list: law.md section 17.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from portal.domain import purposes
from portal.domain.errors import Invalid, NotFound
from portal.domain.jurisdictions import Profile
from portal.domain.patient_invitations import ALPHABET, READ_AS, bare, check_sign, printed
from portal.domain.words import N_, _

LASTS = timedelta(days=366)
BLANK, FOR_SOMEBODY = "F", "P"
DRAWN = 8
LANGUAGES = ("en", "fr")  # of the sheets; a place here is a sign of the code, so new ones come last
CONSENT = "consent"


@dataclass(frozen=True)
class PaperForm:
    """One form. ``sign`` stands for it in codes of blank ones, for ever; ``version`` is that of its wording."""

    id: str
    sign: str
    version: int
    title: str
    use: str


FORMS = (
    PaperForm("access", "A", 2, N_("Ask for my record"), N_("To see what we hold about you, or to get a copy.")),
    PaperForm("accuracy", "E", 2, N_("A mistake in my record"), N_("To say that something is wrong or missing.")),
    PaperForm("complaint", "C", 2, N_("A complaint"), N_("To say that you are not satisfied with us.")),
    PaperForm(CONSENT, "J", 2, N_("My consent"), N_("To agree that something of yours may be used or shared.")),
    PaperForm("withdrawal", "W", 2, N_("I take a consent back"), N_("To end a consent. You do not have to say why.")),
    PaperForm("representative", "R", 2, N_("Somebody acts for me"), N_("To let somebody you trust act for you here.")),
    PaperForm("contact", "H", 1, N_("How to reach me"), N_("To tell us which ways of reaching you are safe.")),
    PaperForm("statement", "T", 2, N_("I do not agree"), N_("To add your words to what we did not correct.")),
)


@dataclass(frozen=True)
class BlankCode:
    """What the code of a blank form says."""

    form: PaperForm
    purpose: str
    version: int
    language: str

    @property
    def is_old(self) -> bool:
        return self.version != self.form.version


def offered(law: Profile) -> tuple[PaperForm, ...]:
    """The forms a clinic under this law has: a statement of disagreement only where the law gives one."""
    return tuple(form for form in FORMS if form.id != "statement" or law.corrections.statement is not None)


def find(form_id: str, law: Profile) -> PaperForm:
    """Raises NotFound for a form there is not."""
    found = next((form for form in offered(law) if form.id == form_id), None)
    if found is None:
        raise NotFound(_("There is no such form. Choose one of the list."))
    return found


def asked() -> tuple[purposes.Purpose, ...]:
    """The purposes that have a form of consent, in the order in which their signs are given out."""
    return tuple(purpose for purpose in purposes.every() if not purpose.implied)


def check_purpose(form: PaperForm, purpose: str) -> None:
    """Raise NotFound unless a consent names its purpose, and nothing else names one."""
    if purpose not in ({each.id for each in asked()} if form.id == CONSENT else {""}):
        raise NotFound(_("There is no such form. Choose one of the list."))


def blank_code(form: PaperForm, purpose: str, language: str) -> str:
    """The code of a blank form, in groups as it is printed."""
    check_purpose(form, purpose)
    place = [each.id for each in asked()].index(purpose) if purpose else 0
    drawn = f"{BLANK}{form.sign}{ALPHABET[place]}{ALPHABET[form.version]}{ALPHABET[LANGUAGES.index(language)]}"
    return _grouped(drawn)


def new_code() -> str:
    """The code of a form that is printed for somebody: drawn, so that it tells nothing."""
    return _grouped(FOR_SOMEBODY + "".join(secrets.choice(ALPHABET) for _place in range(DRAWN)))


def _grouped(drawn: str) -> str:
    return printed(drawn + check_sign(drawn))


def read(typed: str) -> str:
    """The code as it is printed, from what was typed or scanned. Raises Invalid with one sentence where it is none."""
    code = bare(typed).translate(READ_AS)
    if len(code) not in (6, DRAWN + 2) or code[0] not in (BLANK, FOR_SOMEBODY):
        raise Invalid(
            _("This is no code of our forms. It begins with F or P and stands at the top of each page."), "code"
        )
    if any(sign not in ALPHABET for sign in code) or check_sign(code[:-1]) != code[-1]:
        raise Invalid(_("One sign of this code does not fit the others. Check it against the form."), "code")
    return printed(code)


def is_blank(code: str) -> bool:
    return code.startswith(BLANK)


def say(code: str, law: Profile) -> BlankCode:
    """What the code of a blank form says. Raises Invalid for a form this clinic does not have."""
    signs = bare(code)
    form = next((each for each in offered(law) if each.sign == signs[1]), None)
    place, version, language = (ALPHABET.index(sign) for sign in signs[2:5])
    if form is None or language >= len(LANGUAGES) or place >= len(asked()):
        raise Invalid(_("We do not know this form. It may come from another clinic."), "code")
    return BlankCode(form, asked()[place].id if form.id == CONSENT else "", version, LANGUAGES[language])
