"""The demo clinic in the middle of a working week: requests of one patient at every stage there is, and their parts.

Amina asks; Ben acts for her; Dr Femi Adeyemi is responsible; Dov and Esi do the rest. Mei, Cora and Dr Lena have
nothing to do with her. A module that imports ``template`` gets it as the portal each of its tests begins with.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from portal.domain.access_requests import Channel, Delivery, Mode
from portal.domain.account_requests import Proof
from portal.domain.account_requests import Wanted as WantedAccount
from portal.domain.disclosures import How, Wanted
from portal.domain.record_items import Category
from portal.domain.reviews import Decision
from portal.domain.wishes import Scope, Wishes
from portal.edges import Edge
from portal.models.people import Patient, Representation
from portal.models.proofs import Passkey, RecoveryLink
from portal.services import (
    access_requests,
    account_requests,
    accounts,
    disclosure_plans,
    disclosures,
    fees,
    files,
    identity,
    identity_papers,
    judgements,
    letters,
    patients,
    pauses,
    policy_drafts,
    questions,
    readmissions,
    recipients,
    releases,
    review_items,
    reviews,
    sign_ins,
)
from portal.services.judgements import Reasoning
from portal.services.work import Work
from portal.worker import Worker
from tests import conftest
from tests.templates import Template, once_a_run

WorkAs = Callable[..., AbstractContextManager[Work]]
OWN_WORDS = "The wallflower photographs of my left shoulder"
QUESTION = "Which of your two visits in March do you mean, the freckle or the fingernail?"
WHY_WAIVED = "I live on very little since my allotment was flooded in spring."
NOTED = "clinic-at-work.json"
A_LITTLE = Wishes(
    mode=Mode.COPY,
    scope=Scope.CATEGORIES,
    categories=(Category.ALLERGIES, Category.PHOTOGRAPHS),
    delivery=Delivery.DOWNLOAD,
    answered=frozenset({"kind", "what", "which", "delivery", "needs"}),
)
ON_PAPER = replace(A_LITTLE, delivery=Delivery.PICK_UP)  # what may cost something: a download never does
ABOUT_ANOTHER = Reasoning(
    facts="The neighbour Aurelia told this about her own illness, and asked that it stay here.",
    why_not_severing="Every line of the entry tells about Aurelia.",
)


@dataclass
class Clinic:
    """What there is: the references by stage, and the keys of parts that have addresses of their own."""

    references: dict[str, str]
    draft: str
    letters: dict[str, str]
    judgements: dict[str, str]
    files: dict[str, str]
    number: str
    link: str
    passkey: str = ""
    person: str = ""
    account_request: str = ""
    paper: str = ""
    power: str = ""
    disclosure: str = ""
    plan: str = ""
    clause: str = ""

    @classmethod
    def of(cls, edge: Edge) -> "Clinic":
        """What was noted beside the database when the week was made."""
        return cls(**json.loads((edge.config.data_dir / NOTED).read_text("utf-8")))


class Week:
    """Carries requests to where they are wanted, by the people whose step each is."""

    def __init__(self, work_as: WorkAs, edge: Edge) -> None:
        self.work_as = work_as
        self.edge = edge
        self.made: dict[str, str] = {}

    def sent(self, wishes: Wishes = A_LITTLE) -> str:
        with self.work_as("amina") as work:
            request = access_requests.start(work, patients.own(work))
            access_requests.save(work, request, wishes)
            access_requests.send(work, request, although_alike=True)
            return str(request.reference)

    def does(self, who: str, reference: str, *steps: Callable[[Work, Any], object]) -> str:
        for step in steps:
            with self.work_as(who) as work:
                step(work, access_requests.find(work, reference))
        return reference

    def checked(self, wishes: Wishes = A_LITTLE) -> str:
        return self.does("dov", self.sent(wishes), lambda w, r: identity.check_identity(w, r, "call_back", ""))

    def gathering(self, wishes: Wishes = A_LITTLE) -> str:
        return self.does("dov", self.checked(wishes), access_requests.begin)

    def gathered(self, wishes: Wishes = A_LITTLE) -> str:
        return self.does("dov", self.gathering(wishes), reviews.gather)

    def in_review(self, wishes: Wishes = A_LITTLE) -> str:
        return self.does("dov", self.gathered(wishes), access_requests.refer)

    def judged(self, wishes: Wishes = A_LITTLE, withhold_all: bool = False) -> str:
        def judge(work: Work, request: Any) -> None:
            for n, line in enumerate(review_items.lines(work, request)):
                kept = withhold_all or n == 0
                decision, ground = (Decision.WITHHOLD, "other_person") if kept else (Decision.RELEASE, None)
                reviews.judge(work, request, line.id, decision, ground, ABOUT_ANOTHER if kept else Reasoning())

        return self.does("femi", self.in_review(wishes), judge)

    def deciding(self, wishes: Wishes = A_LITTLE, withhold_all: bool = False) -> str:
        judged = self.judged(wishes, withhold_all)
        return self.does("femi", judged, lambda w, r: reviews.sign(w, r, judgements.digest(w, r)))

    def preparing(self, wishes: Wishes = A_LITTLE) -> str:
        deciding = self.deciding(wishes)
        return self.does("esi", deciding, lambda w, r: releases.release(w, r, releases.shown_digest(w, r)))

    def paused(self) -> str:
        def ask(work: Work, request: Any) -> None:
            pauses.stop(work, request, "disregard_application", work.today, "F26-00123")

        return self.does("dov", self.gathering(), ask)

    def failed(self) -> str:
        def fail(_work: Work, request: Any) -> None:
            request.package_failed = True

        return self.does("system", self.preparing(), fail)

    def on_paper(self) -> str:
        with self.work_as("dov") as work:
            amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
            request = access_requests.start(work, amina, Channel.PAPER)
            access_requests.save(work, request, replace(A_LITTLE, scope=Scope.OWN_WORDS, words=OWN_WORDS))
            access_requests.register(work, request, work.today, although_alike=True)
            files.receive_scan(work, request, files.look_at_scan(self.edge.outside, "scan.png", _picture()))
            return str(request.reference)

    def everything(self, worker: Worker) -> dict[str, str]:
        """A request at every stage. What the worker must make is made in one go."""
        to_view = replace(A_LITTLE, mode=Mode.VIEW, delivery=None)
        built = {"ready": self.preparing(), "by_hand": self.preparing(ON_PAPER), "delivered": self.preparing()}
        built["closed"] = self.preparing()
        worker.drain()
        for name in ("delivered", "closed"):
            self.does("amina", built[name], lambda w, r: list(releases.download(w, r)[2]))
        self.does("dov", built["closed"], access_requests.close)
        asked, estimated, waived = self.gathered(), self.gathered(ON_PAPER), self.gathered(ON_PAPER)
        self.does("dov", asked, lambda w, r: questions.ask(w, r, QUESTION))
        for reference in (estimated, waived):
            self.does("dov", reference, lambda w, r: fees.estimate(w, r, {"photographs": 3}, deposit=False))
        self.does("amina", waived, lambda w, r: fees.ask_waiver(w, r, WHY_WAIVED))
        return built | {
            "received": self.sent(),
            "checked": self.checked(),
            "gathering": self.gathering(ON_PAPER),
            "paused": self.paused(),
            "gathered": self.gathered(),
            "asked": asked,
            "estimated": estimated,
            "waiver": waived,
            "in_review": self.in_review(),
            "judged": self.judged(),
            "deciding": self.deciding(),
            "nothing_released": self.deciding(withhold_all=True),
            "to_view": self.deciding(to_view),
            "preparing": self.preparing(),
            "failed": self.failed(),
            "paper": self.on_paper(),
        }


@pytest.fixture(scope="module")
def template(template: Template, press: Any) -> Template:
    """The demo clinic in the middle of a working week, made once a run."""

    def fill(url: str, folder: Path) -> None:
        edge = conftest.edge_at(folder, url, conftest.Clockwork(), press)

        def work_as(name: str) -> AbstractContextManager[Work]:
            return edge.work(conftest.actor_of(edge, name))

        made = at_work(edge, work_as, Worker(edge))
        (folder / NOTED).write_text(json.dumps(asdict(made)), "utf-8")
        edge.sessions.kw["bind"].dispose()

    return once_a_run("week", template.kind, template.copy_to, fill)


def at_work(edge: Edge, work_as: WorkAs, worker: Worker) -> Clinic:
    """Fill the week, and gather the keys of what can be looked at."""
    references = Week(work_as, edge).everything(worker)
    with work_as("amina") as work:
        draft = access_requests.start(work, patients.own(work))
        access_requests.save(work, draft, A_LITTLE)
        clinic = Clinic(references, str(draft.id), {}, {}, {}, patients.own(work).number, "")
        for stage, reference in references.items():
            request = access_requests.find(work, reference)
            clinic.letters[stage] = str(letters.of_case(work, request)[0][0].id)
    with work_as("operator") as work:
        cora = accounts.find(work, "cora@patients.example")
        clinic.link = accounts.give_link(work, cora).rpartition("/")[2]
        forgot = RecoveryLink(token_digest=sign_ins.digest_of(clinic.link), account_id=cora.id, asked_at=work.now)
        forgot.expires_at = work.now + timedelta(days=1)
        work.db.add(forgot)
    with work_as("amina") as work:
        clinic.power = str(work.db.scalars(select(Representation.id)).one())
        made = Passkey(account_id=work.actor.id, credential_id=b"a key", public_key=b"its public half", uses=0)
        made.name, made.made_at = "my phone", work.now
        work.db.add(made)
        clinic.passkey = str(made.id)
    with work_as("esi") as work:
        amina = patients.find(work, clinic.number)
        ito = recipients.add_for(work, amina, "Dr. Ito", "provider", "1 Quay Street\nVictoria BC")
        letter = Wanted("care", ito.id, (Category.REPORTS,), "The letter on the freckle", "Shared care", How.FAX)
        clinic.disclosure = str(disclosures.disclose(work, amina, letter).id)
        police = recipients.add_for(work, amina, "Nanaimo RCMP", "police", "303 Prideaux Street\nNanaimo BC")
        asked = replace(letter, purpose="police", recipient_id=police.id, note="Asked for in writing.")
        clinic.plan = str(disclosure_plans.plan(work, amina, asked).id)
    with work_as("esi") as work:
        readmissions.ask(work, patients.find(work, clinic.number), "photo_id")
        clinic.clause = str(policy_drafts.begin(work).rows[0].id)
    with work_as("dov") as work:
        clinic.person = str(work.actor.id)
        paper = access_requests.find(work, references["paper"])
        clinic.files["paper"] = str(files.of_case(work, paper, "scan")[0][0].id)
        wanted = WantedAccount("Amina", "Haddad", date(1986, 3, 14), phone="250-555-0100")
        looked = identity_papers.look_at(work.outside, "card.png", _picture())
        account_requests.send(work, "once-only-once-only-once", wanted, Proof.DOCUMENTS, "en", ("passport", looked))
        asked = account_requests.waiting(work)[0][0]
        clinic.account_request, clinic.paper = str(asked.id), str(identity_papers.of_request(work, asked)[0].id)
    with work_as("femi") as work:
        for stage in ("in_review", "judged", "deciding", "ready"):
            request = access_requests.find(work, references[stage])
            line = next(each for each in review_items.lines(work, request) if each.category is Category.PHOTOGRAPHS)
            clinic.judgements[stage] = str(line.id)
            opened = review_items.open_item(work, request, line.id)
            clinic.files[stage] = next(str(block.file) for block in opened.item.blocks if hasattr(block, "file"))
    return clinic


def _picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (40, 40), "white").save(drawn, "PNG")
    return drawn.getvalue()
