"""Who outside the clinic may receive something: what kind of recipient, and what an entry of the directory needs."""

from enum import StrEnum

from portal.domain.errors import Invalid
from portal.domain.words import N_, _

SHORTEST_NAME = 3


class Kind(StrEnum):
    PROVIDER = "provider"
    HEALTH_PLAN = "health_plan"
    INSURER = "insurer"
    EMPLOYER = "employer"
    LAWYER = "lawyer"
    PUBLIC_BODY = "public_body"
    POLICE = "police"
    COURT = "court"
    RESEARCHER = "researcher"
    TEACHING = "teaching"
    PUBLISHER = "publisher"
    CLINIC = "clinic"
    PERSON = "person"
    SERVICE = "service"


KIND_NAMES = {
    Kind.PROVIDER: N_("a health professional, hospital, laboratory or pharmacy"),
    Kind.HEALTH_PLAN: N_("a public health plan"),
    Kind.INSURER: N_("an insurer"),
    Kind.EMPLOYER: N_("an employer"),
    Kind.LAWYER: N_("a lawyer"),
    Kind.PUBLIC_BODY: N_("a public body"),
    Kind.POLICE: N_("the police"),
    Kind.COURT: N_("a court or tribunal"),
    Kind.RESEARCHER: N_("a research team"),
    Kind.TEACHING: N_("a school or course"),
    Kind.PUBLISHER: N_("a journal or publisher"),
    Kind.CLINIC: N_("the clinic itself, such as its website"),
    Kind.PERSON: N_("a relative, friend or other person"),
    Kind.SERVICE: N_("a company that works for the clinic"),
}


def check(name: str, kind: str, address: str) -> None:
    """Raise Invalid unless letters can reach this recipient: who it is, of what kind, and where."""
    if len(name.strip()) < SHORTEST_NAME:
        raise Invalid(_("Write the recipient's full name, as it stands on an envelope."), "name")
    if kind not in set(Kind):
        raise Invalid(_("Choose what kind of recipient this is."), "kind")
    if len([line for line in address.splitlines() if line.strip()]) < 2:
        raise Invalid(
            _(
                "Write the recipient's postal address, street and town on lines of their own. After a withdrawal "
                "we write to it."
            ),
            "address",
        )
