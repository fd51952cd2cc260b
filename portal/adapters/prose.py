"""Markdown as the clinic's administrator writes it, and HTML as a patient reads it: the little that a clause needs.

Paragraphs, lists, emphasis, links and headings of the third rank; nothing else has a meaning. HTML, pictures, tables
and code come out as the characters that were typed. A link leads to a page of the portal or to an https address;
any other comes out literal too. Places in braces are filled after the text was read, so that what fills them is never
Markdown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from portal.adapters.formats import unbroken
from portal.domain.privacy_policy import PLACE
from portal.domain.words import _, language

RULES = ("heading", "list", "emphasis", "link", "escape", "newline")
HEADING = "h3"  # the clause's own heading is of the second rank
OURS = re.compile(r"/(?![/\\])[^\s\\]*|#[\w-]+")
SECURE = re.compile(r"https://[^\s/\\@]+\.[^\s/\\@]+(/\S*)?")
TAG = re.compile(r"<[a-zA-Z!/?][^>\n]*>?")
LINK = re.compile(r"\[[^\]\n]*\]\(\s*<?([^)\s>]*)")
TYPED_BLANK = re.compile(r"(?<=\S) (?=[:»])|(?<=«) ")  # as it is typed where French wants one that does not break
SHOWN = 60  # characters of what was written, in a sentence about it


def to_html(text: str, places: Mapping[str, str]) -> Markup:
    """``text`` as a patient reads it, its places filled. A place that nothing fills stays as it was written."""
    return Markup(_READER.render(text, {"places": places}))  # noqa: S704 - escaped token by token


def faults(text: str) -> list[str]:
    """What has to be put right in ``text`` before it is published, a sentence each."""
    return [*_headings(_READER.parse(text)), *_links(text), *_tags(text)]


def _headings(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "heading_open" and token.tag != HEADING:
            yield _("Begin a heading inside a clause with three signs, like this: ### A heading")


def _links(text: str) -> Iterator[str]:
    for found in LINK.finditer(text):
        if not allowed(found[1]):
            yield _(
                "A link leads to a page of the portal, such as /access-requests, or to an address that begins with "
                "https://. This one does not: %(address)s",
                address=found[1][:SHOWN] or "( )",
            )


def _tags(text: str) -> Iterator[str]:
    for found in TAG.finditer(text):
        yield _(
            "HTML has no meaning here; people would read its signs. Take this out: %(signs)s", signs=found[0][:SHOWN]
        )


def allowed(address: str) -> bool:
    """Whether a link may lead there: to a page of ours, or to an https address with no name or password in it."""
    return bool(OURS.fullmatch(address) or SECURE.fullmatch(address))


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable(list(RULES))
    reader.validateLink = allowed  # type: ignore[method-assign, assignment]
    reader.add_render_rule("text", _text)
    reader.add_render_rule("heading_open", _heading)
    reader.add_render_rule("heading_close", _heading)
    reader.add_render_rule("link_open", _link)
    return reader


def _text(_self: Any, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    parts = PLACE.split(tokens[index].content)
    filled = [
        unbroken(env["places"].get(part, f"{{{part}}}")) if n % 2 else escape(_tied(part))
        for n, part in enumerate(parts)
    ]
    return str(Markup().join(filled))


def _tied(text: str) -> str:
    """Nobody types the hard blank before a colon and inside guillemets; a line does not begin with a colon for that."""
    return TYPED_BLANK.sub("\u00a0", text) if language().startswith("fr") else text


def _heading(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return f"<{HEADING}>" if tokens[index].nesting == 1 else f"</{HEADING}>\n"


def _link(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return str(Markup('<a href="{}">').format(tokens[index].attrGet("href") or ""))


_READER = _reader()
