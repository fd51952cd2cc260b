"""The one form by which the office asks a patient for a consent, or enters one that came on paper or in words."""

from typing import Any
from uuid import UUID

from portal.domain import purposes
from portal.domain.access_requests import Channel
from portal.domain.consent_terms import METHOD_NAMES, Evidence, Terms
from portal.domain.consents import Ends
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_
from portal.web.fields import Choice, Choices, Date, Form, LongText, Select, Text, Tick, Upload, required

WAYS = {
    Channel.PORTAL: N_("Ask the patient in the portal"),
    Channel.PAPER: N_("It was signed on paper"),
    Channel.PHONE: N_("It was given by telephone"),
    Channel.COUNTER: N_("It was given in words at the clinic"),
}
END_NAMES = {
    Ends.DATE: N_("On a day"),
    Ends.EVENT: N_("When something happens"),
    Ends.NONE: N_("It has no end, for a reason"),
}


class ConsentForm(Form):
    channel = Choice(
        N_("How is it given?"),
        [required(N_("Choose how the consent is given."))],
        choices=[(way.value, words) for way, words in WAYS.items()],
    )
    purpose = Select(N_("For what? A consent is for one purpose only."), [required(N_("Choose one purpose."))])
    recipients = Choices(N_("Who may receive it?"))
    categories = Choices(
        N_("What is it about?"), choices=[(each.value, CATEGORY_NAMES[each]) for each in CATEGORY_NAMES]
    )
    items = Choices(N_("Which pictures? For uses of pictures only."))
    ends = Choice(
        N_("When does it end?"),
        choices=[(each.value, words) for each, words in END_NAMES.items()],
        reveals={Ends.DATE.value: "expires_on"},
    )
    expires_on = Date(N_("Its last day"))
    ends_words = Text(N_("The event that ends it, or why it has no end"))
    asked_for = Text(purposes.DETAIL_NAMES["asked_for"])
    study = Text(purposes.DETAIL_NAMES["study"])
    researcher = Text(purposes.DETAIL_NAMES["researcher"])
    sponsor = Text(purposes.DETAIL_NAMES["sponsor"])
    ethics_board = Text(purposes.DETAIL_NAMES["ethics_board"])
    ethics_number = Text(purposes.DETAIL_NAMES["ethics_number"])
    ethics_ends = Date(purposes.DETAIL_NAMES["ethics_ends"])
    contact = Text(purposes.DETAIL_NAMES["contact"])
    ethics_contact = Text(purposes.DETAIL_NAMES["ethics_contact"])
    words = LongText(purposes.DETAIL_NAMES["words"], limit=1000, rows=4)
    giver = Text(N_("Who gave the consent?"), most=240)
    on = Date(N_("On which day?"))
    at = Text(N_("At what time?"), hint=N_("For example 14:30."), width=5)
    place = Text(N_("Where?"), hint=N_("For example: by telephone."))
    method = Choice(
        N_("How did you make sure who it was?"), choices=[(each.value, words) for each, words in METHOD_NAMES.items()]
    )
    read_out = Tick(N_("I read the wording for this purpose out, word for word"))
    questions = LongText(N_("What did the patient ask, and what did you answer?"), limit=2000, rows=4)
    witness = Text(N_("Witness, if there was one"))
    scan = Upload(
        N_("Scan of the signed form"), hint=N_("PDF, JPEG or PNG, up to 10 MB."), accept=".pdf,.jpg,.jpeg,.png"
    )

    def prepare(self, recipients: list[Any], pictures: list[tuple[str, str]]) -> None:
        """The choices that depend on the clinic and the patient."""
        implied = {each.id for each in purposes.every() if each.implied}
        known = [(each.id, each.title) for each in purposes.every() if each.id not in implied]
        self.purpose.choices = [("", N_("Choose")), *known]
        self.recipients.choices = [(str(each.id), each.name) for each in recipients]
        self.items.choices = pictures

    def terms(self, kinds: dict[UUID, str]) -> Terms:
        """What is asked, as plain values; ``kinds`` are the chosen recipients with their kinds."""
        needs = purposes.find(self.purpose.data or "").needs
        return Terms(
            purpose=self.purpose.data or "",
            recipients=kinds,
            categories=frozenset(Category(each) for each in self.categories.data or []),
            items=frozenset(UUID(each) for each in self.items.data or []),
            ends=self.ends.data or "",
            expires_on=self.expires_on.data,
            ends_words=self.ends_words.data or "",
            details={key: self._detail(key) for key in needs},
        )

    def _detail(self, key: str) -> str:
        given = self[key].data
        return given.isoformat() if key in purposes.DATES and given else str(given or "")

    def evidence(self) -> Evidence:
        return Evidence(
            giver=self.giver.data or "",
            on=self.on.data,
            method=self.method.data or "",
            at=self.at.data or "",
            place=self.place.data or "",
            read_out=bool(self.read_out.data),
            questions=self.questions.data or "",
            witness=self.witness.data or "",
        )
