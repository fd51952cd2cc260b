"""What a clause may hold, and that all else is read as it was typed."""

import re

import pytest

from portal.adapters.prose import allowed, faults, to_html
from portal.domain.words import speaking

FILLED = {"phone": "250-555-0100", "contact": "Esi <b>Owusu</b>", "contact_email": "_privacy_@clinic.example"}


def html(text: str) -> str:
    return str(to_html(text, FILLED)).strip()


def test_a_clause_has_paragraphs_lists_emphasis_links_and_small_headings() -> None:
    assert html("One.\n\nTwo **strong** *soft*.") == "<p>One.</p>\n<p>Two <strong>strong</strong> <em>soft</em>.</p>"
    assert html("- a\n- b") == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"
    assert html("1. a\n2. b").startswith("<ol>")
    assert html("### Why") == "<h3>Why</h3>"
    assert html("[ask](/access-requests/new)") == '<p><a href="/access-requests/new">ask</a></p>'
    assert html('[it](https://oipc.bc.ca/a "said")') == '<p><a href="https://oipc.bc.ca/a">it</a></p>'


SCRIPTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://elsewhere.example/x.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//elsewhere.example)",
    "[x](/\\elsewhere.example)",
    "[x](http://elsewhere.example)",
    "<https://elsewhere.example>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](/a"onmouseover="alert(1))',
    "`<b>`",
    "&lt;script&gt;",
    "<!-- a -->",
)


@pytest.mark.parametrize("text", SCRIPTS)
def test_scripts_and_markup_come_out_as_they_were_typed(text: str) -> None:
    shown = html(text)
    tags = set(re.findall(r"<([a-z0-9]+)", shown))
    assert tags <= {"p", "a"}
    assert not re.search(r"<[^>]*\s(on\w+|src|style)=", shown)
    assert all(allowed(found.replace("&#34;", "%22")) for found in re.findall(r'href="([^"]*)"', shown))
    assert "alert(1)" not in text or "alert(1)" in shown or "%22" in shown


PROBES = ("{{7*7}}", "${7*7}", "%(clinic)s", "{0.name}", "{% raw %}", "{phone.name}", "{nothing}", "%s")


@pytest.mark.parametrize("probe", PROBES)
def test_probes_of_templates_and_formats_come_out_literal(probe: str) -> None:
    assert html(probe) == f"<p>{probe}</p>"


def test_places_are_filled_and_what_fills_them_is_never_markup() -> None:
    assert html("Call {phone}.") == '<p>Call <span class="p-nowrap">250-555-0100</span>.</p>'
    assert html("{contact}") == "<p>Esi &lt;b&gt;Owusu&lt;/b&gt;</p>"
    assert html("{contact_email}") == "<p>_privacy_@clinic.example</p>"


def test_what_has_to_be_put_right_is_said_in_sentences() -> None:
    assert faults("Plain words, [a link](/policy) and [one](https://oipc.bc.ca).\n\n### A heading") == []
    assert "three signs" in faults("# Big")[0]
    assert "three signs" in faults("#### Small")[0]
    assert "javascript:alert(1" in faults("[x](javascript:alert(1))")[0]
    assert "https://" in faults("[x](http://clinic.example)")[0]
    assert "<b>" in faults("a <b>bold</b> word")[0]
    assert faults("2 < 3, and 4 > 3") == []


@pytest.mark.parametrize("address", ["/", "/access-requests/new", "#time", "https://www.oipc.bc.ca/for-the-public"])
def test_links_lead_to_our_pages_or_to_https(address: str) -> None:
    assert allowed(address)


@pytest.mark.parametrize("address", ["", "//x.example", "/\\x", "https://a@b.example", "https://", "ftp://a.b", "x"])
def test_and_nowhere_else(address: str) -> None:
    assert not allowed(address)


def test_a_long_and_deep_text_is_read_in_bounded_time() -> None:
    assert html("[" * 6000).startswith("<p>[[")
    assert html("- " * 3000)
    assert html("*" * 6000)


def test_french_keeps_the_blank_before_a_colon_and_inside_its_quotes() -> None:
    typed = "Un délai : 30 jours. Choisissez « consulter »."
    with speaking("fr"):
        assert html(typed) == "<p>Un délai\u00a0: 30 jours. Choisissez «\u00a0consulter\u00a0».</p>"
    assert html(typed) == f"<p>{typed}</p>", "other languages as they are typed"
