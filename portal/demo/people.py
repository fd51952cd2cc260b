"""Who signs in to the demo clinic, and what is already under way there: plain data for the demo's loader.

Everybody is made up. Telephone numbers come from the 555-01xx block kept for fiction, addresses of mail end in
``.example``, personal health numbers fail their own check digit, and licence numbers are longer than real ones.
"""

from dataclasses import dataclass
from datetime import date

PASSWORD = "demo-portal-2026"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class Person:
    """One account. ``roles`` are the values of ``portal.domain.actors.Role``; ``responsible`` is a physician's e-mail.

    ``address`` has a line each. ``patient_number`` is the clinic's own number and ``health_number`` the province's;
    both are empty for people who have no file. ``record`` names the bundle under
    ``portal/demo/records`` that tells the history.
    """

    email: str
    roles: frozenset[str]
    given_name: str
    family_name: str
    title: str = ""
    licence: str = ""
    birth_date: date | None = None
    sex: str = ""
    patient_number: str = ""
    health_number: str = ""
    address: str = ""
    phone: str = ""
    language: str = "en"
    responsible: str = ""
    record: str = ""

    @property
    def full_name(self) -> str:
        """The name as it stands on letters, with "Dr" for physicians."""
        name = f"{self.given_name} {self.family_name}"
        return f"Dr {name}" if "physician" in self.roles else name


@dataclass(frozen=True)
class Representation:
    """Who may act for whom, on what paper, for what, and until when (``None``: until it is taken back).

    ``power``, ``proofs`` and ``how`` are ids of the jurisdiction's file, ``rights`` values of ``portal.domain.rights``;
    ``paper`` is what the scanned paper says.
    """

    representative: str
    patient: str
    power: str
    rights: tuple[str, ...]
    paper_title: str
    paper: str
    proofs: tuple[str, ...]
    how: str
    note: str
    checked_by: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class OpenRequest:
    """An access request that is under way when the demo starts, in the patient's own words.

    ``mode``, ``delivery`` and ``channel`` are values of the enums in ``portal.domain.access_requests``;
    ``received_days_ago`` counts calendar days back from the day the demo is loaded.
    """

    patient: str
    mode: str
    delivery: str
    channel: str
    scope: str
    words: str
    needs: str
    language: str
    received_days_ago: int
    message: str
    answer: str


@dataclass(frozen=True)
class PastDisclosure:
    """One line of the accounting of disclosures: who received what about a patient, when, why and on what footing."""

    patient: str
    recipient: str
    recipient_address: str
    disclosed_on: date
    what: str
    purpose: str
    footing: str
    how: str


_PATIENT = frozenset({"patient"})

PEOPLE = (
    Person(
        email="amina@patients.example",
        roles=_PATIENT,
        given_name="Amina",
        family_name="Haddad",
        birth_date=date(1991, 5, 17),
        sex="female",
        patient_number="P-004117",
        health_number="9698 441 702",
        address="12-418 Machleary Lane\nNanaimo BC  V9R 0X4",
        phone="250-555-0117",
        responsible="femi@clinic.example",
        record="amina.json",
    ),
    Person(
        email="ben@patients.example",
        roles=_PATIENT,
        given_name="Ben",
        family_name="Lindqvist",
        birth_date=date(1989, 2, 27),
        sex="male",
        address="12-418 Machleary Lane\nNanaimo BC  V9R 0X4",
        phone="250-555-0118",
    ),
    Person(
        email="cora@patients.example",
        roles=_PATIENT,
        given_name="Cora",
        family_name="Whitfield",
        birth_date=date(1958, 11, 30),
        sex="female",
        patient_number="P-005388",
        health_number="9698 207 315",
        address="77 Arbutus Spit Road\nLadysmith BC  V9G 0Z2",
        phone="250-555-0142",
        responsible="lena@clinic.example",
        record="cora.json",
    ),
    Person(
        email="mei@patients.example",
        roles=_PATIENT,
        given_name="Mei",
        family_name="Leung",
        birth_date=date(2001, 8, 9),
        sex="female",
        patient_number="P-006230",
        health_number="9698 530 928",
        address="305-1260 Seabird Crescent\nNanaimo BC  V9S 0Y7",
        phone="250-555-0163",
        responsible="femi@clinic.example",
        record="mei.json",
    ),
    Person(
        email="dov@clinic.example",
        roles=frozenset({"front_office"}),
        given_name="Dov",
        family_name="Levin",
        title="Medical office assistant",
        phone="250-555-0100",
    ),
    Person(
        email="femi@clinic.example",
        roles=frozenset({"physician"}),
        given_name="Femi",
        family_name="Adeyemi",
        title="Dermatologist",
        licence="CPSBC 9900417",
        phone="250-555-0100",
    ),
    Person(
        email="lena@clinic.example",
        roles=frozenset({"physician"}),
        given_name="Lena",
        family_name="Hartmann",
        title="Dermatologist",
        licence="CPSBC 9900523",
        phone="250-555-0100",
    ),
    Person(
        email="esi@clinic.example",
        roles=frozenset({"administrator"}),
        given_name="Esi",
        family_name="Owusu",
        title="Office administrator and privacy contact",
        phone="250-555-0101",
    ),
)

REPRESENTATIONS = (
    Representation(
        representative="ben@patients.example",
        patient="amina@patients.example",
        power="representation_agreement",
        rights=("ask", "download", "record", "access_log", "disclosures", "consent"),
        paper_title="Representation agreement",
        paper="I, Amina Haddad, born 17 May 1991, name my husband, Ben Lindqvist, as my representative.\n\n"
        "He may ask for, receive and look at my health information, see to whom it was given, and give or take back "
        "consent to sharing it. He may not complain in my name, and he may not have my record changed.\n\n"
        "Signed by Amina Haddad and Ben Lindqvist before two witnesses on 12 June 2026.",
        proofs=("signed_request", "status", "identity"),
        how="original_seen",
        note="Original of the agreement and his driver's licence seen at the counter by Esi Owusu.",
        checked_by="esi@clinic.example",
        since=date(2026, 6, 19),
    ),
)

OPEN_REQUESTS = (
    OpenRequest(
        patient="amina@patients.example",
        mode="copy",
        delivery="download",
        channel="portal",
        scope="everything",
        words="I would like a copy of everything you hold about me since my first visit in October 2017: the doctors' "
        "notes, all blood tests, the pathology report about the mole on my back, the patch test, the photographs, "
        "and letters that other people wrote about me, including the report for my insurer. We may move to the "
        "mainland next year and I want my new doctors to have the whole story.",
        needs="The photographs in colour, please. Large print is not needed.",
        language="en",
        received_days_ago=9,
        message="Will the photographs from before 2019 be in it as well? I think those were taken with the old camera.",
        answer="Yes. Every photograph in your file is part of your record, the oldest ones too. We have put them with "
        "the rest for Dr Adeyemi to look through.",
    ),
)

DISCLOSURES = (
    PastDisclosure(
        patient="amina@patients.example",
        recipient="Mid-Island Dermatopathology",
        recipient_address="4-2210 Estevan Row\nNanaimo BC  V9S 0X9",
        disclosed_on=date(2018, 4, 11),
        what="Skin specimen from the left upper back, with name, birth date, health number and clinical history",
        purpose="Examination of the removed mole",
        footing="Implied consent: a provider involved in her care",
        how="Courier, with the requisition",
    ),
    PastDisclosure(
        patient="amina@patients.example",
        recipient="Dr Kiran Dhillon, Harbourview Family Practice",
        recipient_address="201-95 Wharfside Street\nNanaimo BC  V9R 0W1",
        disclosed_on=date(2021, 1, 14),
        what="Letter on starting methotrexate, with the plan for blood tests",
        purpose="Shared care with the family doctor",
        footing="Implied consent: a provider involved in her care",
        how="Fax to 250-555-0129",
    ),
    PastDisclosure(
        patient="amina@patients.example",
        recipient="Cedar Strait Mutual Insurance, disability claims",
        recipient_address="PO Box 1180\nVictoria BC  V8W 0Y3",
        disclosed_on=date(2023, 6, 2),
        what="Patch test result, visit notes of 8 March and 28 April 2023, hand photographs of 8 March 2023",
        purpose="Her claim for time away from work",
        footing="Her written consent of 26 May 2023, for this claim only",
        how="Registered post",
    ),
    PastDisclosure(
        patient="amina@patients.example",
        recipient="PharmaCare Special Authority",
        recipient_address="PO Box 4410\nVictoria BC  V8W 0P5",
        disclosed_on=date(2025, 3, 4),
        what="Severity scores, earlier treatments and the reason for asking for certolizumab pegol",
        purpose="Coverage of a medicine",
        footing="Her consent, given at the visit of 19 February 2025",
        how="Secure web form",
    ),
    PastDisclosure(
        patient="amina@patients.example",
        recipient="Medical Services Plan (billing)",
        recipient_address="PO Box 4420\nVictoria BC  V8W 0E7",
        disclosed_on=date(2026, 9, 30),
        what="Name, birth date, health number, date of the visit, fee item and diagnosis code",
        purpose="Payment for the visit of 30 September 2026",
        footing="Allowed without consent: billing the health plan",
        how="Electronic claim",
    ),
    PastDisclosure(
        patient="cora@patients.example",
        recipient="Dr Anand Pillai, Ladysmith Medical Centre",
        recipient_address="14 Coronation Mews\nLadysmith BC  V9G 0X8",
        disclosed_on=date(2025, 10, 22),
        what="Letter after treatment of the scalp and forehead",
        purpose="Shared care with the family doctor",
        footing="Implied consent: a provider involved in her care",
        how="Fax to 250-555-0151",
    ),
)


def person(email: str) -> Person:
    """The demo account with that sign-in; ``KeyError`` when there is none."""
    return {p.email: p for p in PEOPLE}[email]
