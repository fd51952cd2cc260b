"""Who received the patient's information: the register to read, to sift, and to take along as a table or on paper."""

from collections.abc import Iterator

from flask import Response, render_template, request, url_for

from portal.domain import spreadsheets
from portal.domain.dates import say_plain_date
from portal.domain.disclosures import BASIS_NAMES
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.words import N_, _, language
from portal.services import corrected_notices, disclosure_lists, disclosure_notices, throttling
from portal.services.disclosure_lists import MOST_TAKEN, Entry, Only
from portal.web import downloads
from portal.web.patient.blueprint import blueprint
from portal.web.patient.people import circle
from portal.web.sifting import asked_day, carried_on
from portal.web.work import apart, edge, keep, work

MOST_PRINTED = 500
HEAD = (
    N_("Date"),
    N_("Who received it"),
    N_("Address"),
    N_("What"),
    N_("Kinds of information"),
    N_("What for"),
    N_("How it went"),
    N_("Why we could"),
    N_("Who did it"),
    N_("Remarks"),
)


@blueprint.get("/disclosures")
def disclosures() -> str:
    """Everybody outside the clinic who received something, newest first."""
    whose, only, after = circle(Permission.DISCLOSURES_VIEW), _only(), request.args.get("after")
    page = disclosure_lists.of_patient(work(), whose.chosen, only, after)
    kept = carried_on("for", "recipient", "since", "until")
    written = disclosure_notices.hers(work(), whose.chosen, [entry.id for entry in page.entries])
    return render_template(
        "patient/disclosures.html",
        whose=whose,
        only=only,
        entries=[(entry, remarks(entry)) for entry in page.entries],
        written=written,
        wrong=corrected_notices.that_were_wrong(work(), whose.chosen, written),
        names=disclosure_lists.recipients(work(), whose.chosen),
        years=work().profile.disclosures.kept_years,
        kept=kept,
        next=url_for("patient.disclosures", **kept, after=page.next) if page.next else None,
        first=url_for("patient.disclosures", **kept) if after else None,
    )


def _only() -> Only:
    return Only(request.args.get("recipient", ""), asked_day("since"), asked_day("until"))


def remarks(entry: Entry) -> list[str]:
    """What is to be said of an entry besides: that it was corrected, that it was held back, what was so."""
    said = []
    if entry.corrected_by:
        said.append(_("This entry was corrected. The newer one says what is right."))
    if entry.void:
        said.append(_("This corrects an earlier entry: nothing was given at all. %(wrong)s", wrong=entry.wrong))
    elif entry.corrects:
        said.append(_("This corrects an earlier entry. %(wrong)s", wrong=entry.wrong))
    if entry.note:
        said.append(entry.note)
    if entry.held_back and entry.shown_from:
        day = say_plain_date(entry.shown_from)
        said.append(_("It stands here since %(day)s. %(why)s", day=day, why=entry.held_back))
    return said


@blueprint.get("/disclosures.csv")
def disclosures_table() -> Response:
    whose = circle(Permission.DISCLOSURES_VIEW)
    page = disclosure_lists.taken_along(work(), whose.chosen, _only(), MOST_TAKEN)
    rows = [[_(name) for name in HEAD], *(_cells(entry) for entry in page.entries)]
    if page.next:
        rows.append([_("There are older entries. Choose a time to see them.")])
    data = b"".join(spreadsheets.lines(rows))
    return downloads.attachment(_name("csv"), "text/csv; charset=utf-8", len(data), iter([data]))


def _cells(entry: Entry) -> Iterator[str]:
    yield entry.on.isoformat()
    yield entry.recipient
    yield ", ".join(entry.address)
    yield entry.what
    yield ", ".join(_(CATEGORY_NAMES[each]) for each in entry.categories)
    yield what_for(entry)
    yield entry.how
    yield f"{_(BASIS_NAMES[entry.basis])}: {entry.because}"
    yield ", ".join(entry.people)
    yield " ".join(remarks(entry))


def what_for(entry: Entry) -> str:
    return ": ".join(filter(None, (entry.purpose, entry.why)))


@blueprint.get("/disclosures.pdf")
def disclosures_on_paper() -> Response:
    """Printed at once, since it is short; no transaction is open meanwhile, and nobody prints without end."""
    whose = circle(Permission.DISCLOSURES_VIEW)
    page = disclosure_lists.taken_along(work(), whose.chosen, _only(), MOST_PRINTED)
    name, number, reader = whose.chosen.name, whose.chosen.number, work().actor.id
    today = work().today
    keep()
    with apart() as counting:
        throttling.spend(counting, f"printing:{reader}", throttling.PRINTING_BY_ACCOUNT)
    html = edge().outside.paper.render(
        "registers/disclosures.html",
        name=name,
        number=number,
        today=today,
        more=page.next is not None,
        entries=[(entry, what_for(entry), remarks(entry)) for entry in page.entries],
        lang=language().replace("_", "-"),
    )
    data = edge().outside.press.letter(html)
    return downloads.attachment(_name("pdf"), "application/pdf", len(data), iter([data]))


def _name(ending: str) -> str:
    return _("who-received-my-information.%(ending)s", ending=ending)
