"""The answer leaves the house: shown word for word, proved again, and never by who reviewed it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.domain.access_requests import Delivery
from portal.domain.actors import Role
from portal.domain.errors import NotPossible
from portal.domain.reviews import Decision
from portal.domain.wishes import Scope, Wishes
from portal.models.accounts import Account, Approval
from portal.models.people import Patient
from portal.services import access_log, access_requests, identity, judgements, letters, patients, reviews
from portal.worker import Worker
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import PASSWORD, WorkAs, gathering, sent, signed

Clients = Callable[[str], ReadingClient]


def shown(client: ReadingClient, path: str) -> str:
    page = client.get(path).get_data(as_text=True)
    found = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def stage_of(work_as: WorkAs, reference: str) -> str:
    with work_as("system", writes=False) as work:
        return access_requests.find(work, reference).stage


def test_the_letter_and_the_figures_are_shown_before_the_release(client_of: Clients, work_as: WorkAs) -> None:
    reference = signed(work_as, "mei", withheld=2)
    page = text_of(client_of("esi").get(f"/office/cases/{reference}/release"))
    assert "You can have part of your record" in page
    assert "2 entries are withheld." in page
    assert "This cannot be taken back." in page


def test_a_release_needs_the_password_or_a_code(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("esi"), signed(work_as, "mei")
    path = f"/office/cases/{reference}/release"
    for proof in ("", "not-my-password"):
        answer = client.post(path, data={"shown": shown(client, path), "proof": proof})
        assert answer.status_code == 422
        assert stage_of(work_as, reference) == "deciding"
    answer = client.post(path, data={"shown": shown(client, path), "proof": PASSWORD})
    assert answer.status_code == 303
    assert stage_of(work_as, reference) == "preparing"
    with work_as("system", writes=False) as work:
        assert [a.act for a in work.db.scalars(select(Approval))] == ["release"]


def test_a_release_is_bound_to_what_was_shown(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("esi"), signed(work_as, "mei")
    path = f"/office/cases/{reference}/release"
    answer = client.post(path, data={"shown": "0" * 64, "proof": PASSWORD})
    assert answer.status_code == 422
    assert "This page was opened for something else" in text_of(answer)
    seen = shown(client, path)
    with work_as("system") as work:
        work.db.execute(update(Patient).values(given_name="Maxine"))
    answer = client.post(path, data={"shown": seen, "proof": PASSWORD})
    assert answer.status_code == 409
    assert "The answer changed since you looked at it." in text_of(answer)
    assert stage_of(work_as, reference) == "deciding"


def test_who_reviewed_does_not_release(client_of: Clients, work_as: WorkAs) -> None:
    reference = signed(work_as, "mei")
    with work_as("system") as work:
        femi = work.db.scalars(select(Account).where(Account.email.like("femi@%"))).one()
        femi.roles = f"{Role.ADMINISTRATOR.value} {Role.PHYSICIAN.value}"
    client = client_of("femi")
    assert "Release the package" not in text_of(client.get(f"/office/cases/{reference}"))
    assert client.get(f"/office/cases/{reference}/release").status_code == 403


def test_a_refusal_is_the_administrators_and_needs_everything_withheld(client_of: Clients, work_as: WorkAs) -> None:
    reference = signed(work_as, "mei", withheld=-1)
    assert client_of("dov").get(f"/office/cases/{reference}/refuse").status_code == 403
    client, path = client_of("esi"), f"/office/cases/{reference}/refuse"
    page = text_of(client.get(path))
    assert "We cannot give you your record" in page
    assert "Office of the Information and Privacy Commissioner" in page
    assert client.get(f"/office/cases/{reference}/release").status_code == 409
    answer = client.post(path, data={"shown": shown(client, path), "proof": PASSWORD})
    assert answer.status_code == 303
    told = text_of(client.get(f"/office/cases/{reference}"))
    assert "This case is closed." in told
    assert "The answer went out on" in told


def test_a_viewing_is_offered_instead_of_a_package(client_of: Clients, work_as: WorkAs) -> None:
    from portal.domain.access_requests import Mode

    view = Wishes(mode=Mode.VIEW, scope=Scope.EVERYTHING)
    reference = _signed_with(work_as, view)
    client, path = client_of("dov"), f"/office/cases/{reference}/offer-viewing"
    assert client.get(f"/office/cases/{reference}/release").status_code == 409
    assert client.post(path, data={"shown": shown(client, path), "proof": PASSWORD}).status_code == 303
    assert "waits for the front office to arrange the viewing" in text_of(client.get(f"/office/cases/{reference}"))


def test_a_review_goes_back_with_its_reason(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("esi"), signed(work_as, "mei")
    path = f"/office/cases/{reference}/return-review"
    assert client.post(path, data={"note": ""}).status_code == 422
    reason = "The letter of the laboratory names a second patient."
    assert client.post(path, data={"note": reason}).status_code == 303
    assert stage_of(work_as, reference) == "in_review"
    case = f"/office/cases/{reference}"
    assert text_of(client.get(case)).count(reason) == 2, "beside where the case stands, and in its history"
    femi = client_of("femi")
    assert reason in text_of(femi.get(f"{case}/review", follow_redirects=True))
    femi.post(f"{case}/review/send-back", data={"note": "The swab is missing."})
    assert text_of(femi.get(case)).count(reason) == 1
    assert text_of(client.get(case)).count("The swab is missing.") == 2


def looks_at(work_as: WorkAs) -> int:
    with work_as("mei", writes=False) as work:
        return len(access_log.lines(work, patients.own(work)))


def _signed_with(work_as: WorkAs, wishes: Wishes) -> str:
    from tests.web.patient.stages import gathering as gathering_of

    reference = gathering_of(work_as, "mei", wishes)
    with work_as("dov") as work:
        access_requests.refer(work, access_requests.find(work, reference))
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        for row in judgements.rows_in_order(work, request):
            reviews.judge(work, request, row.id, Decision.RELEASE, None, judgements.Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))
    return reference


def test_a_package_to_pick_up_is_printed_and_handed_over_by_the_office(
    client_of: Clients, work_as: WorkAs, worker: Worker
) -> None:
    reference = _signed_with(work_as, Wishes(scope=Scope.EVERYTHING, delivery=Delivery.PICK_UP))
    client, path = client_of("dov"), f"/office/cases/{reference}/release"
    assert client.post(f"/office/cases/{reference}/print").status_code == 409
    client.post(path, data={"shown": shown(client, path), "proof": PASSWORD})
    assert "The portal begins to make it in a moment." in text_of(client.get(f"/office/cases/{reference}"))
    before = looks_at(work_as)
    assert 'id="package-progress"' in client.get(f"/office/cases/{reference}/package").get_data(as_text=True)
    assert looks_at(work_as) == before  # a page that asks by itself is nobody looking
    worker.drain()
    assert 'id="package-progress"' not in client.get(f"/office/cases/{reference}/package").get_data(as_text=True)
    page = text_of(client.get(f"/office/cases/{reference}"))
    assert "Open the package to print it" in page
    at = f"/office/cases/{reference}/print"
    unproven = client.post(at, data={"shown": shown(client, at), "proof": "not-my-password"})
    assert unproven.status_code == 422
    other = "0" * 64
    assert client.post(at, data={"shown": other, "proof": PASSWORD}).status_code == 422
    printed = client.post(at, data={"shown": shown(client, at), "proof": PASSWORD})
    assert printed.status_code == 200
    assert printed.data.startswith(b"%PDF-")
    assert printed.headers["Content-Disposition"].startswith("attachment;")
    assert client_of("femi").post(f"/office/cases/{reference}/print").status_code == 403
    how = {"how": "Picked up at the counter by the patient, photo identification seen."}
    assert client.post(f"/office/cases/{reference}/hand-over", data={"how": ""}).status_code == 422
    assert client.post(f"/office/cases/{reference}/hand-over", data=how).status_code == 303
    assert client.post(f"/office/cases/{reference}/close").status_code == 303
    assert "This case is closed. Nobody waits." in text_of(client.get(f"/office/cases/{reference}"))


def test_a_package_to_download_is_not_printed_by_the_office(
    client_of: Clients, work_as: WorkAs, worker: Worker
) -> None:
    client, reference = client_of("dov"), signed(work_as, "mei")
    path = f"/office/cases/{reference}/release"
    client.post(path, data={"shown": shown(client, path), "proof": PASSWORD})
    worker.drain()
    assert "Open the package to print it" not in text_of(client.get(f"/office/cases/{reference}"))
    answer = client.post(f"/office/cases/{reference}/print")
    assert answer.status_code == 409
    assert "The patient downloads this package." in text_of(answer)


def test_no_record_is_answered_with_where_it_was_searched(client_of: Clients, work_as: WorkAs) -> None:
    from portal.domain.record_items import Category
    from tests.web.patient.stages import gathering as gathering_of

    none = Wishes(scope=Scope.CATEGORIES, categories=(Category.CARE_PLANS,), delivery=Delivery.DOWNLOAD)
    client, reference = client_of("dov"), gathering_of(work_as, "cora", none)
    path = f"/office/cases/{reference}/no-record"
    searched = "The EMR, under both of her names, 2010 to today."
    looked = client.post(path, data={"searched": searched, "look": "1"})
    assert searched in text_of(looked)
    assert stage_of(work_as, reference) == "gathering"
    from tests.web.office.test_fees import seen

    answer = client.post(path, data={"searched": searched, "do": "1", "seen": seen(looked)})
    assert answer.status_code == 303
    assert stage_of(work_as, reference) == "closed"


def test_there_is_a_record_so_the_answer_is_not_that_there_is_none(client_of: Clients, work_as: WorkAs) -> None:
    reference = gathering(work_as, "mei")
    assert client_of("dov").get(f"/office/cases/{reference}/no-record").status_code == 409


def test_a_record_the_portal_holds_is_gathered_before_there_is_said_to_be_none(work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        identity.check_identity(work, request, "call_back", "")
        access_requests.begin(work, request)
    with work_as("dov") as work, pytest.raises(NotPossible, match="Gather it"):
        access_requests.no_record(work, access_requests.find(work, reference), "The EMR.")


def test_the_answer_is_composed_once_to_be_shown_and_once_to_be_sent(
    client_of: Clients, work_as: WorkAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, reference, composed = client_of("esi"), signed(work_as, "mei"), []
    composes = letters.COMPOSERS["decision"]

    def counts(*given: Any) -> Any:
        composed.append(composes(*given))
        return composed[-1]

    monkeypatch.setitem(letters.COMPOSERS, "decision", counts)
    path = f"/office/cases/{reference}/release"
    seen = shown(client, path)
    assert len(composed) == 1
    assert client.post(path, data={"shown": seen, "proof": PASSWORD}).status_code == 303
    assert len(composed) == 2
    with work_as("esi", writes=False) as work:
        assert letters.answer_of(work, access_requests.find(work, reference)) == composed[-1]


def test_who_decided_on_an_entry_reads_why_the_release_is_somebody_elses(client_of: Clients, work_as: WorkAs) -> None:
    reference, sentence = signed(work_as, "mei"), "You decided on an entry of this record. Somebody else has to release"
    client, address = client_of("esi"), f"/office/cases/{reference}"
    assert sentence not in text_of(client.get(address))
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        request.judged_by = f"{request.judged_by} {work.actor.id}"
    page = client.get(address)
    assert sentence in text_of(page)
    assert f"{address}/release" not in page.get_data(as_text=True)
    for step in ("release", "return-review"):
        answer = client.get(f"{address}/{step}")
        assert (answer.status_code, sentence in text_of(answer)) == (403, True)
