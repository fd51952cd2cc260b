"""Which ways a letter takes, by the patient's plan and what is open.

Every letter of the clinic has at least one way. Where none is open there is a task instead, never nothing.
"""

from dataclasses import dataclass

from portal.domain.dispatches import CARRIED, Way


@dataclass(frozen=True)
class Reader:
    """Who is to read a letter, and which ways to her are open now.

    ``channel`` is the way she likes best (``contact.toml``), ``delivery`` how she asked for the answer of this case.
    ``mailed``: the law wants the letter posted, whatever else she reads it by.
    """

    signs_in: bool = False
    gets_email: bool = False
    has_address: bool = False
    has_phone: bool = False
    watched: bool = False
    channel: str = ""
    delivery: str = ""
    outside: bool = False
    mailed: bool = False
    has_fax: bool = False


@dataclass(frozen=True)
class Planned:
    """A way a letter takes, and why; ``problem`` when somebody has to do something before it can."""

    way: Way
    why: str
    problem: str = ""


def ways(reader: Reader) -> tuple[Planned, ...]:
    """The ways of a letter, by what is open. Never empty: where no way is, there is a task instead."""
    if reader.mailed:
        in_portal = (Planned(Way.PORTAL, "reads_here"),) if reader.signs_in else ()
        return (*in_portal, Planned(Way.POST, "law", "" if reader.has_address else "no_safe_way"))
    if reader.outside:
        return (Planned(Way.POST, "outside", "" if reader.has_address else "no_address"),)
    found = [Planned(Way.PORTAL, "reads_here")] if reader.signs_in else []
    found += _asked(reader)
    if not reader.signs_in and not any(_is_told(reader, each) for each in found):
        found.append(Planned(Way.POST, "no_account", "" if reader.has_address else "no_way"))
    if reader.signs_in and len(found) == 1 and not reader.gets_email and reader.channel != Way.PORTAL:
        found += _instead_of_email(reader)
    return tuple(found)


def _is_told(reader: Reader, planned: Planned) -> bool:
    """Whether this way comes to her. What lies at the desk does not, unless she said that she comes for this letter."""
    return planned.way in (*CARRIED, Way.FAX) or (planned.way == Way.COUNTER and reader.delivery == "pick_up")


def _asked(reader: Reader) -> list[Planned]:
    """What she asked for in her plan, or for this very case, as far as it is open."""
    found = []
    if reader.has_address and Way.POST in (reader.channel, reader.delivery):
        found.append(Planned(Way.POST, "asked"))
    if reader.delivery == Way.FAX and reader.has_fax:
        found.append(Planned(Way.FAX, "asked"))
    if "pick_up" in (reader.channel, reader.delivery):
        found.append(Planned(Way.COUNTER, "asked"))
    if reader.channel == Way.PHONE and reader.has_phone:
        found.append(Planned(Way.PHONE, "asked"))
    return found


def _instead_of_email(reader: Reader) -> list[Planned]:
    """Nothing tells her that a letter waits. While she may be watched she looks when it is safe: nobody writes."""
    if reader.has_address:
        return [Planned(Way.POST, "no_email")]
    if reader.has_phone:
        return [Planned(Way.PHONE, "no_email")]
    return [] if reader.watched else [Planned(Way.POST, "no_email", "no_way")]
