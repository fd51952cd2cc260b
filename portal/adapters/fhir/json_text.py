"""Reads JSON strictly and keeps, for each resource, its own text as it stood in the file."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from portal.adapters.fhir.entries import BROKEN, EMPTY, Entry
from portal.adapters.fhir.shapes import Number, Resource, words_at
from portal.domain.errors import Invalid
from portal.domain.words import _

# No measurement has more figures; a longer number is there to keep a computer busy.
LONGEST_NUMBER = 100
DEEPEST_BUNDLE = 5

_WHITE = re.compile(r"[ \t\n\r]*")
_BUNDLE = re.compile(r'"resourceType"\s*:\s*"Bundle"')
_NAME = re.compile(r'"([A-Za-z]+)"[ \t\n\r]*:[ \t\n\r]*')
_BROKEN_OFF = re.compile(r"[-+.\w]{0,20}\Z")
_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")


class _Odd(ValueError):
    """JSON that Python would take and FHIR does not; the sentence says what it is."""


def _number(text: str) -> Number:
    if len(text) > LONGEST_NUMBER:
        raise _Odd(_("it holds a number with %(n)s figures", n=len(text)))
    return Number(text)


def _constant(text: str) -> NoReturn:
    raise _Odd(_("it holds %(text)s where a number belongs", text=text))


def _once(pairs: list[tuple[str, Any]]) -> Resource:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Odd(_("it says “%(name)s” twice in the same place, and one of the two would be lost", name=twice[:60]))
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_number, parse_int=_number, parse_constant=_constant)


class JsonText:
    """The text of one file, read value by value."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._whole = len(text.rstrip())
        self._next_bundle = -1

    def entries(self) -> Iterator[tuple[Resource | None, list[Entry]]]:
        """Each JSON value of the file: a bundle with its entries, or (no bundle) one entry of its own."""
        at, number = self._skip(0), 0
        line, several = self.text.count("\n", 0, at) + 1, False
        while at < len(self.text):
            if self.text[at] != "{":
                self._refuse_start(at, number)
            number += 1
            value, end = self._top(at)
            following = self._skip(end)
            several = several or following < len(self.text)
            yield self._taken(value, at, end, line if several else 0)
            line += self.text.count("\n", at, following)
            at = following

    def _taken(self, value: Resource, at: int, end: int, line: int) -> tuple[Resource | None, list[Entry]]:
        if isinstance(value, _Bundle):
            return value, value.entries
        return None, [Entry(self.file, line, True, value, self.text[at:end])]

    def _top(self, at: int) -> tuple[Resource, int]:
        # Only a bundle is taken apart piece by piece; looking for the word is much quicker than doing so for all.
        if self._next_bundle < at:
            found = _BUNDLE.search(self.text, at)
            self._next_bundle = found.start() if found else len(self.text)
        return self._bundle(at, 0) if self._next_bundle < len(self.text) else self._value(at, None)

    def _bundle(self, at: int, depth: int) -> tuple[Resource, int]:
        if depth > DEEPEST_BUNDLE:
            raise Invalid(_("%(file)s holds bundles inside bundles without end.", file=self.file))
        bundle = _Bundle()

        def member(name: str, start: int) -> int:
            if name == "entry" and self.text[start : start + 1] == "[":
                bundle[name], end = self._entry_list(bundle, start, depth)
            else:
                bundle[name], end = self._value(start, None)
            return end

        end = self._members(at, member)
        if bundle.get("resourceType") == "Bundle":
            return bundle, end
        return dict(bundle), end

    def _entry_list(self, bundle: "_Bundle", at: int, depth: int) -> tuple[list[Any], int]:
        listed: list[Any] = []
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "]":
            return listed, at + 1
        while True:
            entry, at = self._entry(bundle, at, len(listed) + 1, depth)
            listed.append(entry)
            at = self._skip(at)
            if self.text[at : at + 1] == "]":
                return listed, at + 1
            at = self._skip(self._expect(at, ","))

    def _entry(self, bundle: "_Bundle", at: int, number: int, depth: int) -> tuple[Any, int]:
        if self.text[at : at + 1] != "{":
            value, end = self._value(at, number)
            bundle.entries.append(Entry(self.file, number, False, {}, self.text[at:end], state=BROKEN))
            return value, end
        parts: Resource = {}
        spans: dict[str, tuple[int, int]] = {}

        def member(name: str, start: int) -> int:
            parts[name], end = (
                self._resource(start, number, depth) if name == "resource" else self._value(start, number)
            )
            spans[name] = (start, end)
            return end

        end = self._members(at, member)
        self._keep(bundle, parts, spans, number, (at, end))
        return parts, end

    def _resource(self, at: int, number: int, depth: int) -> tuple[Any, int]:
        value, end = self._value(at, number)
        if isinstance(value, dict) and value.get("resourceType") == "Bundle":
            return self._bundle(at, depth + 1)
        return value, end

    def _keep(
        self, bundle: "_Bundle", parts: Resource, spans: dict[str, tuple[int, int]], number: int, whole: tuple[int, int]
    ) -> None:
        resource = parts.get("resource")
        if isinstance(resource, _Bundle):
            bundle.entries += resource.entries
            return
        start, end = spans.get("resource", whole)
        state = "" if isinstance(resource, dict) else EMPTY if resource is None else BROKEN
        full_url = words_at(parts, "fullUrl")
        taken = resource if isinstance(resource, dict) else {}
        bundle.entries.append(Entry(self.file, number, False, taken, self.text[start:end], full_url, state))

    def _members(self, at: int, member: Callable[[str, int], int]) -> int:
        """Calls ``member`` with the name of each member of the object at ``at`` and where its value starts."""
        seen: set[str] = set()
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "}":
            return at + 1
        while True:
            quick = _NAME.match(self.text, at)
            if quick is not None:
                name, at = quick.group(1), quick.end()
            elif self.text[at : at + 1] != '"':
                self._refuse(at)
            else:
                name, at = self._value(at, None)
                at = self._skip(self._expect(self._skip(at), ":"))
            if name in seen:
                self._odd(
                    _Odd(_("it says “%(name)s” twice in the same place, and one of the two would be lost", name=name))
                )
            seen.add(name)
            at = self._skip(member(name, at))
            if self.text[at : at + 1] == "}":
                return at + 1
            at = self._skip(self._expect(at, ","))

    def _value(self, at: int, number: int | None) -> tuple[Any, int]:
        try:
            value, end = _DECODER.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            self._refuse(error.pos, error.msg.startswith("Unterminated"))
        except RecursionError:
            self._odd(_Odd(_("its parts are nested too deeply to be a record")), number)
        except _Odd as odd:
            self._odd(odd, number)
        if _HALF_LETTER.search(self.text, at, end) and not _whole_letters(value):
            self._odd(_Odd(_("it holds half of a letter, which cannot be written")), number)
        return value, end

    def _skip(self, at: int) -> int:
        found = _WHITE.match(self.text, at)
        return found.end() if found else at

    def _expect(self, at: int, sign: str) -> int:
        if self.text[at : at + 1] != sign:
            self._refuse(at)
        return at + 1

    def _odd(self, odd: _Odd, number: int | None = None) -> NoReturn:
        file = self.file
        if number is not None:
            raise Invalid(
                _("%(file)s, entry %(n)s: %(what)s. Export the record again.", file=file, n=number, what=odd.args[0])
            )
        raise Invalid(_("%(file)s: %(what)s. Export the record again.", file=file, what=odd.args[0]))

    def _refuse(self, at: int, unfinished: bool = False) -> NoReturn:
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        if unfinished or _BROKEN_OFF.match(self.text, at, self._whole):
            raise Invalid(
                _(
                    "%(file)s breaks off at line %(line)s, column %(column)s, before the record is complete."
                    " Export or copy the file again.",
                    file=self.file,
                    line=line,
                    column=column,
                )
            )
        raise Invalid(
            _(
                "%(file)s is not proper JSON at line %(line)s, column %(column)s. Export the record again,"
                " and do not edit the file by hand.",
                file=self.file,
                line=line,
                column=column,
            )
        )

    def _refuse_start(self, at: int, number: int) -> NoReturn:
        if number:
            self._refuse(at)
        if self.text[at] == "[":
            raise Invalid(
                _("%(file)s is a bare list, and FHIR comes as a Bundle or as NDJSON. Export it as one.", file=self.file)
            )
        raise Invalid(
            _("%(file)s is not FHIR in JSON. Export the record as FHIR R4, in JSON or NDJSON.", file=self.file)
        )


class _Bundle(dict[str, Any]):
    """A bundle with its entries, each with its own text."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []


def _whole_letters(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
