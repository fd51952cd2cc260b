"""A physician's judgement on a record item: release it, sever passages, or withhold it, with a ground and its facts.

A ground is not a tick. A harm ground asks who is at risk, what harm, the facts, how the information leads to the harm,
why severing is not enough and which lesser step was considered; words that only say the law's test again are refused.
How many words of one's own an answer needs is this portal's choice (decision 0023); everything else is the profile's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.access_requests import Outcome
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import Ground, Profile
from portal.domain.restating import own_words, says_of_all
from portal.domain.words import N_, _


class Decision(StrEnum):
    """What becomes of an item."""

    RELEASE = "release"
    SEVER = "sever"
    WITHHOLD = "withhold"


@dataclass(frozen=True)
class HarmEvidence:
    """The six answers behind a harm ground; ``who_at_risk`` is ``requester`` or ``other``."""

    who_at_risk: str = ""
    what_harm: str = ""
    facts: str = ""
    link: str = ""
    why_not_severing: str = ""
    lesser_step: str = ""


@dataclass(frozen=True)
class Judged:
    """A record item as the review left it; ``decision`` is None where nothing was decided.

    ``severable`` says whether passages of the item can be taken out; ``why_not_severing`` why that would not be enough.
    """

    title: str
    decision: Decision | None
    ground: str | None = None
    severable: bool = True
    why_not_severing: str = ""


@dataclass(frozen=True)
class _Question:
    asked: str
    least_own_words: int
    example: str = ""  # of facts, the ground has its own


LONGEST_ANSWER = 4000
HARM_QUESTIONS = {
    "what_harm": _Question(
        N_("Say what harm you expect, in concrete words."), 2, N_("Her brother may beat their mother again.")
    ),
    "facts": _Question(
        N_("Say what happened or what you saw that makes you expect it: when, who, what. An opinion is not enough."),
        6,
        N_("On 3 May her mother rang in tears and said that her son broke her wrist in March."),
    ),
    "link": _Question(
        N_("Say how reading this information would lead to that harm."),
        3,
        N_("The note names her mother as the caller, and he opens the post."),
    ),
    "why_not_severing": _Question(
        N_("Say why taking out passages is not enough."), 2, N_("Every line of the note is about the call.")
    ),
    "lesser_step": _Question(
        N_("Say which lesser step you considered, such as reading it together or a summary, and why it does not do."),
        3,
        N_("We offered to read it together at the clinic, but she wants a copy at home."),
    ),
}
FACTS = _Question(N_("Say in a few words what in this entry makes the ground apply."), 1)
WHOLE = _Question(
    N_("Part of this entry could be given. Say why taking out passages is not enough, or sever it."),
    1,
    N_("The whole entry is about her brother."),
)
BALANCE = _Question(
    N_("The law lets you keep this back and does not make you. Say why that weighs more here than the patient's wish."),
    2,
    N_("The lawsuit is open, and the letter says how we mean to answer it."),
)
RISKS = {"requester": N_("the patient"), "other": N_("somebody else")}


def enabled_grounds(profile: Profile, enabled: Collection[str] = ()) -> tuple[Ground, ...]:
    """The grounds a reviewer may choose, those that demand it first: what is on, and what the clinic ``enabled``."""
    offered = (ground for ground in profile.grounds if ground.default_on or ground.id in enabled)
    return tuple(sorted(offered, key=lambda ground: not ground.mandatory))


def check_judgement(
    profile: Profile,
    decision: Decision,
    ground_id: str | None = None,
    *,
    evidence: HarmEvidence | None = None,
    facts: str = "",
    passages: int = 0,
    severable: bool = True,
    why_not_severing: str = "",
    balance: str = "",
    enabled: Collection[str] = (),
) -> None:
    """Whether this judgement may be kept; ``Invalid`` names the field and says what is missing.

    ``facts`` and ``why_not_severing`` answer for grounds that ask for facts, ``evidence`` for harm grounds.
    ``passages`` counts what was marked for severing; ``severable`` says whether passages can be taken out of this item
    at all; ``enabled`` are optional grounds the clinic switched on, and ``balance`` says why one of them is used.
    """
    if decision is Decision.RELEASE:
        _check_release(ground_id, passages)
        return
    ground = _ground(profile, ground_id, enabled)
    if decision is Decision.SEVER:
        _check_severing(ground, passages)
    if not ground.mandatory:
        _check_answer("balance", balance, BALANCE, ground)
    if ground.needs == "harm":
        _check_harm(ground, decision, evidence or HarmEvidence())
        return
    if ground.needs == "facts":
        _check_answer("facts", facts, FACTS, ground)
    if decision is Decision.WITHHOLD and severable and ground.severable:
        _check_answer("why_not_severing", why_not_severing, WHOLE, ground)


def outcome(decisions: Iterable[Decision]) -> Outcome:
    """How the request ends: in full, in part or refused. ``NotPossible`` when there is nothing to decide on."""
    made = list(decisions)
    if not made:
        raise NotPossible(_("There is no entry to decide on."))
    if all(decision is Decision.RELEASE for decision in made):
        return Outcome.RELEASED_IN_FULL
    if all(decision is Decision.WITHHOLD for decision in made):
        return Outcome.REFUSED
    return Outcome.RELEASED_IN_PART


def check_complete(profile: Profile, items: Sequence[Judged]) -> None:
    """Whether the review can be signed: every item decided, and nothing withheld whole that could be severed.

    ``NotPossible`` says how many items are open or names the first that needs severing.
    """
    if not items:
        raise NotPossible(_("There is no entry to decide on."))
    left = sum(item.decision is None for item in items)
    if left:
        raise NotPossible(_("%(left)s of %(all)s entries have no decision yet.", left=left, all=len(items)))
    for item in items:
        if item.decision is Decision.WITHHOLD and _could_be_severed(profile, item):
            raise NotPossible(
                _(
                    "Part of “%(title)s” could be given. Sever it, or say why taking out passages is not enough.",
                    title=item.title,
                )
            )


def _could_be_severed(profile: Profile, item: Judged) -> bool:
    ground = profile.ground(item.ground or "")
    return item.severable and ground.severable and not _covers_the_whole(item.why_not_severing, ground)


def _covers_the_whole(why: str, ground: Ground) -> bool:
    """Whether this says why severing is not enough: that it is all of it will do, for that is what is asked."""
    return says_of_all(why) or len(own_words(why, ground)) >= WHOLE.least_own_words


def _check_release(ground_id: str | None, passages: int) -> None:
    if ground_id:
        raise Invalid(
            _("You chose to release this entry and also a ground for withholding it. Clear one of the two."), "ground"
        )
    if passages:
        raise Invalid(
            _("You chose to release this entry whole, but passages are marked. Clear them, or choose to sever."),
            "passages",
        )


def _ground(profile: Profile, ground_id: str | None, enabled: Collection[str]) -> Ground:
    if not ground_id:
        raise Invalid(_("Choose the lawful ground. Without one, the entry has to be released."), "ground")
    ground = profile.ground(ground_id)
    if ground not in enabled_grounds(profile, enabled):
        raise Invalid(_(ground.off_reason), "ground")
    return ground


def _check_severing(ground: Ground, passages: int) -> None:
    if passages < 1:
        raise Invalid(
            _("Mark at least one passage to take out, or choose to release or withhold the entry."), "passages"
        )
    if not ground.severable:
        raise Invalid(_("This ground covers a whole entry. Choose another ground, or withhold the entry."), "ground")


def _check_harm(ground: Ground, decision: Decision, evidence: HarmEvidence) -> None:
    _check_risk(ground, evidence.who_at_risk)
    said: dict[frozenset[str], str] = {}
    for name, question in HARM_QUESTIONS.items():
        text = getattr(evidence, name)
        if name == "why_not_severing" and decision is Decision.SEVER and not text.strip():
            continue  # severing is enough: that is what was chosen
        words = _check_answer(name, text, question, ground)
        if words and words in said:
            raise Invalid(_("Two of your answers say the same. %(asked)s", asked=_(question.asked)), name)
        said[words] = name


def _check_risk(ground: Ground, who: str) -> None:
    if who not in RISKS:
        raise Invalid(_("Say who is at risk: the patient or somebody else."), "who_at_risk")
    if who != ground.who_at_risk:
        raise Invalid(
            _(
                "The ground you chose is about harm to %(meant)s, but you say that %(said)s is at risk. Change one of "
                "the two.",
                meant=_(RISKS[ground.who_at_risk or ""]),
                said=_(RISKS[who]),
            ),
            "who_at_risk",
        )


def _check_answer(name: str, text: str, question: _Question, ground: Ground) -> frozenset[str]:
    """The author's own words in an answer; ``Invalid`` when it is empty, too long, or only says the test again."""
    asked = _(question.asked)
    if not text.strip():
        raise Invalid(asked, name)
    if len(text) > LONGEST_ANSWER:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_ANSWER), name)
    words = own_words(text, ground)
    if len(words) < question.least_own_words and not (name == "why_not_severing" and says_of_all(text)):
        example = _(question.example or ground.example)
        if words:
            raise Invalid(
                _("This does not say enough yet. %(asked)s For example: “%(example)s”", asked=asked, example=example),
                name,
            )
        raise Invalid(
            _(
                "This only repeats the words of the law. %(asked)s For example: “%(example)s”",
                asked=asked,
                example=example,
            ),
            name,
        )
    return words
