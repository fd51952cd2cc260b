"""A key that comes back from a form: read, or taken for none. What is no key is no reason for a fault."""

from uuid import UUID


def read_key(text: str | None) -> UUID | None:
    """The key that ``text`` says, or None."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
