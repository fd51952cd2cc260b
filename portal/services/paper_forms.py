"""Forms on paper: printed for a patient under a code, and found again by it when the paper comes back."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.domain import paper_forms as rules
from portal.domain.errors import Invalid, NotPossible
from portal.domain.paper_forms import PaperForm
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.paper_forms import PaperForm as Row
from portal.models.people import Patient
from portal.models.scopes import visible_cases, visible_patients
from portal.services import audit
from portal.services.work import Work


@dataclass(frozen=True)
class Printed:
    """What the press needs for one form; a blank one has no patient's name or number."""

    form: PaperForm
    purpose: str
    code: str
    language: str
    name: str = ""
    number: str = ""


@dataclass(frozen=True)
class Found:
    """What a code leads to. ``number`` is empty for a blank form, ``case`` the reference of what it became.

    ``is_old`` says that the wording has changed since, or that it was printed long ago: it counts all the same.
    """

    form: PaperForm
    purpose: str
    code: str
    number: str = ""
    case: str = ""
    entered: bool = False
    is_old: bool = False


def blank(work: Work, form_id: str, purpose: str, language: str) -> Printed:
    """A form for anybody. Raises NotFound for one there is not."""
    form = rules.find(form_id, work.profile)
    return Printed(form, purpose, rules.blank_code(form, purpose, spoken(language)), spoken(language))


def spoken(language: str) -> str:
    """The language of a sheet: the one asked for, if there are sheets in it."""
    short = language.partition("_")[0]
    return short if short in rules.LANGUAGES else rules.LANGUAGES[0]


def print_for(work: Work, patient: Patient, form_id: str, purpose: str, language: str) -> Printed:
    """A form with her name and number on it, under a code of its own. Raises NotFound for one there is not."""
    work.must(Permission.PAPER_FORM_PRINT, patient)
    form = rules.find(form_id, work.profile)
    rules.check_purpose(form, purpose)
    row = Row(code=rules.new_code(), patient_id=patient.id, form=form.id, purpose=purpose or None)
    row.language, row.version, row.printed_at = spoken(language), form.version, work.now
    row.printed_by_id, row.printed_by_name = work.actor.id, work.actor.name
    row.expires_on = work.today + rules.LASTS
    work.db.add(row)
    audit.record(work, "paper_form.printed", patient.id, form=form.id)
    return Printed(form, purpose, row.code, row.language, patient.name, patient.number)


def look_up(work: Work, typed: str) -> Found:
    """What a code leads to. Raises Invalid with one sentence for what is no code, or none of this clinic's."""
    work.must(Permission.QUEUE_VIEW)
    code = rules.read(typed)
    if rules.is_blank(code):
        said = rules.say(code, work.profile)
        return Found(said.form, said.purpose, code, is_old=said.is_old)
    row = _row(work, code)
    form, patient = rules.find(row.form, work.profile), work.db.get_one(Patient, row.patient_id)
    is_old = row.version != form.version or row.expires_on < work.today
    return Found(form, row.purpose or "", code, patient.number, _case(work, row), row.entered_at is not None, is_old)


def _row(work: Work, code: str, lock: bool = False) -> Row:
    """The form of this code, if its patient and the case it became are this person's to see.

    Else it is as unknown as any other: whom a complaint names does not learn from a code that there is one.
    """
    seen = visible_patients(work.actor).with_only_columns(Patient.id)
    query = select(Row).where(Row.code == code, Row.patient_id.in_(seen))
    row = work.db.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None or (row.case_id and not _case(work, row)):
        raise Invalid(
            _("We do not know this code. It may be of another clinic, or of a patient you may not see."), "code"
        )
    return row


def _case(work: Work, row: Row) -> str:
    """The reference of the case it became, where this person may see it."""
    query = visible_cases(work.actor).with_only_columns(Case.reference).where(Case.id == row.case_id)
    return (work.db.scalar(query) or "") if row.case_id else ""


def not_entered(work: Work, typed: str) -> None:
    """Raise NotPossible when the form of this code was entered already; nothing for no code, or a blank form's."""
    work.must(Permission.QUEUE_VIEW)
    if typed and not rules.is_blank(rules.read(typed)) and _row(work, rules.read(typed), lock=True).entered_at:
        raise NotPossible(_("This form was entered already. Type its code again: it opens what became of it."))


def entered(work: Work, patient: Patient, typed: str, case_id: UUID | None = None) -> None:
    """Remember that the form of this code was entered now, and the case it became.

    Raises Invalid for the code of another patient's form, NotPossible for one that was entered already: then nothing
    of it is entered twice.
    """
    work.must(Permission.PAPER_FORM_PRINT, patient)
    if not typed or rules.is_blank(rules.read(typed)):
        return
    not_entered(work, typed)
    row = _row(work, rules.read(typed))
    if row.patient_id != patient.id:
        raise Invalid(_("This form was printed for another patient. Look at the name on it."), "code")
    row.entered_at, row.entered_by_name, row.case_id = work.now, work.actor.name, case_id
    audit.record(work, "paper_form.entered", patient.id, form=row.form)
