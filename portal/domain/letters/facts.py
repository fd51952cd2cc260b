"""What every letter is written from: the clinic, the person it goes to, the case, and how to say a date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.domain.clinics import Clinic
from portal.domain.dates import say_date
from portal.domain.jurisdictions import Profile
from portal.domain.letters.letter_wordings import WordingFor, the_portals


@dataclass(frozen=True)
class LetterFacts:
    """The facts of the case a letter is about.

    ``reader_address`` is where letters to whoever asked go: the patient's address, or her representative's own, which
    may not be known. ``physician`` is the name of the responsible physician, or of who signed the review, with the
    title ("Dr Femi Adeyemi"). ``asked_by`` is the representative who asked, empty when the patient asked herself.
    ``tells_recipients`` is False where whoever asked may not know who received information.
    ``due`` is the lawful date now; ``count_words`` says its arithmetic in a sentence (``arithmetic.summary``).
    ``signed_by`` is ``(name, title)``, or None for the clinic's privacy contact. ``wording`` finds the clinic's own
    words for a kind of letter, in the language it is written in.
    """

    profile: Profile
    clinic: Clinic
    reference: str
    patient_name: str
    reader_address: tuple[str, ...]
    physician: str
    received_on: date
    due: date
    written_on: date
    asked_by: str = ""
    tells_recipients: bool = True
    count_words: str = ""
    signed_by: tuple[str, str] | None = None
    say_date: Callable[[date], str] = say_date
    wording: WordingFor = the_portals

    @property
    def reader(self) -> str:
        """Who opens the letter: the patient, or whoever asked for her."""
        return self.asked_by or self.patient_name


@dataclass(frozen=True)
class Given:
    """What is given of one kind of entry: ``name`` is the category in words."""

    name: str
    number: int


@dataclass(frozen=True)
class NotGiven:
    """What is not given of one entry, and on which ground.

    ``title`` must tell nothing of what is withheld. ``whole`` is False when passages were severed, the rest given.
    ``explanation`` is what the physician adds to the ground's plain words for the patient; it may be empty.
    """

    title: str
    occurred_on: date | None
    ground: str
    whole: bool
    explanation: str = ""


@dataclass(frozen=True)
class Recipient:
    """Somebody the patient's information was disclosed to: the law gives her the name."""

    name: str
    on: date | None = None
    what: str = ""
