"""What the next page says on top: what happened, and what comes next. Never anything personal: it waits in a cookie."""

from flask import flash


def tell(what: str, then: str = "", kind: str = "done") -> None:
    """Say it on the page that is shown next; ``kind`` is ``done`` or ``problem``."""
    flash((what, then), kind)  # type: ignore[arg-type]  # any JSON value will do, and layouts/notices.html takes two
