"""What a message is written with, on both sides: the text, a few files, and the form's own key."""

from typing import Any
from uuid import uuid4

from flask import request

from portal.domain import messages as rules
from portal.domain.errors import Invalid
from portal.domain.words import N_
from portal.services import messages
from portal.services.messages import Said
from portal.web.fields import Form, Hidden, LongText, Upload, required
from portal.web.typed_keys import read_key
from portal.web.work import edge

ACCEPTED = ".pdf,.jpg,.jpeg,.png"
FILES = ("file", "file2", "file3")
# As many files as may come, each as large as one may be, and the text.
MOST_BODY = 32 * 1024 * 1024


class MessageForm(Form):
    key = Hidden()
    seen = Hidden()
    text = LongText(
        N_("Your message"), [required(N_("Write your message first."))], limit=rules.limits().longest, rows=8
    )
    file = Upload(
        N_("A file, if you want to add one"),
        hint=N_("PDF, JPEG or PNG, up to 10 MB. If something else has to be put right, choose it again."),
        accept=ACCEPTED,
    )
    file2 = Upload(N_("A second file"), accept=ACCEPTED)
    file3 = Upload(N_("A third file"), accept=ACCEPTED)

    def draw_key(self) -> None:
        """A key of its own for a form that has none yet; one that comes back keeps its."""
        self.key.data = str(read_key(self.key.data) or uuid4())

    def said(self, looked: list[Any]) -> Said:
        return Said(self.text.data or "", read_key(self.key.data), looked, read_key(self.seen.data))


def allow_files(may: bool) -> None:
    """Three files are more than other forms may bring. Said before anything reads the body."""
    if may and request.method == "POST":
        request.max_content_length = MOST_BODY


def handed_in(form: MessageForm) -> tuple[list[Any], Invalid | None]:
    """The files, known by their content and cleaned, or what is wrong with one. It takes a while: nothing is locked."""
    if request.method != "POST":
        return [], None
    looked: list[Any] = []
    for name in FILES:
        sent = form[name].data
        if not sent:
            continue
        try:
            looked += messages.looked_at(edge().outside, [(sent.filename or "", sent.read())])
        except Invalid as no:
            return [], Invalid(no.sentence, name)
    return looked, None
