"""The forms about who acts for a patient: a power with its paper, its proof, its end, a capability, a death."""

from typing import Any

from portal.domain.jurisdictions.powers import RepresentativeRules
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.representatives import LONGEST_NOTE, OFFICE_REASONS, Wanted
from portal.domain.rights import RIGHT_NAMES, WHOLE_RECORD, Right
from portal.domain.words import N_
from portal.web.fields import (
    Choice,
    Choices,
    Date,
    Email,
    LongText,
    Text,
    Tick,
    Upload,
    required,
    required_if,
)
from portal.web.office.handed_in import PaperFields
from portal.web.step_up import StepUpForm

ALL, SOME, LATER = "all", "some", "later"
NEAREST = "nearest_relative"
RIGHTS: list[tuple[str, str]] = [(right.value, words) for right, words in RIGHT_NAMES.items()]
SLICES: list[tuple[str, str]] = [(each.value, words) for each, words in CATEGORY_NAMES.items()]
HOW: dict[str, Any] = {"label": N_("How was the paper checked?")}
PROOFS: dict[str, Any] = {"label": N_("What have you seen?"), "hint": N_("Tick all that lies before you.")}
Things = list[tuple[str, str]]


class ProofForm(StepUpForm):
    proofs = Choices(**PROOFS)
    how = Choice(validators=[required(N_("Choose how the paper was checked."))], **HOW)

    def offer(self, rules: RepresentativeRules) -> None:
        self.proofs.choices = _pairs(rules.proofs)
        self.how.choices = _pairs(rules.ways)


class PowerForm(StepUpForm):
    name = Text(N_("Full name of who will act"), [required(N_("Write the full name."))], most=240)
    email = Email(
        N_("E-mail address of who will act"),
        [required(N_("Write the e-mail address to sign in with."))],
        hint=N_("If there is no account with it yet, you get a letter with a one-time link to hand over."),
        most=254,
    )
    power = Choice(
        N_("On what paper?"),
        [required(N_("Choose on what paper this person acts for the patient."))],
        reveals={NEAREST: "rank"},
    )
    rank = Choice(
        N_("How is this person related to the patient?"),
        [required_if("power", NEAREST, N_("Choose how this person is related to the patient."))],
    )
    why_not_higher = LongText(
        N_("For a relative: why does no nearer one act?"),
        hint=N_("Leave it empty for the spouse, who comes first."),
        limit=LONGEST_NOTE,
        rows=3,
    )
    found_incapable = Tick(N_("The paper finds that the patient cannot decide this herself"))
    reach = Choice(
        N_("What does the paper let this person do?"),
        [required(N_("Choose what the paper lets this person do."))],
        choices=[(ALL, N_("All that this kind of power can")), (SOME, N_("Only some of it"))],
        reveals={SOME: "rights"},
    )
    rights = Choices(N_("What exactly?"), choices=RIGHTS)
    part = Choice(
        N_("Over which part of the record?"),
        [required(N_("Choose all of the record, or a part of it."))],
        choices=[(ALL, N_("All of it")), (SOME, N_("Only some kinds of entries"))],
        reveals={SOME: "slices"},
    )
    slices = Choices(N_("Which kinds?"), choices=SLICES)
    starts_on = Date(N_("First day"), hint=N_("Leave it empty to begin today."))
    ends_on = Date(N_("Last day"), hint=N_("As the paper says. Leave it empty if it says none."))
    scan = Upload(
        N_("Scan or photograph of the paper"),
        [required(N_("Add a scan of the paper. Without one, nobody can act."))],
        hint=N_("PDF, JPEG or PNG, up to 10 MB. It is kept sealed with the patient's file."),
        accept=".pdf,.jpg,.jpeg,.png",
    )
    note = LongText(N_("Anything a colleague should know?"), limit=LONGEST_NOTE, rows=3)
    proofs = Choices(**PROOFS)
    how = Choice(validators=[required(N_("Choose how the paper was checked, or that it comes later."))], **HOW)

    def offer(self, rules: RepresentativeRules) -> None:
        self.power.choices = [(each.id, each.title) for each in rules.powers]
        self.power.hints = {each.id: each.proof_words for each in rules.powers}
        self.rank.choices = [(str(each.rank), each.title) for each in rules.relations]
        self.proofs.choices = _pairs(rules.proofs)
        self.how.choices = [*_pairs(rules.ways), (LATER, N_("Not yet. Nobody can act until somebody checks it"))]

    def wanted(self, rules: RepresentativeRules) -> Wanted:
        """What the form says, in the rules' own words."""
        everything = frozenset(rules.power(self.power.data).rights)
        return Wanted(
            power=self.power.data,
            rights=everything if self.reach.data == ALL else _rights(self.rights.data),
            slices=WHOLE_RECORD if self.part.data == ALL else _slices(self.slices.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            rank=int(self.rank.data) if self.rank.data else None,
            why_not_higher=self.why_not_higher.data or "",
            found_incapable=bool(self.found_incapable.data),
            note=self.note.data or "",
        )


class PaperPowerForm(PaperFields, PowerForm):
    """The same from our own form on paper, with how and when it came."""


class NarrowForm(StepUpForm):
    rights = Choices(N_("What may this person still do?"), [required(N_("Tick at least one thing."))])
    slices = Choices(N_("For which kinds of entries?"), [required(N_("Tick at least one kind of entry."))])

    def offer(self, rights: frozenset[Right], slices: frozenset[Category]) -> None:
        """Only what is held now; all of it ticked on a fresh form."""
        self.rights.choices = [pair for pair in RIGHTS if Right(pair[0]) in rights]
        self.slices.choices = [pair for pair in SLICES if Category(pair[0]) in slices]
        if not self.is_submitted():
            self.rights.data = [value for value, _words in self.rights.choices]
            self.slices.data = [value for value, _words in self.slices.choices]

    @property
    def chosen(self) -> tuple[frozenset[Right], frozenset[Category]]:
        return _rights(self.rights.data), _slices(self.slices.data)


class EndForm(StepUpForm):
    reason = Choice(
        N_("Why does it end?"),
        [required(N_("Choose why it ends."))],
        choices=[(reason.value, words) for reason, words in OFFICE_REASONS.items()],
    )


class DecidesForm(StepUpForm):
    how = Choice(
        N_("How was it seen that she can decide?"), [required(N_("Choose how it was seen that she can decide."))]
    )


class DeathForm(StepUpForm):
    died_on = Date(N_("Day of death"), [required(N_("Give the day of death."))])
    how = Choice(N_("How was it seen?"), [required(N_("Choose how the death was seen."))])


def _pairs(things: Any) -> Things:
    return [(each.id, each.title) for each in things]


def _rights(values: list[str] | None) -> frozenset[Right]:
    return frozenset(map(Right, values or []))


def _slices(values: list[str] | None) -> frozenset[Category]:
    return frozenset(map(Category, values or []))
