"""Rules of the policy: yes-or-no questions about an actor and a thing, which join into others and say themselves."""

from collections.abc import Callable
from typing import Any

from portal.domain.actors import Actor, Role
from portal.domain.words import _


class Rule:
    """A yes-or-no question about an actor and a thing; rules join with ``&``, ``|`` and ``~``.

    ``because`` tells the person, in a sentence, why the answer is no, where there is more to say than that it is no.
    """

    def __init__(
        self, asks: Callable[[Actor, Any], bool], says: str, because: Callable[[Actor, Any], str] = lambda *_: ""
    ) -> None:
        self.asks = asks
        self.says = says
        self.because = because

    def __call__(self, actor: Actor, thing: Any) -> bool:
        return bool(self.asks(actor, thing))

    def __and__(self, other: "Rule") -> "Rule":
        both = f"{self.says}, {other.says}"
        return Rule(
            lambda a, t: self(a, t) and other(a, t), both, lambda a, t: self.because(a, t) or other.because(a, t)
        )

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(
            lambda a, t: self(a, t) or other(a, t),
            f"{self.says}, or {other.says}",
            lambda a, t: "" if self(a, t) or other(a, t) else self.because(a, t) or other.because(a, t),
        )

    def called(self, says: str) -> "Rule":
        """The same rule under a name of its own, for the documents."""
        return Rule(self.asks, says, self.because)

    def telling(self, sentence: str) -> "Rule":
        """The same rule with the sentence for whoever it refuses."""
        return Rule(self.asks, self.says, lambda a, t: "" if self(a, t) else _(sentence))

    def __invert__(self) -> "Rule":
        return Rule(lambda a, t: not self(a, t), f"not {self.says}")


def role(name: Role, says: str) -> Rule:
    return Rule(lambda actor, _: name in actor.roles, says)
