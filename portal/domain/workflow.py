"""The one way a case changes stage: a table of steps that buttons, services, documents and tests all read."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, NotPossible
from portal.domain.policy import Permission, allows, because
from portal.domain.words import _

Guard = Callable[[Any], str | None]


@dataclass(frozen=True)
class Step:
    """One row of a workflow: from which stages, to which (``None`` stays), who may, what must hold, what follows."""

    event: str
    sources: Collection[StrEnum]
    target: StrEnum | None
    may: Permission
    label: str
    guards: tuple[Guard, ...] = ()
    effects: tuple[str, ...] = ()
    reopens: bool = False  # takes up again what is over

    def why_not(self, case: Any) -> str | None:
        """The first reason, in words, why the step cannot be taken now."""
        return next((why for guard in self.guards if (why := guard(case))), None)


@dataclass(frozen=True)
class Offer:
    """A button: a step this person may take from here, and why it is grey when it is."""

    step: Step
    why_not: str | None

    @property
    def event(self) -> str:
        return self.step.event


class Workflow:
    def __init__(self, kind: str, stage_names: dict[Any, str], steps: Iterable[Step]) -> None:
        self.kind = kind
        self.stage_names = stage_names
        self.steps = tuple(steps)

    def offers(self, case: Any, actor: Actor) -> list[Offer]:
        """The steps this actor may take from here: the buttons on the page."""
        return [Offer(s, s.why_not(case)) for s in self.steps if case.stage in s.sources and allows(actor, s.may, case)]

    def barred(self, case: Any, actor: Actor) -> list[str]:
        """Why this actor may not take steps that follow from here, where the policy has a sentence for it."""
        here = (s.may for s in self.steps if case.stage in s.sources)
        return sorted({why for may in here if (why := because(actor, may, case))})

    def check(self, event: str, case: Any, actor: Actor) -> Step:
        """The step, or a no in words.

        Raises NotPossible when it does not follow from the stage or a guard says no, NotAllowed when it is somebody
        else's to do.
        """
        step = next((s for s in self.steps if s.event == event and case.stage in s.sources), None)
        if step is None:
            raise NotPossible(self._does_not_follow(event, case))
        if not allows(actor, step.may, case):
            told = because(actor, step.may, case)
            raise NotAllowed(told or _("This step is not yours to take. The page shows what you can do."))
        if why := step.why_not(case):
            raise NotPossible(why)
        return step

    def take(self, event: str, case: Any, actor: Actor) -> Step:
        """Move the case or say why it cannot move; the caller carries out the effects."""
        step = self.check(event, case, actor)
        if step.target is not None:
            case.stage = step.target
        return step

    def is_over(self, stage: str) -> bool:
        """Whether no step leads on from here."""
        return not any(stage in step.sources and not step.reopens for step in self.steps)

    def _does_not_follow(self, event: str, case: Any) -> str:
        label = next((s.label for s in self.steps if s.event == event), event)
        return _(
            "“%(step)s” cannot be done now: the case is at “%(stage)s”. Somebody may have moved it while you looked.",
            step=_(label),
            stage=_(self.stage_names[case.stage]),
        )
