"""The physician's review: an entry at a time as the patient will see it, and three choices beside it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.domain.record_items import CATEGORY_NAMES, Enclosure
from portal.domain.reviews import Decision
from portal.domain.severing import TITLE
from portal.domain.words import _
from portal.services import (
    access_requests,
    cases,
    clocks,
    dossiers,
    judgements,
    questions,
    review_items,
    reviews,
)
from portal.services.judgements import Place
from portal.services.review_items import Opened
from portal.web import downloads
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import heading
from portal.web.office.review_forms import JudgementForm
from portal.web.office.review_list import groups
from portal.web.office.step_pages import Answer, back, done, found
from portal.web.work import keep, work

REVIEW = "/office/cases/<reference>/review"
ITEM = f"{REVIEW}/<uuid:judgement_id>"


@dataclass(frozen=True)
class Markable:
    """Something that can be ticked to be taken out: the title, a passage, a file that is shown beside its box."""

    id: str
    text: str
    file: Enclosure | None = None


@blueprint.get(REVIEW)
def review(reference: str) -> Response:
    """To the first entry without a decision: where the physician left, or where she begins."""
    case = dossiers.find(work(), reference)
    listed = judgements.places(work(), case)
    if not listed:
        raise NotPossible(_("There is nothing to review yet. The front office gathers the record first."))
    first = next((place for place in listed if place.decision is None), listed[0])
    return redirect(url_for("office.review_item", reference=case.reference, judgement_id=first.id))


@blueprint.get(ITEM)
def review_item(reference: str, judgement_id: UUID) -> Answer:
    case = dossiers.find(work(), reference)
    opened, form = review_items.open_item(work(), case, judgement_id), JudgementForm(formdata=None)
    form.show(opened)
    return _page(case, opened, form)


@blueprint.post(ITEM)
def judge(reference: str, judgement_id: UUID) -> Answer:
    """Keep a decision; then on to the next entry, or the same again to see what is left, or out."""
    case, form, go = found(reference, "judge"), JudgementForm(), request.form.get("go")
    form.offer(_grounds(case))
    if go == "stop" and form.decision.data is None:
        return _stop(case)
    if form.validate_on_submit() and _judge(case, judgement_id, form):
        if go == "stop":
            return _stop(case)
        return _to_item(case, judgement_id) if go == "look" else _go_on(case, judgement_id)
    if form.keeps_back:
        case = _begin(case, judgement_id, form)
    return _page(case, review_items.open_item(work(), case, judgement_id), form)


def _begin(case: Any, judgement_id: UUID, form: JudgementForm) -> Any:
    """She was asked for more. What she began is kept now, for the page that says so keeps nothing. The case, anew."""
    reference = case.reference
    reviews.begin(work(), case, judgement_id, form.decided, form.ground.data, form.draft())
    keep()
    return dossiers.find(work(), reference)


def _judge(case: Any, judgement_id: UUID, form: JudgementForm) -> bool:
    ground = None if form.decided is Decision.RELEASE else form.ground.data
    return done(form, reviews.judge, case, judgement_id, form.decided, ground, form.reasoning())


def _stop(case: Any) -> Response:
    return back(
        case,
        _("Your decisions are kept."),
        _("%(done)s of %(all)s entries are looked at. Go on whenever you like.", **_progress(case)),
    )


def _go_on(case: Any, judgement_id: UUID) -> Response:
    """To the next entry without a decision, from the beginning after the last; to the signature when there is none."""
    listed = judgements.places(work(), case)
    at = next((at for at, place in enumerate(listed) if place.id == judgement_id), 0)
    after = next((place for place in listed[at + 1 :] + listed[:at] if place.decision is None), None)
    return _to_item(case, after.id) if after else redirect(url_for("office.sign", reference=case.reference), 303)


def _page(case: Any, opened: Opened, form: JudgementForm) -> tuple[str, int]:
    head, listed = heading(case), opened.places
    address = url_for("office.review", reference=case.reference)
    html = render_template(
        "office/reviews/review.html",
        case=case,
        head=head,
        returned=dossiers.given_back(work(), case),
        asked=access_requests.in_words(work(), case),
        answered=questions.of_request(work(), case),
        opened=opened,
        kind=_(CATEGORY_NAMES[opened.line.category]),
        form=form,
        markable=_markable(opened),
        files=[block for block in opened.item.blocks if isinstance(block, Enclosure)],
        ticked=set(form.passages.data or ()),
        grounds=_grounds(case),
        ground=_chosen(case, opened.ground),
        address=address,
        groups=groups(case, listed, address, opened.line.category),
        begun={choice: _(words) for choice, words in review_items.BEGUN.items()},
        plain=_plain(listed),
        editable=any(offer.event == "judge" for offer in cases.offers(work(), case)),
    )
    return html, 422 if form.errors else 200


def _markable(opened: Opened) -> list[Markable]:
    files = {f"b{n}": block for n, block in enumerate(opened.item.blocks) if isinstance(block, Enclosure)}
    title = Markable(TITLE, _("The title: %(title)s", title=opened.item.title))
    return [title, *(Markable(each.id, each.text, files.get(each.id)) for each in opened.passages)]


def _plain(listed: list[Place]) -> int:
    """How many entries “release all remaining” would release."""
    return sum(place.plain for place in listed)


@blueprint.get(f"{ITEM}/files/<uuid:file_id>")
def review_file(reference: str, judgement_id: UUID, file_id: UUID) -> Response:
    """A file of an entry, for the reviewer alone: a picture is shown, anything else handed over."""
    case = dossiers.find(work(), reference)
    file, name, content = review_items.enclosure(work(), case, judgement_id, file_id)
    return downloads.picture(name, file.media_type, file.size, content)


def _grounds(case: Any) -> tuple[Any, ...]:
    return reviews.grounds(work(), case)


def _chosen(case: Any, ground_id: str | None) -> Any:
    return clocks.rules_of(case).ground(ground_id) if ground_id else None


def _progress(case: Any) -> dict[str, int]:
    return {"done": case.items_judged, "all": case.items_gathered}


def _to_item(case: Any, judgement_id: UUID) -> Response:
    """To an entry, past the page's head: it begins where the work is."""
    address = url_for("office.review_item", reference=case.reference, judgement_id=judgement_id, _anchor="review")
    return redirect(address, 303)
