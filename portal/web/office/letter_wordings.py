"""The administrator writes letters in the clinic's own words: types them, sees the letter, publishes it."""

from typing import Any

from flask import redirect, render_template, request, url_for

from portal.domain.errors import Invalid, NotPossible
from portal.domain.letters import OUTLINES, LetterKind, Wording
from portal.domain.letters.letter import TO_OTHERS
from portal.domain.letters.letter_wordings import LONGEST_TEXT, LONGEST_TITLE
from portal.domain.letters.slots import PLACES, SLOTS, needed
from portal.domain.policy_changes import paragraphs
from portal.domain.privacy_policy import name_of
from portal.domain.words import N_, _, speaking
from portal.services import letter_wordings
from portal.services.letter_wordings import Overtaken, WordedLetter
from portal.services.work import Work
from portal.web import downloads
from portal.web.fields import Form, Hidden, LongText, Text
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.people import refused
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import edge, work

PLACE = "/office/wordings/<letter>/<jurisdiction>/<language>"
CHANGED = N_("The words have changed since you looked at the letter, so nothing was published. Look again.")
CARE = {
    LetterKind.NOT_CONFIRMED: N_(
        "This letter must leave open whether there is anything. Do not write that we have, searched or hold something."
    ),
}


class WordsForm(Form):
    seen = Hidden()
    title = Text(N_("Title of the letter"), most=LONGEST_TITLE)
    text = LongText(
        N_("What the letter says"),
        limit=LONGEST_TEXT,
        rows=24,
        hint=N_(
            "A blank line begins a paragraph, two number signs (##) a heading, a hyphen a list item. What stands below "
            "a line of three hyphens (---) comes into the box at the end. The signature is added for you."
        ),
    )


class PublishForm(StepUpForm):
    seen = Hidden()
    title = Hidden()
    text = Hidden()
    reason = LongText(
        N_("Why the words change"),
        hint=N_("One or two sentences for whoever asks later. Patients do not see them."),
        limit=letter_wordings.LONGEST_REASON,
        rows=2,
    )


def _found(here: Work, letter: str, jurisdiction: str, language: str) -> WordedLetter:
    return letter_wordings.there(here, letter.replace("-", "_"), jurisdiction, language)


def path_of(kind: LetterKind) -> str:
    """How a kind of letter stands in an address."""
    return kind.value.replace("_", "-")


def parts_of(of: WordedLetter) -> dict[str, Any]:
    """What the address of each of its pages has."""
    return {"letter": path_of(of.kind), "jurisdiction": of.law.id, "language": of.language}


def _given(form: Any) -> Wording:
    return Wording(form.title.data or "", (form.text.data or "").replace("\r\n", "\n").replace("\r", "\n"))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


@blueprint.get("/office/wordings")
def wordings_list() -> str:
    """Every letter the clinic writes under one law, in each language: in whose words, since when and by whom."""
    law = letter_wordings.under(work(), request.args.get("jurisdiction") or work().profile.id)
    lines: dict[LetterKind, list[tuple[Any, str, str]]] = {}
    for line in letter_wordings.overview(work(), law):
        address = url_for("office.wording", **parts_of(line.of))
        lines.setdefault(line.of.kind, []).append((line, name_of(line.of.language), address))
    laws = letter_wordings.laws(work())
    return render_template("office/wordings/overview.html", lines=lines, outlines=OUTLINES, law=law, laws=laws)


@blueprint.route(PLACE, methods=["GET", "POST"])
def wording(letter: str, jurisdiction: str, language: str) -> Answer:
    """Write the words. “See the letter” shows it as it will be read, and keeps nothing."""
    of, form = _found(work(), letter, jurisdiction, language), WordsForm()
    newest = _newest(of)
    if not form.is_submitted():
        chosen = _chosen(of)
        form.seen.data = str(newest.number if newest else 0)
        form.title.data, form.text.data = chosen.title, chosen.text
    elif form.validate() and "change" not in request.form:
        if newest is not None and newest.number != _number(form.seen.data):
            return _overtaken(of, form, letter_wordings.overtaken(newest))
        form.form_errors = letter_wordings.faults(work(), of, _given(form))
        if not form.form_errors:
            return _look(of, PublishForm("wording.publish", formdata=None), _given(form), form.seen.data)
    return _editor(of, form), 422 if form.errors or form.form_errors else 200


def _newest(of: WordedLetter) -> Any:
    return next(iter(letter_wordings.versions(work(), of)), None)


def _chosen(of: WordedLetter) -> Wording:
    """The words the editor begins with: those in force, an older version's, or with 0 the portal's own."""
    rows = letter_wordings.versions(work(), of)
    wanted = _number(request.args.get("from"))
    if wanted == 0:
        return letter_wordings.portals_own(work(), of)
    row = next((row for row in rows if row.number == wanted), next(iter(rows), None))
    return letter_wordings.said_by(work(), of, row)


def _overtaken(of: WordedLetter, form: Any, no: Overtaken) -> tuple[str, int]:
    """Both texts; the next look begins from what is published now."""
    newest = _newest(of)
    form.seen.data = str(newest.number)
    theirs = letter_wordings.said_by(work(), of, newest)
    return _editor(of, form, overtaken=no.sentence, newest=newest, theirs=theirs), 422


def _editor(of: WordedLetter, form: Any, **more: Any) -> str:
    must = dict.fromkeys(name for name, _words in needed(of.kind, of.law))
    outline = OUTLINES[of.kind]
    explained = {name: _(words) for name, words in {**SLOTS, **PLACES}.items()}
    return render_template(
        "office/wordings/wording.html",
        form=form,
        head=_head(of),
        versions=letter_wordings.versions(work(), of),
        slots=[(name, explained[name], name in must) for name in outline.slots],
        places=[(name, explained[name], name in must) for name in outline.places],
        care=_(CARE.get(of.kind, "")),
        **more,
    )


def _head(of: WordedLetter) -> dict[str, Any]:
    return {
        "place": parts_of(of),
        "language": of.language,
        "when": _(OUTLINES[of.kind].when),
        "spoken": name_of(of.language),
        "law": _("%(place)s (%(act)s)", place=_(of.law.name), act=_(of.law.act_short)),
        "to_others": of.kind in TO_OTHERS,
    }


def _look(of: WordedLetter, form: Any, given: Wording, seen: str | None, status: int = 200) -> Answer:
    """The letter as it will be read, every changed word, and the way to publish it."""
    form.title.data, form.text.data, form.seen.data = given.title, given.text, seen
    form.shown.data = letter_wordings.shown_digest(of, _number(seen), given)
    html = render_template(
        "office/wordings/look.html",
        form=form,
        head=_head(of),
        letter=letter_wordings.preview(work(), of, given),
        changes=_changes(letter_wordings.said_by(work(), of, _newest(of)), given),
        is_own=letter_wordings.is_portals(work(), of, given),
        number=_number(seen) + 1,
    )
    return html, status


def _changes(before: Wording, after: Wording) -> list[Any]:
    """The paragraphs in which something changed, word by word."""
    old, new = ([each.title, *filter(None, map(str.strip, each.text.splitlines()))] for each in (before, after))
    return [pieces for pieces in paragraphs(old, new) if any(piece.kind != "same" for piece in pieces)]


@blueprint.post(f"{PLACE}/publish")
@needs_proof("wording.publish")
def publish_wording(letter: str, jurisdiction: str, language: str) -> Answer:
    form = PublishForm("wording.publish")
    with glance() as looking:  # nobody spends a try on what is not hers, or not there
        of = _found(looking, letter, jurisdiction, language)
    given, seen = _given(form), form.seen.data
    if form.shown.data != letter_wordings.shown_digest(of, _number(seen), given):
        form.form_errors = [_(CHANGED)]
    elif proven(form):
        try:
            made = letter_wordings.publish(work(), of, _number(seen), given, form.reason.data or "")
            tell(
                _("Version %(number)s is published.", number=made.number),
                _("Every letter of this kind that is written under this law from now on says it."),
            )
            return redirect(url_for("office.wording", **parts_of(of)), 303)
        except Overtaken as no:
            words = WordsForm(formdata=None)
            words.title.data, words.text.data = given.title, given.text
            return _overtaken(of, words, no)
        except (Invalid, NotPossible) as no:
            refused(form, no)
    return _look(of, form, given, seen, 422)


@blueprint.post(f"{PLACE}/print")
def print_wording(letter: str, jurisdiction: str, language: str) -> Answer:
    """The letter in these words on paper, to a patient who does not exist; nothing is kept."""
    form = WordsForm()
    with glance() as looking:
        of = _found(looking, letter, jurisdiction, language)
        shown = letter_wordings.preview(looking, of, _given(form))
    if not form.validate():
        return _editor(of, form), 422
    with speaking(language):
        html = edge().outside.paper.render("letters/letter.html", letter=shown)
    data = edge().outside.press.letter(html)
    return downloads.attachment(f"{letter}-{language}.pdf", "application/pdf", len(data), iter([data]))


@blueprint.get(f"{PLACE}/versions/<int:version>")
def wording_version(letter: str, jurisdiction: str, language: str, version: int) -> str:
    """One version: its letter, who published it and why, and every word it changed."""
    of = _found(work(), letter, jurisdiction, language)
    row = letter_wordings.version(work(), of, version)
    before = next((each for each in letter_wordings.versions(work(), of) if each.number < version), None)
    said = letter_wordings.said_by(work(), of, row)
    return render_template(
        "office/wordings/version.html",
        row=row,
        head=_head(of),
        letter=letter_wordings.preview(work(), of, said),
        changes=_changes(letter_wordings.said_by(work(), of, before), said),
        newest=_newest(of),
    )
