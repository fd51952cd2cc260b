"""The form of one decision: three choices, and what the law asks for behind two of them."""

from collections.abc import Iterator
from typing import Any

from portal.domain.jurisdictions import Ground
from portal.domain.reviews import BALANCE, FACTS, HARM_QUESTIONS, LONGEST_ANSWER, Decision, HarmEvidence
from portal.domain.words import N_, _
from portal.services.judgements import Reasoning
from portal.services.review_items import Opened
from portal.web.fields import Choice, Choices, Form, LongText, Tick, required

DECISIONS = [
    (Decision.RELEASE.value, N_("Release")),
    (Decision.SEVER.value, N_("Sever a passage")),
    (Decision.WITHHOLD.value, N_("Withhold")),
]
LONGEST_LIST = 8000


class Reason(LongText):
    """An answer to what a ground asks."""

    def __init__(self, label: str, hint: str = "", rows: int = 3, **rest: Any) -> None:
        super().__init__(label, hint=hint, limit=LONGEST_ANSWER, rows=rows, **rest)


class JudgementForm(Form):
    """What was decided on an entry and why. Fields that a choice does not ask for are left out of account."""

    decision = Choice(
        N_("What becomes of this entry?"),
        [required(N_("Choose what becomes of this entry: release, sever or withhold."))],
        choices=DECISIONS,
        hints={
            Decision.RELEASE: N_("The patient gets the whole entry."),
            Decision.SEVER: N_("The patient gets it without what you take out."),
            Decision.WITHHOLD: N_("The patient does not get it, and is told why."),
        },
    )
    passages = Choices(N_("Tick what you take out"))
    quotes = LongText(
        N_("Words to take out"),
        hint=N_("Copy them from the entry, one place a line. They go wherever they stand in it, in the title too."),
        limit=LONGEST_LIST,
        rows=3,
    )
    files_looked_at = Tick(N_("I looked at each file that stays. It shows nothing of what I take out."))
    ground = Choice(N_("On which ground?"))
    who_at_risk = Choice(
        N_("Who is at risk?"), choices=[("requester", N_("The patient")), ("other", N_("Somebody else"))]
    )
    what_harm = Reason(N_("What harm do you expect?"))
    facts = Reason(N_("What are the facts?"), N_("When, who, and what you saw. The law's test alone is not enough."))
    link = Reason(N_("How would reading this lead to that harm?"))
    why_not_severing = Reason(N_("Why is taking out passages not enough?"))
    lesser_step = Reason(
        N_("Which lesser step did you consider, and why does it not do?"),
        N_("Such as reading it together, or a summary."),
    )
    balance = Reason(
        N_("Why is it kept back, although the law does not demand it?"),
        N_("Weigh what it protects against the patient's wish to read it."),
    )
    explanation = Reason(
        N_("Do you want to explain it to the patient?"),
        N_("You do not have to. It stands in the letter to the patient, beside the ground in plain words."),
        rows=2,
    )

    @property
    def decided(self) -> Decision:
        return Decision(self.decision.data)

    @property
    def keeps_back(self) -> bool:
        """Whether something was to be kept back: what was said to it must survive a refusal."""
        return self.decision.data in (Decision.SEVER, Decision.WITHHOLD)

    @property
    def needs(self) -> str:
        """What the chosen ground asks for, as ``Ground.needs``; empty for a release and without a ground."""
        releases = self.decision.data == Decision.RELEASE
        return "" if releases else self._needs.get(self.ground.data or "", "")

    def offer(self, grounds: tuple[Ground, ...]) -> None:
        """The grounds to choose from. Which passages the entry has, its service knows."""
        self._needs = {ground.id: ground.needs for ground in grounds}
        self._may = {ground.id for ground in grounds if not ground.mandatory}
        self.ground.choices = [(ground.id, ground.title) for ground in grounds]
        self.passages.choices = [(each, each) for each in self.passages.data or []]

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is still empty is named at once; whether what is written says enough, the service decides."""
        fine = bool(super().validate(extra_validators))
        missing = [(self[name], asked) for name, asked in self._asked() if not self[name].data]
        for field, asked in missing:
            field.errors = [*field.errors, _(asked)]
        return fine and not missing

    def _asked(self) -> Iterator[tuple[str, str]]:
        if self.needs == "harm":
            yield "who_at_risk", N_("Say who is at risk: the patient or somebody else.")
            severs = self.decision.data == Decision.SEVER
            questions = HARM_QUESTIONS.items()
            yield from ((name, each.asked) for name, each in questions if not (severs and name == "why_not_severing"))
        elif self.needs == "facts":
            yield "facts", FACTS.asked
        if self.needs and self.ground.data in self._may:
            yield "balance", BALANCE.asked

    def show(self, opened: Opened) -> None:
        """Fill in what was decided before."""
        kept, harm = opened.reasoning, opened.reasoning.evidence
        decided = opened.line.decision or opened.line.begun
        self.decision.data = decided.value if decided else None
        self.passages.data, self.quotes.data = list(kept.passages), "\n".join(kept.quotes)
        self.files_looked_at.data, self.ground.data = kept.files_looked_at, opened.ground
        self.who_at_risk.data, self.what_harm.data = harm.who_at_risk or None, harm.what_harm
        self.facts.data, self.link.data = kept.facts or harm.facts, harm.link
        self.why_not_severing.data = kept.why_not_severing or harm.why_not_severing
        self.lesser_step.data, self.explanation.data = harm.lesser_step, kept.explanation
        self.balance.data = kept.balance

    def reasoning(self) -> Reasoning:
        """What stands behind the decision; nothing behind a release."""
        if self.decided is Decision.RELEASE:
            return Reasoning()
        severs, harms, facts = self.decided is Decision.SEVER, self.needs == "harm", self.facts.data or ""
        why = "" if severs else self.why_not_severing.data or ""
        return Reasoning(
            passages=tuple(self.passages.data or ()) if severs else (),
            quotes=tuple((self.quotes.data or "").splitlines()) if severs else (),
            files_looked_at=severs and bool(self.files_looked_at.data),
            facts="" if harms else facts,
            why_not_severing="" if harms else why,
            evidence=self._evidence(facts, why) if harms else HarmEvidence(),
            explanation=self.explanation.data or "",
            balance=(self.balance.data or "") if self.ground.data in self._may else "",
        )

    def draft(self) -> Reasoning:
        """Everything that was filled in so far, whether or not the choice asks for it."""
        facts, why = self.facts.data or "", self.why_not_severing.data or ""
        return Reasoning(
            passages=tuple(self.passages.data or ()),
            quotes=tuple((self.quotes.data or "").splitlines()),
            files_looked_at=bool(self.files_looked_at.data),
            facts=facts,
            why_not_severing=why,
            evidence=self._evidence(facts, why),
            explanation=self.explanation.data or "",
            balance=self.balance.data or "",
        )

    def _evidence(self, facts: str, why: str) -> HarmEvidence:
        return HarmEvidence(
            who_at_risk=self.who_at_risk.data or "",
            what_harm=self.what_harm.data or "",
            facts=facts,
            link=self.link.data or "",
            why_not_severing=why,
            lesser_step=self.lesser_step.data or "",
        )
