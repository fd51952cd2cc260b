"""A FHIR R4 bundle under construction: fixed ids, references in either usual style, British Columbia's clock."""

import base64
import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

_LISTED = re.compile(r"- |\d+\. ")

Json = dict[str, Any]
Entry = dict[str, Any]

EMR = "https://emr.clinic.example/fhir"
_SEED = uuid5(NAMESPACE_URL, EMR)
_STANDARD, _SUMMER = "-08:00", "-07:00"
# The province stayed on its summer clock from this day on (law.md section 14).
_CLOCK_STAYS = date(2026, 3, 8)


class Bundle:
    """Collects resources about one patient.

    ``kind`` is ``transaction`` (entries named by ``urn:uuid``, as many systems export) or ``collection`` (entries named
    by their address, references relative). Things of the clinic keep the same id in every bundle.
    """

    def __init__(self, owner: str, kind: str, clinic: dict[str, list[Entry]]) -> None:
        self.owner = owner
        self.kind = kind
        self.clinic = clinic
        self.resources: list[Json] = []
        self._ids: dict[tuple[str, str], UUID] = {}
        self._names: dict[tuple[str, str], str] = {}

    def add(self, resource_type: str, key: str, facts: Json, *, shared: bool = False, name: str = "") -> Json:
        """Put a resource in; empty facts are left out. ``KeyError`` when ``key`` was used before for this type."""
        if (resource_type, key) in self._ids:
            raise KeyError(f"{self.owner} has {resource_type} {key} twice")
        identity = uuid5(_SEED, f"{'clinic' if shared else self.owner}/{resource_type}/{key}")
        self._ids[resource_type, key] = identity
        self._names[resource_type, key] = name
        kept = {k: v for k, v in facts.items() if v not in (None, "", [], {})}
        resource = {"resourceType": resource_type, "id": str(identity), **kept}
        self.resources.append(resource)
        return resource

    def ref(self, resource_type: str, key: str | None) -> Json | None:
        """A reference to what was added as ``key``, or nothing for no key."""
        if not key:
            return None
        identity = self._ids[resource_type, key]
        target = f"urn:uuid:{identity}" if self.kind == "transaction" else f"{resource_type}/{identity}"
        name = self._names[resource_type, key]
        return {"reference": target, "display": name} if name else {"reference": target}

    def shared(self, key: str) -> Entry:
        """The organization of that key, as the clinic's own story tells it."""
        return next(thing for thing in self.clinic["organization"] if thing["key"] == key)

    @property
    def patient(self) -> Json:
        return {"reference": (self.ref("Patient", "patient") or {})["reference"]}

    def as_json(self, made: str) -> Json:
        """The whole bundle, in the order of adding."""
        entries = []
        for resource in self.resources:
            if self.kind == "transaction":
                request = {"method": "POST", "url": resource["resourceType"]}
                entries.append({"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource, "request": request})
            else:
                entries.append({"fullUrl": f"{EMR}/{resource['resourceType']}/{resource['id']}", "resource": resource})
        identity = str(uuid5(_SEED, f"bundle/{self.owner}"))
        head = {"resourceType": "Bundle", "id": identity, "type": self.kind, "timestamp": made}
        return {**head, "entry": entries}


def instant(local: datetime) -> str:
    """A local time of the clinic with its offset: ``2021-01-13T09:40:00-08:00``."""
    return local.isoformat(timespec="seconds") + _offset(local.date())


def when(moment: date | datetime | str) -> str:
    """A FHIR date or date-time; a month or a year that is all anybody knows comes as text."""
    if isinstance(moment, str):
        return moment
    return instant(moment) if isinstance(moment, datetime) else moment.isoformat()


def later(start: datetime, minutes: int) -> str:
    return instant(start + timedelta(minutes=minutes))


def _offset(day: date) -> str:
    if day >= _CLOCK_STAYS:
        return _SUMMER
    begins, ends = _sunday(day.year, 3, 2), _sunday(day.year, 11, 1)
    return _SUMMER if begins <= day < ends else _STANDARD


def _sunday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))


def concept(text: str, system: str = "", code: str = "") -> Json:
    """Words, with a code where there is one."""
    if not code:
        return {"text": text}
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def coded(system: str, code: str, display: str = "") -> Json:
    """A bare code of FHIR's own lists."""
    coding = {"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}
    return {"coding": [{**coding, "display": display} if display else coding]}


def attachment(data: bytes, media_type: str, title: str, created: date | datetime) -> Json:
    """A file inside the bundle."""
    made = when(created)
    inline = base64.b64encode(data).decode("ascii")
    return {"contentType": media_type, "data": inline, "title": title, "size": len(data), "creation": made}


def running_text(text: str) -> str:
    """A story's text as one line a paragraph: wrapped lines are joined, lines of a list and empty lines stay."""
    paragraphs = []
    for block in text.strip().split("\n\n"):
        lines: list[str] = []
        for line in block.splitlines():
            if lines and not _LISTED.match(line):
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)
