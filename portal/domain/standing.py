"""Where a request stands, as a whole sentence that names who waits for whom: one for the patient, one for the office."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.domain.access_requests import Delivery, FeeStage, Mode, Outcome, Stage, Waiting
from portal.domain.words import N_, _


class WaitsFor(StrEnum):
    """Whose turn it is."""

    PATIENT = "patient"
    FRONT_OFFICE = "front_office"
    PHYSICIAN = "physician"
    PORTAL = "portal"
    NOBODY = "nobody"


WAITS_FOR_NAMES = {
    WaitsFor.PATIENT: N_("the patient"),
    WaitsFor.FRONT_OFFICE: N_("the front office"),
    WaitsFor.PHYSICIAN: N_("the physician"),
    WaitsFor.PORTAL: N_("the portal"),
    WaitsFor.NOBODY: N_("nobody"),
}

TURN = {
    Stage.DRAFT: WaitsFor.PATIENT,
    Stage.RECEIVED: WaitsFor.FRONT_OFFICE,
    Stage.GATHERING: WaitsFor.FRONT_OFFICE,
    Stage.AWAITING_PATIENT: WaitsFor.PATIENT,
    Stage.IN_REVIEW: WaitsFor.PHYSICIAN,
    Stage.DECIDING: WaitsFor.FRONT_OFFICE,
    Stage.PREPARING: WaitsFor.PORTAL,
    Stage.READY: WaitsFor.PATIENT,
    Stage.DELIVERED: WaitsFor.FRONT_OFFICE,
    Stage.CLOSED: WaitsFor.NOBODY,
}

# The four steps of the thin line on a patient's card, and how many are done at a stage.
STEPS = (N_("Sent"), N_("Gathering"), N_("Review"), N_("Ready"))
STEP_AT = {
    Stage.DRAFT: 0,
    Stage.RECEIVED: 1,
    Stage.GATHERING: 2,
    Stage.AWAITING_PATIENT: 2,
    Stage.IN_REVIEW: 3,
    Stage.DECIDING: 3,
    Stage.PREPARING: 4,
    Stage.READY: 4,
    Stage.DELIVERED: 5,
    Stage.CLOSED: 5,
}


@dataclass(frozen=True)
class Names:
    """The people and the day that a sentence may name."""

    patient: str
    physician: str
    due: str = ""

    @property
    def places(self) -> dict[str, str]:
        """What stands at the places of a sentence; somebody always decides, also before she is named."""
        return {
            "patient": self.patient,
            "physician": self.physician or _("the responsible physician"),
            "due": self.due,
        }


def turn(request: Any) -> WaitsFor:
    """Whose turn it is now."""
    if request.stage == Stage.READY and (
        request.mode == Mode.VIEW or request.delivery not in (Delivery.DOWNLOAD, Delivery.PICK_UP)
    ):
        return WaitsFor.FRONT_OFFICE
    return TURN[Stage(request.stage)]


def for_patient(request: Any, names: Names) -> str:
    """The sentence the patient reads: "you" is she, "we" is the clinic."""
    return _(patient_words(request)) % names.places


def for_office(request: Any, names: Names) -> str:
    """The sentence people at the clinic read."""
    return _(office_words(request)) % names.places


def patient_words(request: Any) -> str:
    match Stage(request.stage):
        case Stage.DRAFT:
            return N_(
                "You have not sent this yet, and nobody at the clinic can see it. Open it to send it, or throw it away."
            )
        case Stage.RECEIVED:
            return N_("We have your request and will first check who is asking. We must answer you by %(due)s.")
        case Stage.GATHERING:
            return _gathering(request)
        case Stage.AWAITING_PATIENT if request.waiting_for == Waiting.FEE:
            return N_("We are waiting for you: please say whether you agree to the fee. We must answer you by %(due)s.")
        case Stage.AWAITING_PATIENT:
            return N_("We are waiting for your answer to a question. We must answer your request by %(due)s.")
        case Stage.IN_REVIEW:
            return N_("%(physician)s is going through your record. We must answer you by %(due)s.")
        case Stage.DECIDING:
            return N_("%(physician)s has finished. The front office checks the answer and then sends it, by %(due)s.")
        case Stage.PREPARING:
            return N_(
                "We are putting the package together, and tell you when it is ready. We must answer you by %(due)s."
            )
        case Stage.READY:
            return _ready(request)
        case Stage.DELIVERED:
            return N_("You have what you asked for. We close this request now. You can still read everything here.")
        case Stage.CLOSED:
            return _closed(request)


def _gathering(request: Any) -> str:
    if request.fee_stage == FeeStage.WAIVER_ASKED:
        return N_("You asked us to waive the fee. The front office decides on that now. We must answer you by %(due)s.")
    if request.fee_stage == FeeStage.DECLINED:
        return N_("You declined the fee. The front office looks for another way. We must answer you by %(due)s.")
    if request.items_gathered:
        return N_(
            "Your record is gathered. The front office passes it to %(physician)s now. We must answer you by %(due)s."
        )
    return N_("The front office is gathering your record. We must answer you by %(due)s.")


def _ready(request: Any) -> str:
    if request.mode == Mode.VIEW:
        return N_("You can view the original. We will call you to agree on a day.")
    return {
        Delivery.DOWNLOAD: N_("Your package is ready. You can download it now."),
        Delivery.PICK_UP: N_("Your package is ready. You can pick it up at the clinic; bring photo identification."),
        Delivery.POST: N_("Your package is ready. We are sending it to you by post."),
        Delivery.FAX: N_("Your package is ready. We are sending it to you by fax."),
    }[Delivery(request.delivery)]


def _closed(request: Any) -> str:
    return {
        Outcome.RELEASED_IN_FULL: N_("This request is closed. You received everything you asked for."),
        Outcome.RELEASED_IN_PART: N_(
            "This request is closed. You received part of the record. The letter says what you did not get, and why."
        ),
        Outcome.REFUSED: N_("This request was refused. The letter says why, and what you can do about it."),
        Outcome.NO_RECORD: N_(
            "This request is closed. We searched and found no record. The letter says where we looked."
        ),
        Outcome.WITHDRAWN: N_("You withdrew this request. You can make a new one at any time."),
    }[Outcome(request.outcome)]


def office_words(request: Any) -> str:
    match Stage(request.stage):
        case Stage.DRAFT:
            return N_("%(patient)s has not sent this yet. The clinic waits for her.")
        case Stage.RECEIVED if not request.identity_checked_at:
            return N_("%(patient)s waits for the front office to check who is asking. Answer due by %(due)s.")
        case Stage.RECEIVED:
            return N_("%(patient)s waits for the front office to start. Answer due by %(due)s.")
        case Stage.GATHERING if request.fee_stage == FeeStage.WAIVER_ASKED:
            return N_("%(patient)s waits for the front office to decide on waiving the fee. Answer due by %(due)s.")
        case Stage.GATHERING if request.fee_stage == FeeStage.DECLINED:
            return N_("%(patient)s declined the fee and waits for the front office. Answer due by %(due)s.")
        case Stage.GATHERING if request.items_gathered:
            return N_("%(patient)s waits for the front office to refer the request. Answer due by %(due)s.")
        case Stage.GATHERING:
            return N_("%(patient)s waits for the front office to gather the record. Answer due by %(due)s.")
        case Stage.AWAITING_PATIENT if request.waiting_for == Waiting.FEE:
            return N_(
                "The front office waits for %(patient)s to answer the fee estimate. Our answer is still due by %(due)s."
            )
        case Stage.AWAITING_PATIENT:
            return N_(
                "The front office waits for %(patient)s to answer a question. Our answer is still due by %(due)s."
            )
        case Stage.IN_REVIEW:
            return N_("%(patient)s waits for %(physician)s to review the record. Answer due by %(due)s.")
        case Stage.DECIDING | Stage.PREPARING:
            return _office_decided(request)
        case Stage.READY:
            return _office_ready(request)
        case Stage.DELIVERED:
            return N_("%(patient)s has the answer. The case waits for the front office to close it.")
        case Stage.CLOSED:
            return N_("This case is closed. Nobody waits.")


def _office_decided(request: Any) -> str:
    if request.stage == Stage.DECIDING and not request.items_released:
        return N_(
            "%(physician)s has signed. %(patient)s waits for the administrator to send the refusal, due by %(due)s."
        )
    if request.stage == Stage.DECIDING:
        return N_(
            "%(physician)s has signed. %(patient)s waits for the front office or the administrator to release the answer, due by %(due)s."
        )
    if request.package_failed:
        return N_(
            "The package could not be made. %(patient)s waits for the front office to try again. Answer due by %(due)s."
        )
    return N_("The portal is making the package for %(patient)s. Answer due by %(due)s.")


def _office_ready(request: Any) -> str:
    if request.mode == Mode.VIEW:
        return N_("%(patient)s waits for the front office to arrange the viewing.")
    return {
        Delivery.DOWNLOAD: N_("The package is ready; the clinic waits for %(patient)s to download it."),
        Delivery.PICK_UP: N_("The package is ready; the front office waits for %(patient)s to pick it up."),
        Delivery.POST: N_("%(patient)s waits for the front office to post the package."),
        Delivery.FAX: N_("%(patient)s waits for the front office to fax the package."),
    }[Delivery(request.delivery)]
