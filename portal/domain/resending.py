"""A form that comes a second time: the same again is one act, and something else is never lost (decision 0181)."""

from portal.domain.errors import SentBefore
from portal.domain.words import _


def must_be_the_same(same: bool) -> None:
    """Raise SentBefore when a form that was sent already says something else now."""
    if not same:
        raise SentBefore(
            _("You sent this page before with something else on it, so this is not sent yet. Send it again to add it.")
        )
