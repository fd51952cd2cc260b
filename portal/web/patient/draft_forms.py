"""The questions of a request, one form each: what the draft says already, and what it says after an answer.

A form's ``given`` turns wishes into the form's values, ``told`` turns a valid form into new wishes. ``asks`` are the
fields in the order of the page; without a ``heading`` the first of them is the page's heading.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portal.domain.access_requests import Delivery, Mode
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.rights import WHOLE_RECORD
from portal.domain.wishes import DELIVERY_NAMES, MODE_NAMES, SCOPE_NAMES, Scope, Wishes
from portal.domain.words import N_, _, speaking
from portal.web.fields import Address, Choice, Choices, Date, Form, LongText, Phone, Tick, required, required_if
from portal.web.work import edge

LARGE_PRINT = N_("Large print")


class KindForm(Form):
    heading = ""
    asks = ("mode",)
    mode = Choice(
        N_("Do you want a copy, or to view the original?"),
        [required(N_("Choose a copy, or to view the original."))],
        choices=[(mode.value, words) for mode, words in MODE_NAMES.items()],
        hints={
            Mode.COPY.value: N_("You get a file or paper that is yours."),
            Mode.VIEW.value: N_("We agree on a day with you. You can bring a person you trust."),
        },
    )

    @staticmethod
    def given(wishes: Wishes) -> Mapping[str, Any]:
        return {"mode": wishes.mode.value} if "kind" in wishes.answered else {}

    def told(self, wishes: Wishes) -> Wishes:
        return replace(wishes, mode=Mode(self.mode.data))


class WhatForm(Form):
    heading = ""
    asks: tuple[str, ...] = ("scope", "also_disclosures")
    scope = Choice(
        N_("What do you want to see?"),
        [required(N_("Choose what you want to see."))],
        hint=N_("You do not have to say why."),
        choices=[(scope.value, words) for scope, words in SCOPE_NAMES.items()],
    )
    also_disclosures = Tick(N_("Tell me as well how you used my information, and whom you gave it to"))

    @staticmethod
    def given(wishes: Wishes) -> Mapping[str, Any]:
        scope = {"scope": wishes.scope.value} if wishes.scope else {}
        return {**scope, "also_disclosures": wishes.also_disclosures}

    def limit(self, reach: frozenset[Category], recipients: bool) -> None:
        """Offer only what a representative's power reaches."""
        if reach != WHOLE_RECORD:
            self.scope.choices = [(Scope.CATEGORIES.value, SCOPE_NAMES[Scope.CATEGORIES])]
        if not recipients:
            del self.also_disclosures
            self.asks = ("scope",)

    def told(self, wishes: Wishes) -> Wishes:
        scope = Scope(self.scope.data)
        answered = wishes.answered if scope == wishes.scope else wishes.answered - {"which"}
        also = "also_disclosures" in self and bool(self.also_disclosures.data)
        return replace(wishes, scope=scope, also_disclosures=also, answered=answered)


class KindsForm(Form):
    heading = ""
    asks = ("categories",)
    categories = Choices(
        N_("Which kinds of entries?"),
        [required(N_("Tick at least one kind of entry."))],
        hint=N_("Tick all that you want."),
        choices=[(category.value, words) for category, words in CATEGORY_NAMES.items()],
    )

    @staticmethod
    def given(wishes: Wishes) -> Mapping[str, Any]:
        return {"categories": [category.value for category in wishes.categories]}

    def limit(self, reach: frozenset[Category], recipients: bool) -> None:
        """Offer only what a representative's power reaches."""
        self.categories.choices = [(each.value, CATEGORY_NAMES[each]) for each in Category if each in reach]

    def told(self, wishes: Wishes) -> Wishes:
        return replace(wishes, categories=tuple(c for c in Category if c.value in (self.categories.data or [])))


class DatesForm(Form):
    heading = N_("Which period?")
    asks = ("since", "until")
    since = Date(N_("First day"), hint=N_("For example 27 3 2019. Leave it empty to begin with the first entry."))
    until = Date(N_("Last day"), hint=N_("Leave it empty to go up to today."))

    @staticmethod
    def given(wishes: Wishes) -> Mapping[str, Any]:
        return {"since": wishes.since, "until": wishes.until}

    def told(self, wishes: Wishes) -> Wishes:
        return replace(wishes, since=self.since.data, until=self.until.data)


class WordsForm(Form):
    heading = ""
    asks = ("words",)
    words = LongText(
        N_("What do you want to see, in your own words?"),
        [required(N_("Say in your own words what you want to see."))],
        hint=N_("A visit, a test, a letter: we find what belongs to it, and ask you if we are not sure."),
        rows=8,
    )

    @staticmethod
    def given(wishes: Wishes) -> Mapping[str, Any]:
        return {"words": wishes.words}

    def told(self, wishes: Wishes) -> Wishes:
        return replace(wishes, words=self.words.data or "")


class DeliveryForm(Form):
    heading = ""
    asks = ("delivery",)
    delivery = Choice(
        N_("How do you want to get the copy?"),
        [required(N_("Choose how you want to get the copy."))],
        choices=[(delivery.value, words) for delivery, words in DELIVERY_NAMES.items()],
        hints={
            Delivery.DOWNLOAD.value: N_(
                "One PDF file, here in the portal. Nearly always free; if not, we tell you first, and you can say no."
            ),
            Delivery.PICK_UP.value: N_(
                "On paper, at the front desk. Bring photo identification. There may be a fee; we tell you first."
            ),
            Delivery.POST.value: N_("On paper. There may be a fee; we tell you first, and you can say no."),
            Delivery.FAX.value: N_("Only if nobody else can read what comes out of the machine."),
        },
        reveals={Delivery.POST.value: "address", Delivery.FAX.value: "fax"},
    )
    address = Address(
        N_("The address to send it to"),
        [required_if("delivery", Delivery.POST.value, N_("Write the address we should send the copy to."))],
        limit=400,
        rows=4,
        autocomplete="street-address",
    )
    fax = Phone(
        N_("The fax number, with its area code"),
        [required_if("delivery", Delivery.FAX.value, N_("Write the fax number with its area code, ten digits."))],
        width=20,
    )

    @staticmethod
    def given(wishes: Wishes) -> Mapping[str, Any]:
        if wishes.delivery is None:
            return {}
        place = {Delivery.POST: "address", Delivery.FAX: "fax"}.get(wishes.delivery)
        return {"delivery": wishes.delivery.value} | ({place: wishes.delivery_to} if place else {})

    def told(self, wishes: Wishes) -> Wishes:
        delivery = Delivery(self.delivery.data)
        to = {Delivery.POST: self.address.data, Delivery.FAX: self.fax.data}.get(delivery)
        return replace(wishes, delivery=delivery, delivery_to=to or "")


class NeedsForm(Form):
    heading = N_("Your language, and what you need")
    asks = ("language", "large_print", "other")
    language = Choice(N_("In which language should we write to you?"), [required(N_("Choose a language."))])
    large_print = Tick(N_("I need large print"))
    other = LongText(
        N_("Anything else you need?"),
        hint=N_("For example that somebody reads it to you, or no staples. Leave it empty if you need nothing."),
        limit=1000,
        rows=4,
    )

    @staticmethod
    def given(wishes: Wishes) -> Mapping[str, Any]:
        lines = wishes.format_needs.splitlines()
        large = _large_print_in_every_language()
        other = "\n".join(line for line in lines if line not in large)
        return {"language": wishes.language, "large_print": any(line in large for line in lines), "other": other}

    def told(self, wishes: Wishes) -> Wishes:
        needs = [_(LARGE_PRINT)] if self.large_print.data else []
        needs += [self.other.data] if self.other.data else []
        return replace(wishes, language=self.language.data, format_needs="\n".join(needs))


def _large_print_in_every_language() -> frozenset[str]:
    """The words may have been kept while another language was spoken."""
    found = set()
    for name in edge().clinic.languages:
        with speaking(name):
            found.add(_(LARGE_PRINT))
    return frozenset(found)


StepForm = KindForm | WhatForm | KindsForm | DatesForm | WordsForm | DeliveryForm | NeedsForm
WHICH: dict[Scope | None, type[KindsForm] | type[DatesForm] | type[WordsForm]] = {
    Scope.CATEGORIES: KindsForm,
    Scope.DATES: DatesForm,
    Scope.OWN_WORDS: WordsForm,
}


def path(wishes: Wishes) -> list[str]:
    """The questions these wishes have to pass, in order; the last is the look at the answers."""
    which = ["which"] if wishes.scope in WHICH else []
    delivery = ["delivery"] if wishes.mode == Mode.COPY else []
    return ["kind", "what", *which, *delivery, "needs", "check"]


def form_of(step: str, wishes: Wishes) -> type[StepForm]:
    """The form that asks a question of ``path``."""
    if step == "which":
        return WHICH[wishes.scope]
    return {"kind": KindForm, "what": WhatForm, "delivery": DeliveryForm, "needs": NeedsForm}[step]
