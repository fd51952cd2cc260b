"""A no, in words a person can read: the errors every layer above may raise and no view catches."""


class PortalError(Exception):
    """Something the person at the page, the command or the queue is told in one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Later(Exception):
    """A job cannot be done now, since something outside is out of reach: it is tried again for a day."""


class Hopeless(Exception):
    """The outside said no for good: trying the same again is of no use. No words for a person, but for a job."""


class NotFound(PortalError):
    """What one may not see does not exist (404)."""


class NotAllowed(PortalError):
    """What one may see but not do (403)."""


class NotPossible(PortalError):
    """What cannot be done now, with the reason (409)."""


class Invalid(PortalError):
    """What was filled in or handed over wrongly, with what to do about it (422, exit code 1).

    ``field`` names the form field at fault when there is one.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class SentBefore(Invalid):
    """A form that was sent already came again and says something else: nothing of it is kept (422).

    The page comes back with what was typed and a key of its own, so that the next press sends it.
    """


class TooManyTries(PortalError):
    """Too many attempts; ``retry_after`` says in how many seconds it is worth trying again (429)."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class TooBusy(PortalError):
    """Too much is asked of the portal at once, by whomever; ``retry_after`` as above (503)."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Changed(Exception):
    """A file outside is another one than was found, or somebody still writes it: it is left where it is."""
