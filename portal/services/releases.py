"""Releasing what was decided: the office's last look, the package, and how it reaches the patient."""

import hashlib
from collections.abc import Iterator
from uuid import UUID

from portal.domain.access_requests import Delivery, Outcome, Stage, by_hand
from portal.domain.dates import say_date
from portal.domain.errors import NotFound, NotPossible
from portal.domain.letters import Letter
from portal.domain.policy import Permission
from portal.domain.rights import Right
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.letters import StoredFile
from portal.models.releases import ReleasePackage
from portal.services import access_requests, audit, cases, files, judgements, letters, powers
from portal.services.work import Work


def shown_digest(work: Work, request: AccessRequest, letter: Letter | None = None) -> str:
    """What a release is bound to: the review as it was signed, and the letter as it would be sent."""
    work.must(Permission.REQUEST_VIEW, request)
    told = (letter or letters.answer(work, request)).to_json()
    return hashlib.sha256(f"{judgements.digest(work, request)}|{told}".encode()).hexdigest()


def release(work: Work, request: AccessRequest, shown: str) -> None:
    """Send the answer on its way: the decision letter now, the package by the worker. Never by who reviewed."""
    _send(work, request, "release", shown)


def refuse(work: Work, request: AccessRequest, shown: str) -> None:
    """Send a refusal of the whole: the administrator's, after the physician's; the letter has all the law lists."""
    _send(work, request, "refuse", shown)


def offer_viewing(work: Work, request: AccessRequest, shown: str) -> None:
    """Invite the patient to view the original."""
    _send(work, request, "offer_viewing", shown)


def rebuild(work: Work, request: AccessRequest) -> None:
    """Make the package again after the worker had to give it up."""
    cases.take(work, request, "rebuild")


def package_of(work: Work, request: AccessRequest) -> ReleasePackage | None:
    """The request's package with its progress, if one was ordered."""
    work.must(Permission.REQUEST_VIEW, request)
    return work.db.get(ReleasePackage, request.package_id) if request.package_id else None


def package_digest(work: Work, request: AccessRequest) -> str:
    """What a download is bound to."""
    powers.within_reach(work, request.patient_id, access_requests.wishes_of(work, request), Right.DOWNLOAD)
    package = _ready(work, request)
    return hashlib.sha256(str(package.id).encode()).hexdigest()


def download(work: Work, request: AccessRequest) -> tuple[StoredFile, str, Iterator[bytes]]:
    """The package for the patient or her representative: (file, name, content). The first time delivers the case."""
    work.must(Permission.PACKAGE_DOWNLOAD, request)
    if request.delivery != Delivery.DOWNLOAD:
        raise NotFound(_("There is no package here, or not yet."))
    powers.within_reach(work, request.patient_id, access_requests.wishes_of(work, request), Right.DOWNLOAD)
    package = _ready(work, request)
    if package.expires_on and work.today > package.expires_on:
        raise NotPossible(
            _(
                "This package could be downloaded until %(day)s. Ask us again; it is free.",
                day=say_date(package.expires_on),
            )
        )
    if request.stage == Stage.READY:
        cases.take(work, request, "collect")
    if package.collected_at is None:
        package.collected_at = work.now
    audit.record_of(work, "package.downloaded", request, package=str(package.id))
    return _content(work, package)


def print_out(work: Work, request: AccessRequest) -> tuple[StoredFile, str, Iterator[bytes]]:
    """The package for the front office to print, post or fax, when the patient did not choose to download it."""
    package = _to_print(work, request)
    audit.record_of(work, "package.printed", request, package=str(package.id))
    return _content(work, package)


def print_digest(work: Work, request: AccessRequest) -> str:
    """What a print is bound to: this very package. Raises NotPossible while none is printed."""
    return hashlib.sha256(f"print/{_to_print(work, request).id}".encode()).hexdigest()


def _to_print(work: Work, request: AccessRequest) -> ReleasePackage:
    work.must(Permission.PACKAGE_PRINT, request)
    if not can_print(work, request):
        why = by_hand(request) or _("A package is printed only while its answer is on the way to the patient.")
        raise NotPossible(why)
    return _ready(work, request)


def can_print(work: Work, request: AccessRequest) -> bool:
    """Whether this person may print the package now: it is made, and the clinic hands it over."""
    on_the_way = request.stage in (Stage.READY, Stage.DELIVERED) and request.package_built
    return bool(on_the_way and by_hand(request) is None and work.may(Permission.PACKAGE_PRINT, request))


def _content(work: Work, package: ReleasePackage) -> tuple[StoredFile, str, Iterator[bytes]]:
    file = work.db.get_one(StoredFile, package.file_id)
    return file, files.name_of(work, file), files.stream(work, file)


def _ready(work: Work, request: AccessRequest) -> ReleasePackage:
    package = package_of(work, request)
    if package is not None and package.file_id is not None and request.outcome == Outcome.WITHDRAWN:
        raise NotPossible(_("You withdrew this request, so its package cannot be downloaded. You can ask again."))
    if package is None or package.file_id is None or package.revoked_at is not None:
        raise NotFound(_("There is no package here, or not yet."))
    return package


def _send(work: Work, request: AccessRequest, event: str, shown: str) -> None:
    """Only by who may, and exactly the letter that was looked at: composed once, compared, checked and kept."""
    if request.stage != Stage.DECIDING:  # there is no answer to compose; the step itself says why not
        cases.check(work, request, event)
    letter = letters.answer(work, request)
    cases.check(work, request, event)
    if shown != shown_digest(work, request, letter):
        raise NotPossible(_("The answer changed since you looked at it. Look at it again before you send it."))
    cases.take(work, request, event, letter=letter)


def find(work: Work, package_id: UUID) -> ReleasePackage:
    """A package by its key, for the worker."""
    work.must(Permission.REQUEST_BUILD)
    return work.db.get_one(ReleasePackage, package_id)
