"""The forms by which the clinic works a complaint."""

from portal.domain import complaint_rules
from portal.domain.access_requests import Channel
from portal.domain.complaints import FINDING_NAMES, NOTE_NAMES, Finding, NoteKind
from portal.domain.disclosures import HOW_NAMES, OF_ANSWERS
from portal.domain.words import N_
from portal.web.fields import Choice, Choices, Date, Form, Hidden, LongText, Money, Select, Text, Tick, Upload, required

CHANNELS = {
    Channel.PHONE: N_("By telephone"),
    Channel.PAPER: N_("On paper"),
    Channel.FAX: N_("By fax"),
    Channel.COUNTER: N_("At the counter"),
}
BODIES = {"complaint": N_("The Commissioner"), "conduct": N_("The College")}
ENDS = {
    **{each.value: name for each, name in FINDING_NAMES.items()},
    "settled": N_("It was settled"),
    "discontinued": N_("It was not taken further"),
}
NOTES = complaint_rules.longest_note()
RIGHTED = N_("Needed when the patient was right, wholly or in part. Otherwise leave it empty.")
EMPTY = N_("Leave it empty if there is nothing to say. The letter then has no such part.")


class EnterForm(Form):
    """A complaint that did not come through the portal."""

    once = Hidden()
    channel = Choice(
        N_("How did it come?"),
        [required(N_("Choose how it came."))],
        choices=[(each.value, words) for each, words in CHANNELS.items()],
    )
    came_on = Date(N_("On which day?"), [required(N_("Give the day it reached us."))])
    scan = Upload(
        N_("Scan or photograph of it"),
        hint=N_("PDF, JPEG or PNG, up to 10 MB. It is kept with the case. Leave it empty if nothing is on paper."),
        accept=".pdf,.jpg,.jpeg,.png",
    )
    verified = Text(
        N_("How did you make sure who it was?"),
        [required(N_("Write how you made sure who it was."))],
        hint=N_("For example: called back at the number on file."),
    )
    about = Choice(
        N_("What is it about?"),
        [required(N_("Choose what the complaint is about."))],
        choices=[(each.id, each.office) for each in complaint_rules.kinds()],
    )
    linked = Text(N_("Number of the case it is about, if there is one"), most=24, width=20)
    words = LongText(
        N_("What happened, in the patient’s own words?"),
        [required(N_("Write what the patient said."))],
        limit=complaint_rules.longest(),
        rows=10,
    )
    wish = LongText(N_("What does the patient want us to do?"), limit=4000, rows=4)
    people = Choices(
        N_("Is it about somebody who works here?"),
        hint=N_("Whoever you tick cannot see the complaint from now on."),
    )
    straight = Tick(N_("Give it straight to the administrator"))


class NoteForm(Form):
    kind = Choice(
        N_("What is it?"),
        [required(N_("Choose what kind of note it is."))],
        choices=[(each.value, NOTE_NAMES[each]) for each in NoteKind],
    )
    text = LongText(
        N_("Internal note"),
        [required(N_("Write the note."))],
        hint=N_("The patient does not read it. It cannot be changed afterwards."),
        limit=NOTES,
        rows=8,
    )


class AnswerForm(Form):
    finding = Choice(
        N_("What did you find?"),
        [required(N_("Say what you found."))],
        choices=[(each.value, FINDING_NAMES[each]) for each in Finding],
    )
    findings = LongText(
        N_("What happened, as you found it"),
        [required(N_("Write what you found."))],
        hint=N_("The patient reads this, word for word."),
        limit=NOTES,
        rows=8,
    )
    remedy = LongText(N_("What we put right"), hint=RIGHTED, limit=NOTES, rows=4)
    change = LongText(N_("What will change, so that it does not happen again"), hint=EMPTY, limit=NOTES, rows=4)
    cost = Money(N_("What putting it right cost us"), hint=N_("For our own books. The patient does not read it."))


class PersonForm(Form):
    person = Select(
        N_("Whom is it about?"),
        [required(N_("Choose whom it is about."))],
        hint=N_("From now on this person has no way to the complaint."),
    )


class OutsideForm(Form):
    body = Choice(
        N_("Which office has it?"), [required(N_("Choose which office has it."))], choices=list(BODIES.items())
    )
    number = Text(N_("The number of their file"), [required(N_("Write the number of their file."))], most=80)
    on = Date(N_("Since when?"), [required(N_("Give the day their letter came."))])


class QuestionForm(Form):
    text = LongText(N_("What do they ask?"), [required(N_("Write what they ask."))], limit=NOTES, rows=6)
    due_on = Date(N_("By which day?"), [required(N_("Give the day they named."))])


class ReplyForm(Form):
    text = LongText(N_("What did we answer?"), [required(N_("Write what we answered."))], limit=NOTES, rows=6)
    how = Select(
        N_("How did it go?"),
        [required(N_("Choose how the answer went."))],
        choices=[("", N_("Choose")), *((each.value, HOW_NAMES[each]) for each in OF_ANSWERS)],
    )
    on = Date(N_("On which day did it go out?"), [required(N_("Give the day it went out."))])


class EndForm(Form):
    how = Choice(N_("How did it end?"), [required(N_("Choose how it ended."))], choices=list(ENDS.items()))
