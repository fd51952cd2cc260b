"""What people of the demo clinic wrote to each other, and the snippets they answer with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """A question in a patient's general thread; ``answer`` is empty where it still waits."""

    patient: str
    asked_days_ago: int
    question: str
    answered_by: str = ""
    answered_days_ago: int = 0
    answer: str = ""


@dataclass(frozen=True)
class Phrase:
    """A snippet by language."""

    title: str
    words: dict[str, str]


EXCHANGES = (
    Exchange(
        patient="amina@patients.example",
        asked_days_ago=20,
        question="Who at the clinic can see the photographs of my back? And do they ever leave the clinic?",
        answered_by="esi@clinic.example",
        answered_days_ago=19,
        answer="Dr Adeyemi can, and whoever stands in for her. Each time somebody opens your record, you find it under "
        "“Who looked”. A photograph leaves the clinic only when you agree to it first, and then it stands under "
        "“Who received it”.",
    ),
    Exchange(
        patient="mei@patients.example",
        asked_days_ago=2,
        question="I am moving to Victoria in spring. How long do you keep my record after I leave, and will somebody "
        "tell me before you destroy it?",
    ),
)

PHRASES = (
    Phrase(
        "Ask for the record",
        {
            "en": "You can ask for your record on the page “Ask for your record”. From the day you send it, the law "
            "gives us a time by which we must answer.",
            "fr": "Vous pouvez demander votre dossier à la page « Demander votre dossier ». La loi fixe le délai dans "
            "lequel nous devons vous répondre, à compter du jour de votre demande.",
        },
    ),
    Phrase(
        "Thanks, and until when",
        {
            "en": "Thank you for your message. We are looking into it and will write to you here.",
            "fr": "Merci pour votre message. Nous examinons la question et vous répondrons ici.",
        },
    ),
)
