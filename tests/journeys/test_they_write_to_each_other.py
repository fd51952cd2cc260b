"""A patient writes to the clinic and is answered; each sees when the other read it; a note stays inside."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PIL import Image

from portal.services.work import Work
from tests.conftest import Clockwork
from tests.journeys.house import House
from tests.journeys.visitor import Visitor
from tests.services.test_messages import answers
from tests.services.test_untold_messages import gives_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
QUESTION = "Is this leaflet about the new camera true?"
NOTE = "The leaflet is from the clinic next door, I think."
SNIPPET = "Thank you for your message. We are looking into it and will write to you here."


def test_a_question_with_a_paper_is_answered_with_a_snippet_and_the_note_stays_inside(
    arrives: Arrives, house: House, clock: Clockwork, tmp_path: Path
) -> None:
    paper = tmp_path / "leaflet.png"
    Image.new("RGB", (60, 40), "white").save(paper)

    # When Cora asks something on her phone and adds a paper,
    she = arrives("cora", phone=True)
    she.goes_to("/home")
    she.follows("Write to us")
    she.reads("Do not write here about an urgent health problem", "That is our own aim.")
    she.fills_in("Your message", QUESTION)
    she.hands_in("A file, if you want to add one", paper)
    she.presses("Send the message")
    she.reads("Your message is sent.", "Thursday 26 November 2026", "leaflet.png", "Not read by the clinic yet")
    she.downloads(lambda: she.link("leaflet.png").first.click(), tmp_path)

    # the front desk finds it in the list, opens it, and notes something for colleagues,
    dov = arrives("dov")
    dov.goes_to("/office")
    dov.follows("Messages")
    dov.reads("Answer by", "nobody yet", "1 not opened yet")
    dov.follows_in(dov.page.locator("main table"), "Cora")
    dov.reads(QUESTION, "Whoever comes first")
    dov.presses("Take it over")
    dov.reads("You answer this from now on.")
    dov.follows("Add an internal note to the messages")
    dov.reads("This does not go to the patient.", "Only the clinic sees this")
    dov.fills_in("Internal note", NOTE)
    dov.presses("Keep the note")
    dov.reads("The note is kept.", NOTE, "First opened by Dov")

    # and answers: the snippet comes behind what was typed, and nothing is sent before it is pressed.
    dov.fills_in("Your message", "Dear Cora,")
    dov.page.get_by_label("A snippet to put into the answer").select_option(index=1)
    dov.page.get_by_label("A snippet to put into the answer").select_option(label="Thanks, and until when (English)")
    dov.presses("Insert")
    box = dov.page.get_by_label("Your message", exact=True)
    assert box.input_value() == f"Dear Cora,\n\n{SNIPPET}"
    dov.presses("Send the message")
    dov.reads("The message is sent.", "The patient has not read this yet", "Nothing waits for an answer.")

    # She is told by an e-mail that says nothing, and reads it; each sees that the other read.
    with house.worker_at_work():
        pass
    [mail] = [mail for mail in house.letters_by_mail() if "cora@" in str(mail["To"])]
    assert mail["Subject"] == "There is a message for you"
    assert "camera" not in mail.get_content()
    she.goes_to("/home")
    she.reads("We wrote you 1 message: Questions about your privacy.")
    she.follows("Read it")
    she.reads("Dear Cora,", "Read by the clinic on", "New", "Nothing waits for an answer.")
    she.does_not_read(NOTE, "next door")
    dov.goes_to(dov.page.url)
    dov.reads("Read by the patient on", NOTE)
    she.goes_to("/access-log")
    she.reads("read your messages with us", "wrote you a message")
    she.does_not_read("next door")


@pytest.mark.parametrize("how", [{"phone": True}, {"scripts": False}], ids=["phone", "without-scripts"])
def test_a_message_no_e_mail_told_of_is_told_by_somebody(
    arrives: Arrives, work_as: WorkAs, how: dict[str, bool]
) -> None:
    # Given a message to Amina of which the e-mail did not go through,
    answers(work_as, "esi", None, "We keep the photographs for sixteen years.")
    gives_up(work_as)

    # which whoever wrote it reads in the thread,
    esi = arrives("esi", **how)
    esi.goes_to("/office/patients/P-004117/messages")
    esi.reads("The e-mail that a message waits for Amina Haddad did not go through.", "how Amina Haddad was told")

    # when the front desk begins its day, it is among what needs somebody.
    dov = arrives("dov", **how)
    dov.goes_to("/office")
    dov.follows("Letters and messages that need somebody", exact=False)
    dov.reads("The e-mail that a message waits for Amina Haddad did not go through.", "Call her")
    dov.does_not_read("photographs")
    dov.follows_in(dov.page.locator("main table"), "Amina")
    dov.reads("Before you call, write or post", "Say only that it is there")
    dov.does_not_read("photographs")
    dov.chooses("I told her, on the telephone or here, that a message waits")
    dov.presses("Write it down")
    dov.reads("Choose how you knew that it was she.", "Say how she was told, or why she was not.")
    dov.chooses("Known in person to me, and she stood before me")
    dov.fills_in("How was she told, or why was she not?", "She reads it tonight.")
    dov.presses("Write it down")

    # Then nobody calls her a second time; who answers reads how she was told, and she can see who looked after it.
    dov.reads("It is written down.", "Nothing came back, and everything could be sent.")
    esi.goes_to("/office/patients/P-004117/messages")
    esi.does_not_read("did not go through")
    esi.reads("Told otherwise that a message waits", "She reads it tonight.")
    amina = arrives("amina", **how)
    amina.goes_to("/access-log")
    amina.reads("were told that a message waits")


def test_it_works_without_scripts_and_says_when_no_answer_is_needed(arrives: Arrives) -> None:
    she, esi = arrives("mei", phone=True, scripts=False), arrives("esi")
    she.goes_to("/messages")
    she.follows("Questions about your privacy", exact=False)
    she.fills_in("Your message", "Thank you, that is all.")
    she.presses("Send the message")
    she.reads("Your message is sent.")
    esi.goes_to("/office/messages")
    esi.follows_in(esi.page.locator("main table"), "Mei")
    esi.follows("Hand it to a colleague")
    esi.goes_to("/office/messages")
    esi.follows_in(esi.page.locator("main table"), "Mei")
    esi.follows("No answer needed")
    esi.chooses("The patient thanks us, or asks nothing")
    esi.presses("No answer needed")
    esi.reads("It needs no answer.", "We took it that you wait for no answer.")
    she.goes_to("/messages/general")
    she.reads("No answer needed", "We took it that you wait for no answer.")
    esi.goes_to("/office/snippets")
    esi.follows("Write a snippet")
    esi.fills_in("Title", "Closed in winter")
    esi.fills_in("English", "We are closed from 28 to 31 December.")
    esi.presses("Save")
    esi.reads("The snippet is there for everybody who answers.")
    esi.follows("Closed in winter")
    esi.reads("Retire it")
