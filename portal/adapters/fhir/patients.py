"""The patient of an export as the clinic will file them."""

from datetime import date

from portal.adapters.fhir.dates import day_of, is_whole_day
from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.narrative import clean
from portal.adapters.fhir.people import address_words, best_name
from portal.adapters.fhir.shapes import Resource, each, objects, words_at
from portal.domain.errors import Invalid
from portal.domain.record_items import ReadPatient
from portal.domain.words import _

LONGEST_NAME = 200
ANIMAL = "http://hl7.org/fhir/StructureDefinition/patient-animal"


def read_patient(entry: Entry, today: date) -> ReadPatient:
    """Raises Invalid for a patient without a name, without a whole birth date, born after ``today``, or an animal."""
    resource = entry.resource
    if any(words_at(one, "url") == ANIMAL for one in objects(resource.get("extension"))):
        raise Invalid(_("%(place)s is an animal. The portal keeps the records of people only.", place=entry.place))
    given, family = _names(entry)
    return ReadPatient(
        source_id=entry.source_id,
        given_name=given,
        family_name=family,
        birth_date=_birth_date(entry, today),
        identifiers=tuple(_identifiers(resource)),
        sex=words_at(resource, "gender") or None,
        email=_contact(resource, "email"),
        phone=_contact(resource, "phone"),
        address=_address(resource),
        language=_language(resource),
    )


def _names(entry: Entry) -> tuple[str, str]:
    name = best_name(entry.resource.get("name")) or {}
    given = clean(" ".join(part for part in each(name.get("given")) if isinstance(part, str))).strip()
    family = clean(words_at(name, "family")).strip()
    if not given and not family:
        given, _space, family = clean(words_at(name, "text")).strip().rpartition(" ")
    if max(len(given), len(family)) > LONGEST_NAME:
        raise Invalid(
            _(
                "%(place)s has a name of more than %(n)s letters."
                " Correct it in the clinic's system and export the record again.",
                place=entry.place,
                n=LONGEST_NAME,
            )
        )
    if not given and not family:
        raise Invalid(
            _(
                "%(place)s has no name. Add the name in the clinic's system and export the record again.",
                place=entry.place,
            )
        )
    return given, family


def _birth_date(entry: Entry, today: date) -> date:
    stated = entry.resource.get("birthDate")
    if not stated:
        problem = _("has no birth date")
    elif not is_whole_day(stated) or (born := day_of(stated)) is None:
        problem = _("has no whole birth date (%(date)s)", date=str(stated)[:40])
    elif born > today:
        problem = _("has a birth date in the future (%(date)s)", date=str(stated)[:40])
    else:
        return born
    raise Invalid(
        _(
            "%(place)s %(problem)s. Correct it in the clinic's system and export the record again.",
            place=entry.place,
            problem=problem,
        )
    )


def _identifiers(resource: Resource) -> list[str]:
    """Each number of the patient as ``system|value``, the way FHIR writes a number that is unique."""
    found = objects(resource.get("identifier"))
    return [clean(f"{words_at(one, 'system')}|{words_at(one, 'value')}") for one in found if words_at(one, "value")]


def _contact(resource: Resource, system: str) -> str | None:
    found = [one for one in objects(resource.get("telecom")) if words_at(one, "system") == system]
    current = [clean(words_at(one, "value")) for one in found if words_at(one, "use") != "old"]
    return next((value for value in current if value), None)


def _address(resource: Resource) -> str | None:
    order = {"home": 0, "": 1, "billing": 3, "old": 4}
    ranked = sorted(objects(resource.get("address")), key=lambda one: order.get(words_at(one, "use"), 2))
    plain = ({key: one for key, one in address.items() if key not in ("use", "period")} for address in ranked)
    return next((clean(words) for address in plain if (words := address_words(address))), None)


def _language(resource: Resource) -> str | None:
    """The code of the language the patient prefers, such as ``fr`` or ``en-CA``."""
    spoken = sorted(objects(resource.get("communication")), key=lambda one: one.get("preferred") is not True)
    for one in spoken:
        language = one.get("language")
        for coding in objects(language.get("coding")) if isinstance(language, dict) else ():
            if words_at(coding, "code"):
                return words_at(coding, "code")
    return None
