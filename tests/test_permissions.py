"""Leave is asked by every act, the lists show what the pages open, and no permission is a dead letter."""

import ast
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import chain, combinations, product
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.access_requests import Stage
from portal.domain.actors import Actor, Role
from portal.domain.cases import KINDS
from portal.domain.policy import POLICY, Permission, allows, patient_side
from portal.domain.record_items import Category
from portal.domain.rights import EVERYTHING, Powers, Right
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.people import Patient
from portal.models.scopes import openable_patients, visible_cases, visible_patients
from portal.services.work import Work

PORTAL = Path(__file__).resolve().parents[1] / "portal"
SERVICES = PORTAL / "services"

# The list and the page agree: the view rules are said twice, in the policy and in SQL.

STAGES = (Stage.DRAFT, Stage.RECEIVED, Stage.GATHERING, Stage.IN_REVIEW, Stage.CLOSED)
MIXES = list(chain.from_iterable(combinations(Role, n) for n in range(len(Role) + 1)))


@pytest.fixture
def sixty_cases(work_as: Callable[..., AbstractContextManager[Work]]) -> Iterator[Work]:
    """Four patients × three physicians, or none × five stages: a case of each; and one physician is a patient too."""
    with work_as("system") as work:
        db = work.db
        lena = actor_of_name(work, "lena")
        file = Patient(
            number="P-900001", given_name="Lena", family_name="Also A Patient", birth_date=work.today,
            jurisdiction="ca-bc", account_id=lena.id, responsible_id=actor_of_name(work, "femi").id,
            registered_at=work.now,
        )  # fmt: skip
        db.add(file)
        db.flush()
        physicians = [actor_of_name(work, "femi").id, lena.id, None]
        for n, (patient, physician, stage) in enumerate(product(db.scalars(select(Patient)), physicians, STAGES)):
            db.add(
                AccessRequest(
                    reference=f"AR-1999-{n:06d}-X",
                    patient_id=patient.id,
                    responsible_id=physician,
                    stage=stage,
                    channel="portal",
                    jurisdiction="ca-bc",
                    rules_version="test",
                    started_at=work.now,
                    due_on=work.today + timedelta(n),
                    requested_by_id=lena.id if n % 2 else None,
                    is_open=stage != Stage.CLOSED,
                )
            )
        db.flush()
        yield work


def actor_of_name(work: Work, name: str) -> Actor:
    account = work.db.scalars(select(Account).where(Account.email.like(f"{name}@%"))).one()
    return Actor(account.id, account.name, account.role_set)


def people(work: Work) -> Iterator[Actor]:
    """Every mix of roles, for people with and without a file of their own, who act or cover for somebody or nobody."""
    files = {patient.given_name: patient.id for patient in work.db.scalars(select(Patient))}
    selves = [actor_of_name(work, name).id for name in ("femi", "lena")]
    own = [None, files["Amina"], files["Lena"]]
    mei, part = files["Mei"], Powers.over({Right.ASK}, {Category.PHOTOGRAPHS})
    powers = [{}, {mei: EVERYTHING}, {mei: part}, {mei: Powers.over({Right.RECORD})}]
    covered: list[frozenset[UUID]] = [frozenset(), frozenset(filter(None, selves))]
    for roles, self_id, file, held, covers in product(MIXES, selves, own, powers, covered):
        yield Actor(self_id, "Somebody", frozenset(roles), file, frozenset(held), covers=covers, powers=held)
    for roles in MIXES:  # a power that rests
        yield Actor(selves[0], "Somebody", frozenset(roles), None, paused=frozenset({files["Amina"]}))


def test_a_list_shows_exactly_the_cases_whose_page_opens(sixty_cases: Work) -> None:
    cases = list(sixty_cases.db.scalars(select(AccessRequest)))
    assert len(cases) >= 60
    shown = 0
    for actor in people(sixty_cases):
        listed = set(sixty_cases.db.scalars(visible_cases(actor).with_only_columns(Case.id)))
        allowed = {case.id for case in cases if allows(actor, Permission.REQUEST_VIEW, case)}
        assert listed == allowed, actor
        shown += len(listed)
    assert shown


def test_a_list_shows_exactly_the_files_that_open(sixty_cases: Work) -> None:
    files = list(sixty_cases.db.scalars(select(Patient)))
    for actor in people(sixty_cases):
        listed = set(sixty_cases.db.scalars(visible_patients(actor).with_only_columns(Patient.id)))
        may = {f.id for f in files if allows(actor, Permission.PATIENT_VIEW, f) or patient_side(actor, f)}
        assert listed == may, actor


def test_a_file_can_be_asked_for_by_exactly_those_who_may_open_it(sixty_cases: Work) -> None:
    files = list(sixty_cases.db.scalars(select(Patient)))
    for actor in people(sixty_cases):
        found = set(sixty_cases.db.scalars(openable_patients(actor).with_only_columns(Patient.id)))
        assert found == {f.id for f in files if allows(actor, Permission.PATIENT_OPEN, f)}, actor


# Every act asks leave.

ASKING = {
    "must",
    "may",
    "allows",
    "visible_cases",
    "visible_patients",
    "openable_patients",
    "visible_staff",
    "cases_seen_by",
    "dispatches_seen_by",
    "untold_messages_seen_by",
    "astray_papers_seen_by",
    "disclosures_seen_by",
}
# What pages, commands and the worker call without leave being asked in it, and why that is right.
NEEDS_NO_LEAVE = {
    "access_requests.opened": "writes down that a case was read which was found before",
    "alarms.note": "writes down that whoever acts was told no",
    "patients.opened": "writes down that a file was read which was found before",
    "representatives.standing": "says how a power stands that was found before",
    "representatives_list.line": "puts a power in words that was found before",
    "representatives_list.of_actor": "one's own powers, by the session",
    "representatives_list.lapsed": "one's own powers, by the session",
    "notice_chains.counts": "says whether a letter counts that was found before",
    "lives.is_minor": "counts from the birth date of a file that was found before",
    "cases.offers": "says what leave there is; the workflow asks the policy about each step",
    "accounts.own": "one's own account, by the session",
    "accounts.choose_language": "one's own account, by the session",
    "privacy_policy.in_force": "published: anybody may read it",
    "privacy_policy.to_come": "published: anybody may read it",
    "privacy_policy.editions": "published: anybody may read it",
    "privacy_policy.edition": "published: anybody may read it",
    "privacy_policy.before": "published: anybody may read it",
    "promise_figures.shown": "published: anybody may read it",
    "passwords.shortest_of": "a rule that everybody may know",
    "passwords.check_new": "one's own password, by the session or the one-time link",
    "passwords.is_present": "one's own password",
    "passwords.change": "one's own password, by the session",
    "accounts.turn_codes_on": "one's own account, by the session",
    "accounts.activation": "the one-time link is the leave",
    "accounts.activate": "the one-time link is the leave",
    "sign_ins.count_try": "before anybody is signed in",
    "sign_ins.check_password": "before anybody is signed in",
    "sign_ins.refuse": "before anybody is signed in",
    "sign_ins.begin": "after the right password",
    "sign_ins.give_code": "one's own session, half open",
    "sign_ins.resume": "the token is the leave",
    "sign_ins.use_code": "one's own code",
    "sign_ins.is_live": "one's own session",
    "sign_ins.with_powers_of_now": "one's own session",
    "sign_ins.end": "one's own session",
    "sessions.mine": "one's own sessions",
    "sessions.end": "one's own session",
    "sessions.end_others": "one's own sessions",
    "sessions.stay": "one's own session",
    "sessions.hold": "one's own session, that turned up elsewhere",
    "sessions.let_go": "one's own session, after a proof",
    "devices.owner": "before anybody is signed in",
    "devices.owner_of": "one's own account",
    "devices.met": "one's own account, just signed in to",
    "approvals.is_used": "one's own page",
    "approvals.refuse": "leaves a trace of one's own try",
    "sign_ins.rotate": "one's own session",
    "sign_ins.give_recovery_code": "one's own session, half open",
    "recovery_codes.new_set": "one's own account, by the session",
    "recovery_codes.left": "one's own account, by the session",
    "recoveries.ask": "before anybody is signed in",
    "recoveries.live": "the one-time link is the leave",
    "recoveries.set_password": "the one-time link is the leave",
    "accounts.ask_before_downloads": "one's own account, by the session",
    "passkeys.of_account": "one's own account, by the session",
    "passkeys.find": "one's own account, by the session",
    "passkeys.add": "one's own account, by the session",
    "passkeys.remove": "one's own account, by the session",
    "passkeys.question_to_make": "one's own account, by the session",
    "passkeys.question_to_sign_in": "before anybody is signed in",
    "passkeys.question_to_step_up": "one's own account, by the session",
    "passkeys.sign_in": "before anybody is signed in",
    "passkeys.second_step": "one's own session, half open",
    "passkeys.step_up": "one's own passkey",
    "approvals.prove_again": "one's own password or code",
    "approvals.approve": "a proof beside the act, which asks leave itself",
    "left_forms.keep": "one's own words, by the session that ran out",
    "left_forms.find": "one's own words, by the session",
    "left_forms.forget": "one's own words, by the session",
    "providers.depart": "before anybody is signed in, or one's own session after a proof",
    "providers.arrive": "what the browser brings back is the leave",
    "providers.enter": "the provider's proven word is the leave",
    "providers.link": "one's own session, by the trip that began in it",
    "providers.ways": "one's own account, by the session",
    "providers.way": "one's own account, by the session",
    "providers.unlink": "one's own account, by the session",
    "providers.refuse": "before anybody is signed in",
    "providers.still_open": "one's own session",
    "providers.word": "what the browser kept is the leave",
    "account_requests.count": "before anybody is signed in",
    "account_requests.is_there": "before anybody is signed in",
    "account_requests.send": "before anybody is signed in",
    "account_requests.said": "the words for a request that was found before",
    "patient_invitations.is_open": "the state of an invitation that was found before",
    "activations.try_code": "before anybody is signed in",
    "activations.invited": "the code and two facts are the leave",
    "activations.check_password": "the code and two facts are the leave",
    "activations.accept": "the code and two facts are the leave",
    "email_changes.ask": "one's own account, by the session",
    "email_changes.waiting": "one's own account, by the session",
    "email_changes.take_back": "one's own account, by the session",
    "email_changes.find": "the one-time link is the leave",
    "email_changes.confirm": "the one-time link is the leave",
    "disclosure_lists.purpose_in_words": "what a purpose is called",
    "throttling.spend": "counts tries, of whomever",
    "files.stream": "a file that was found through its case, its item or its letter",
    "files.name_of": "a file that was found through its case, its item or its letter",
    "letters.printed": "the file of a letter that was found through its case",
    "paper_forms.blank": "a form for anybody, with nobody's name on it",
    "jobs.alive": "asked by machines: is a worker there",
    "jobs.beat": "the worker's own table",
    "jobs.claim": "the worker's own table",
    "jobs.fail": "the worker's own table",
    "jobs.finish": "the worker's own table",
    "jobs.put_back": "the worker's own table",
    "jobs.renew": "the worker's own table",
    "work.settle": "the end of a piece of work that asked",
}

Name = tuple[str, str]


class Services:
    """The functions of the services: which call which, and in which of them leave is asked."""

    def __init__(self) -> None:
        self.calls: dict[Name, set[Name]] = {}
        self.asking: set[Name] = set()
        self.acts: set[Name] = set()
        self.handed_on: dict[Name, Name] = {}
        for path in SERVICES.glob("*.py"):
            self._read(path)
        self._spread()

    def _read(self, path: Path) -> None:
        tree = ast.parse(path.read_text("utf-8"))
        known = imported(tree)
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        local = {function.name for function in functions}
        self.handed_on.update({(path.stem, own): there for own, there in known.items() if there[0]})
        for function in functions:
            name = (path.stem, function.name)
            self.calls[name] = set(used(function, known, path.stem, local))
            called = {_called(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
            if called & ASKING or name in {("cases", "take"), ("cases", "check")}:
                self.asking.add(name)
            first = function.args.args[0].arg if function.args.args else ""
            if first == "work" and not function.name.startswith("_"):
                self.acts.add(name)

    def home(self, name: Name) -> Name:
        """Where a function lives that a module only hands on."""
        while name not in self.calls and name in self.handed_on:
            name = self.handed_on[name]
        return name

    def _spread(self) -> None:
        """Who calls somebody that asks leave, asks leave."""
        grew = True
        while grew:
            more = {name for name, calls in self.calls.items() if {self.home(each) for each in calls} & self.asking}
            grew = not more <= self.asking
            self.asking |= more


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def imported(tree: ast.Module) -> dict[str, Name]:
    """What a module has from the services: ``("", module)``, or ``(module, function)``."""
    found: dict[str, Name] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal.services"):
            home = str(node.module).removeprefix("portal.services").removeprefix(".")
            found |= {alias.asname or alias.name: (home, alias.name) for alias in node.names}
    return found


def used(tree: ast.AST, known: dict[str, Name], own: str = "", local: set[str] = frozenset()) -> Iterator[Name]:  # type: ignore[assignment]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            home, module = known.get(node.value.id, ("-", ""))
            if home == "":
                yield module, node.attr
        elif isinstance(node, ast.Name):
            if node.id in local:
                yield own, node.id
            elif known.get(node.id, ("", ""))[0]:
                yield known[node.id]


def called_from_outside(services: Services) -> set[Name]:
    outside = [
        *(PORTAL / "web").rglob("*.py"),
        *(PORTAL / "cli").glob("*.py"),
        PORTAL / "worker.py",
        PORTAL / "edges.py",
    ]
    trees = [ast.parse(path.read_text("utf-8")) for path in outside]
    return {services.home(name) for tree in trees for name in used(tree, imported(tree))}


def test_every_act_asks_leave() -> None:
    services = Services()
    acts = called_from_outside(services) & services.acts
    assert len(acts) > 80
    silent = {".".join(act) for act in acts - services.asking}
    assert silent - set(NEEDS_NO_LEAVE) == set(), "these ask nobody"
    assert set(NEEDS_NO_LEAVE) - silent == set(), "these ask by now, or are gone: take them off the list"


def test_every_permission_is_asked_for_somewhere() -> None:
    assert set(POLICY) == set(Permission)
    text = "\n".join(path.read_text("utf-8") for path in SERVICES.glob("*.py"))
    asked = {permission for permission in Permission if f"Permission.{permission.name}" in text}
    assert asked | {step.may for kind in KINDS.values() for step in kind.workflow.steps} == set(Permission)
