"""What the forms of a disclosure and of "may we?" ask alike: what for, to whom, which information, told when."""

from collections.abc import Iterable
from typing import Any

from portal.domain import purposes
from portal.domain.disclosures import HOW_NAMES, LONGEST_WORDS, How, Wanted
from portal.domain.errors import Invalid
from portal.domain.recipients import KIND_NAMES
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_, _
from portal.services import recipients
from portal.web.fields import Address, Choice, Choices, Date, Form, LongText, Select, Text, required

CHOOSE = ("", N_("Choose"))
AT_ONCE = ("", N_("No: she sees it at once"))


class QuestionForm(Form):
    """Whom, what for, to whom, which information: what both forms ask."""

    purpose = Select(N_("What is it for?"), [required(N_("Choose what it is for."))])
    recipient = Text(
        N_("Who gets it?"),
        [required(N_("Write the name of the recipient, or the beginning of it."))],
        hint=N_("The beginning of the name is enough for somebody who is in the list."),
        most=200,
        width=30,
    )
    chosen = Choice(N_("Which of these is it?"))
    categories = Choices(
        N_("Which information?"),
        [required(N_("Choose what kinds of information it is."))],
        choices=[(each.value, name) for each, name in CATEGORY_NAMES.items()],
    )
    kept_for = Select(
        N_("Must the patient be told later?"),
        hint=N_("Only where the law gives a reason. Afterwards she reads the entry, and why it was held back."),
    )
    shown_from = Date(N_("From which day does she see it?"))

    def prepare(self, profile: Any) -> None:
        """Fill in the choices that the law and the portal's purposes make."""
        by_consent = [(each.id, each.title) for each in purposes.every()]
        by_law = [(each.id, each.title) for each in profile.consents.lawful]
        self.purpose.choices = [CHOOSE, *by_consent, *((key, _("By law: %(title)s", title=_(t))) for key, t in by_law)]
        self.kept_for.choices = [AT_ONCE, *((each.id, each.title) for each in profile.disclosures.holding_back)]
        # What was sent is among the choices only once the names are known.
        self.chosen.choices = [(self.chosen.data, "")] if self.chosen.data else []

    def who(self, work: Any) -> Any:
        """The recipient that is meant; None when several could be, which are then the choices. Raises Invalid."""
        typed, alike = self.recipient.data or "", list(recipients.beginning_with(work, self.recipient.data or ""))
        self.chosen.choices = [(str(each.id), _named(each)) for each in alike]
        same = [each for each in alike if each.name.casefold() == typed.casefold()]
        picked = [each for each in alike if str(each.id) == self.chosen.data]
        for found in (picked, same, alike):
            if len(found) == 1:
                return found[0]
        if alike:
            raise Invalid(_("Several recipients begin like this. Choose one."), "chosen")
        return None

    @property
    def kinds(self) -> tuple[Category, ...]:
        return tuple(Category(each) for each in self.categories.data or [])


def _named(recipient: Any) -> str:
    return ", ".join((recipient.name, *recipient.address_lines))


class DisclosureForm(QuestionForm):
    """A disclosure: what is given and how, besides; and the recipient, where it is a new one."""

    kind = Select(
        N_("What kind of recipient is it?"),
        choices=[CHOOSE, *((each.value, name) for each, name in KIND_NAMES.items())],
    )
    address = Address(N_("Postal address"), hint=N_("Street and town on lines of their own."), limit=400, rows=3)
    what = LongText(
        N_("What is given?"),
        [required(N_("Say what is given, so that the patient knows it: a letter, a result, which days."))],
        hint=N_("The patient reads this, such as “Letter on the visit of 3 March, with the result of the patch test”."),
        limit=LONGEST_WORDS,
        rows=3,
    )
    why = LongText(
        N_("Why does this recipient need it?"),
        [required(N_("Say what it is for, so that the patient knows it."))],
        hint=N_("One sentence. The patient reads it."),
        limit=LONGEST_WORDS,
        rows=2,
    )
    how = Select(
        N_("How does it go?"),
        [required(N_("Choose how it goes out."))],
        choices=[CHOOSE, *((each.value, name) for each, name in HOW_NAMES.items())],
    )
    note = LongText(
        N_("Without consent: what was so?"),
        hint=N_("What the law asks for, in your own words. The patient reads it."),
        limit=LONGEST_WORDS,
        rows=3,
    )

    def wanted(self, recipient: Any) -> Wanted:
        return Wanted(
            purpose=self.purpose.data or "",
            recipient_id=recipient.id,
            categories=self.kinds,
            what=self.what.data or "",
            why=self.why.data or "",
            how=How(self.how.data),
            note=self.note.data or "",
            shown_from=self.shown_from.data,
            kept_for=self.kept_for.data or "",
        )

    def who_or_new(self, work: Any, patient: Any) -> Any:
        """The recipient from the list, or the one that is written down now. Raises Invalid."""
        found = self.who(work)
        if found is not None:
            return found
        if not (self.kind.data or self.address.data):
            sentence = _("Nobody of this name is in the list. Check the name, or write down the kind and the address.")
            raise Invalid(sentence, "recipient")
        return recipients.add_for(
            work, patient, self.recipient.data or "", self.kind.data or "", self.address.data or ""
        )


def listed(categories: Iterable[Category]) -> str:
    return ", ".join(_(CATEGORY_NAMES[each]) for each in categories)
