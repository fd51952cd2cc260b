"""How often and how much: FHIR's timings and dosages as a prescription label says them."""

from collections.abc import Iterator

from portal.adapters.fhir.amounts import duration_words, quantity_words, range_words
from portal.adapters.fhir.codes import concept_words, time_code
from portal.adapters.fhir.dates import date_words, span_words
from portal.adapters.fhir.shapes import Resource, each, words_at
from portal.domain.words import _, ngettext


def timing_words(timing: Resource) -> str:
    """``twice a day, in the morning, from 1 May 2024``."""
    repeat = timing.get("repeat")
    parts = [*_repeat_words(repeat if isinstance(repeat, dict) else {})]
    code = timing.get("code")
    if isinstance(code, dict):
        parts.insert(0, concept_words(code))
    parts += [date_words(event) or event for event in each(timing.get("event")) if isinstance(event, str)]
    return ", ".join(part for part in parts if part)


def _repeat_words(repeat: Resource) -> Iterator[str]:
    yield _often(repeat)
    yield from (time_code(when) for when in each(repeat.get("when")) if isinstance(when, str))
    yield from (_("on %(day)s", day=time_code(day)) for day in each(repeat.get("dayOfWeek")) if isinstance(day, str))
    yield from (_("at %(time)s", time=time[:5]) for time in each(repeat.get("timeOfDay")) if isinstance(time, str))
    if repeat.get("offset"):
        yield _("%(minutes)s minutes from it", minutes=repeat["offset"])
    if repeat.get("duration"):
        yield _("for %(time)s each time", time=_span(repeat, "duration"))
    if repeat.get("count"):
        yield _times(str(repeat["count"]), words_at(repeat, "countMax"))
    yield _bounds(repeat)


def _often(repeat: Resource) -> str:
    frequency = words_at(repeat, "frequency")
    most = words_at(repeat, "frequencyMax")
    unit, period = words_at(repeat, "periodUnit"), words_at(repeat, "period")
    if not frequency and not period:
        return ""
    every = _span(repeat, "period") or period
    if period == "1" and unit:
        return _each_unit(frequency or "1", most, unit)
    if frequency in ("", "1") and not most:
        return _("every %(time)s", time=every)
    if not period:
        return _times(frequency, most)
    return _("%(times)s every %(time)s", times=_times(frequency, most), time=every)


def _each_unit(frequency: str, most: str, unit: str) -> str:
    times = _times(frequency, most)
    if unit == "d":
        return _("%(times)s a day", times=times)
    if unit == "wk":
        return _("%(times)s a week", times=times)
    if unit == "mo":
        return _("%(times)s a month", times=times)
    if unit == "h":
        return _("%(times)s an hour", times=times)
    if unit == "a":
        return _("%(times)s a year", times=times)
    return _("%(times)s every %(time)s", times=times, time=duration_words("1", unit) or unit)


def _times(least: str, most: str) -> str:
    if most and most != least:
        return _("%(least)s to %(most)s times", least=least, most=most)
    if least == "1":
        return _("once")
    if least == "2":
        return _("twice")
    n = int(least) if least.isascii() and least.isdigit() and len(least) < 10 else 3
    return ngettext("once", "%(times)s times", n, times=least)


def _span(repeat: Resource, key: str) -> str:
    least, most = words_at(repeat, key), words_at(repeat, key + "Max")
    unit = words_at(repeat, key + "Unit")
    span = f"{least}–{most}" if most and most != least else least
    return duration_words(span, unit) or f"{span} {unit}".strip()


def _bounds(repeat: Resource) -> str:
    period, length, span = (repeat.get(f"bounds{kind}") for kind in ("Period", "Duration", "Range"))
    if isinstance(period, dict):
        return span_words(words_at(period, "start"), words_at(period, "end"))
    if isinstance(length, dict):
        return _("for %(time)s", time=quantity_words(length))
    if isinstance(span, dict):
        return _("for %(time)s", time=_range(span))
    return ""


def _range(value: Resource) -> str:
    low, high = (value.get(end) if isinstance(value.get(end), dict) else None for end in ("low", "high"))
    return range_words(low, high)
