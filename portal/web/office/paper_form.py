"""The one form of a request that reached the clinic otherwise than through the portal."""

from portal.domain.access_requests import Channel, Delivery, Mode
from portal.domain.errors import Invalid
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.wishes import Scope, Wishes
from portal.domain.words import N_
from portal.web.fields import (
    Address,
    Choice,
    Choices,
    Date,
    Form,
    LongText,
    Phone,
    Tick,
    Upload,
    blame,
    required,
    required_if,
)
from portal.web.languages import own_names
from portal.web.office.asked import DELIVERIES, MODES

CHANNELS = {
    Channel.PAPER: N_("On paper"),
    Channel.PHONE: N_("By telephone"),
    Channel.FAX: N_("By fax"),
    Channel.COUNTER: N_("At the counter"),
}
SCOPES = {
    Scope.EVERYTHING: N_("Everything in the record"),
    Scope.CATEGORIES: N_("Some kinds of entries"),
    Scope.DATES: N_("A period of time"),
    Scope.OWN_WORDS: N_("As the patient said it"),
}
# Where the rules' word for a field differs from the form's.
PLACES = {Delivery.POST: "address", Delivery.FAX: "fax"}


class PaperForm(Form):
    channel = Choice(
        N_("How did the request come?"),
        [required(N_("Choose how the request came."))],
        choices=[(value.value, name) for value, name in CHANNELS.items()],
    )
    received_on = Date(
        N_("When did it reach the clinic?"),
        [required(N_("Give the day on which the request reached the clinic."))],
        hint=N_("The clock starts on this day, whoever took it in. For example 27 3 2026."),
    )
    scan = Upload(
        N_("Scan or photograph of it"),
        hint=N_("PDF, JPEG or PNG, up to 10 MB. It is kept with the case. Leave it empty if nothing is on paper."),
        accept=".pdf,.jpg,.jpeg,.png",
    )
    mode = Choice(
        N_("A copy, or to view the original?"),
        [required(N_("Choose a copy, or a viewing."))],
        choices=[(value.value, name) for value, name in MODES.items()],
    )
    scope = Choice(
        N_("What does the patient want to see?"),
        [required(N_("Choose what the patient wants to see."))],
        choices=[(value.value, name) for value, name in SCOPES.items()],
        reveals={Scope.CATEGORIES.value: "categories", Scope.OWN_WORDS.value: "words"},
    )
    categories = Choices(N_("Which kinds?"), choices=[(value.value, name) for value, name in CATEGORY_NAMES.items()])
    words = LongText(N_("In the patient's own words"), rows=4)
    since = Date(N_("First day of the period"), hint=N_("Only if a period of time is asked for."))
    until = Date(N_("Last day of the period"), hint=N_("Leave it empty to go up to today."))
    also_disclosures = Tick(N_("Also: how the information was used, and whom it was given to"), default=True)
    delivery = Choice(
        N_("How does the copy reach the patient?"),
        [required_if("mode", Mode.COPY.value, N_("Choose how the copy reaches the patient."))],
        choices=[(value.value, name) for value, name in DELIVERIES.items()],
        reveals={Delivery.POST.value: "address", Delivery.FAX.value: "fax"},
    )
    address = Address(N_("The address to send it to"), limit=400, rows=4)
    fax = Phone(N_("The fax number, with its area code"), width=20)
    language = Choice(
        N_("In which language does the patient want to be written to?"), [required(N_("Choose a language."))]
    )
    format_needs = LongText(
        N_("Anything else the patient needs?"), hint=N_("Large print, for example."), limit=1000, rows=2
    )
    although_alike = Tick(N_("Send it all the same: this is a second request"))

    def prepare(self, language: str, address: str) -> None:
        """Offer the clinic's languages; on a fresh form the file's language and address are there already."""
        self.language.choices = own_names()
        if not self.is_submitted():
            self.language.data, self.address.data = language, address

    def wishes(self) -> Wishes:
        """What the form says is asked for."""
        mode, scope = Mode(self.mode.data), Scope(self.scope.data)
        delivery = Delivery(self.delivery.data) if mode == Mode.COPY and self.delivery.data else None
        places = {Delivery.POST: self.address.data, Delivery.FAX: self.fax.data}
        by_dates = scope == Scope.DATES
        return Wishes(
            mode=mode,
            scope=scope,
            categories=tuple(c for c in Category if c.value in (self.categories.data or []))
            if scope == Scope.CATEGORIES
            else (),
            since=self.since.data if by_dates else None,
            until=self.until.data if by_dates else None,
            words=(self.words.data or "") if scope == Scope.OWN_WORDS else "",
            delivery=delivery,
            delivery_to=(places.get(delivery) or "") if delivery else "",
            language=self.language.data,
            format_needs=self.format_needs.data or "",
            also_disclosures=bool(self.also_disclosures.data),
        )

    def put_right(self, no: Invalid) -> None:
        """Hang a no of the rules on the field of this form that it is about."""
        place = no.field
        if place == "delivery_to" and self.delivery.data:
            place = PLACES.get(Delivery(self.delivery.data), "delivery")
        blame(self, Invalid(no.sentence, place))
