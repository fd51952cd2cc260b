"""What is on a page and whether it is a good one: every page a test reads is checked before the test sees it."""

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SVG_VOID = {"path", "circle", "rect", "line", "polyline", "polygon", "ellipse", "use", "stop"}
MARKUP = re.compile(r"</?(span|br|p|a|strong|em|abbr|div|li)\b[^>]*>")
TYPED = {"text", "email", "tel", "password", "number", "search", "date", "file", "radio", "checkbox", None}


class Page(HTMLParser):
    """A page taken apart, with what is wrong with it in ``faults``."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.forms: list[dict[str, str | None]] = []
        self.tokens = 0
        self.headings: list[str] = []
        self.title = ""
        self.language: str | None = None
        self._wrapped = 0
        self._in_title = False
        self.feed(text)
        self.close()
        self._judge()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        facts = dict(attributes)
        if tag not in VOID and tag not in SVG_VOID:
            self.open.append(tag)
        if "id" in facts:
            self.ids.append(facts["id"] or "")
        if "style" in facts:
            self.faults.append(f"an inline style on <{tag}>")
        self.faults.extend(f"an inline handler {name} on <{tag}>" for name in facts if name.startswith("on"))
        if tag == "script" and "src" not in facts and facts.get("type") != "application/json":
            self.faults.append("an inline script")
        if tag == "style":
            self.faults.append("an inline style sheet")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        self._note(tag, facts)

    def _note(self, tag: str, facts: dict[str, str | None]) -> None:
        if tag == "html":
            self.language = facts.get("lang")
        elif tag == "title" and "svg" not in self.open:
            self._in_title = True
        elif tag == "label":
            self.labels.add(facts.get("for") or "")
            self._wrapped += 1
        elif tag == "form":
            self.forms.append(facts)
        elif tag == "img" and "alt" not in facts:
            self.faults.append("a picture without a text")
        if tag == "input" and facts.get("name") == "csrf_token":
            self.tokens += 1
        if tag in ("input", "select", "textarea") and facts.get("type") in TYPED and not self._wrapped:
            self.fields.append(facts)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID and tag not in SVG_VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag in SVG_VOID:
            return
        if tag == "title":
            self._in_title = False
        if tag == "label":
            self._wrapped -= 1
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if MARKUP.search(data) and not {"script", "pre", "textarea"} & set(self.open):
            self.faults.append(f"markup is shown as text: {data.strip()[:60]}")

    def _judge(self) -> None:
        if self.open:
            self.faults.append(f"left open: {self.open}")
        if not self.title.strip():
            self.faults.append("no title")
        if self.headings.count("h1") != 1:
            self.faults.append(f"{self.headings.count('h1')} main headings")
        if not self.language:
            self.faults.append("no language")
        doubled = {name for name in self.ids if self.ids.count(name) > 1}
        if doubled:
            self.faults.append(f"ids used twice: {sorted(doubled)}")
        posts = [form for form in self.forms if (form.get("method") or "").lower() == "post"]
        if len(posts) > self.tokens:
            self.faults.append(f"{len(posts)} forms that change something, {self.tokens} tokens")
        for field in self.fields:
            named = field.get("id") in self.labels or field.get("aria-label") or field.get("aria-labelledby")
            if not named:
                self.faults.append(f"no label for {field.get('name')}")


# What no form of ours asks for and a forger would send: every form of every test carries it (security.md A1, A04).
FORGED = dict.fromkeys(
    """role roles_added owner_id patient_id account_id responsible_id reviewer_id approved_by status stage is_open
    fee_waived version_id""".split(),
    "forged-by-hand",
)
DRAWN = re.compile(r'name="drawn"[^>]* value="([^"]*)"')


class ReadingClient(FlaskClient):
    """A browser that refuses to hand over a page with something wrong in it.

    As a browser does, it sends a proof from a page that was drawn for it: the last one, or it opens it first.
    """

    drawn, drawn_at = "", ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        data = kwargs.get("data")
        if isinstance(data, dict) and {"proof", "passkey"} & set(data) and "drawn" not in data:
            kwargs["data"] = {**data, "drawn": self._draw(str(args[0]))}
        if isinstance(kwargs.get("data"), dict) and not str(args[0]).endswith("/left-form"):
            kwargs["data"] = {**FORGED, **kwargs["data"]}
        response = super().open(*args, **kwargs)
        if isinstance(kwargs.get("data"), dict) and "drawn" in kwargs["data"] and response.status_code == 303:
            self.drawn_at = ""  # it is used up: the page is opened anew before it is sent again
        if response.mimetype == "text/html" and (drawn := DRAWN.findall(response.get_data(as_text=True))):
            self.drawn, self.drawn_at = drawn[-1], response.request.path
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303):
            faults = Page(response.get_data(as_text=True)).faults
            assert not faults, f"{response.request.path}: {faults}"
        return response

    def _draw(self, path: str) -> str:
        """What the page of this form had; a page that has none leaves nothing to send."""
        if path != self.drawn_at:
            before, self.drawn = self.drawn, ""
            self.get(path)
            self.drawn = self.drawn or before  # the form may stand on a page at another address
        return self.drawn


def text_of(response: TestResponse) -> str:
    """The words of a page, blanks folded."""
    parser = _Words()
    parser.feed(response.get_data(as_text=True))
    return re.sub(r"\s+", " ", "".join(parser.words)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "template")
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "template")
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)
