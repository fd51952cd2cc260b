"""Assessments that somebody else than the patient asked for: part of the record, but looked at twice."""

from collections.abc import Iterator
from dataclasses import replace

from portal.domain.blackening import stands_in
from portal.domain.jurisdictions import Profile
from portal.domain.record_items import Field, Reading, ReadItem
from portal.domain.words import _


def flagged(profile: Profile, reading: Reading) -> Reading:
    """The reading, with every item that looks like such a report flagged, beside what else speaks for a second look."""
    return replace(reading, items=tuple(_flagged(profile, item) for item in reading.items))


def _flagged(profile: Profile, item: ReadItem) -> ReadItem:
    rule = profile.third_party_reports
    if item.resource_type not in rule.resource_types:
        return item
    facts = list(_facts(item))
    sign = next((sign for sign in rule.signs if any(stands_in(sign, (fact,), whole=True) for fact in facts)), None)
    if sign is None:
        return item
    told = _(rule.words) % {"sign": sign}
    return replace(item, concerns=f"{item.concerns} {told}" if item.concerns else told)


def _facts(item: ReadItem) -> Iterator[str]:
    """What the entry is called and its labelled facts: who wrote it, what kind it is. Running text only mentions."""
    yield item.title
    yield from (block.text for block in item.blocks if isinstance(block, Field))
