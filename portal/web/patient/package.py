"""The package: downloaded after the person has proved once more that it is she, and written down."""

from flask import render_template
from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.services import access_requests, releases
from portal.web import downloads, step_up
from portal.web.patient.blueprint import blueprint
from portal.web.patient.cards import downloadable
from portal.web.step_up import StepUpForm
from portal.web.work import work


@blueprint.get("/access-requests/<reference>/download")
def download(reference: str) -> str:
    return _confirm(reference, StepUpForm("download"))


@blueprint.post("/access-requests/<reference>/download")
@step_up.needs_proof("download")
def download_now(reference: str) -> Response | tuple[str, int]:
    """Stream the PDF; the first time, the request is delivered by it."""
    form = StepUpForm("download")
    if not step_up.proven(form):
        return _confirm(reference, form), 422
    case = access_requests.find(work(), reference)
    if form.shown.data != releases.package_digest(work(), case):
        raise NotPossible(_("The package changed since you looked. Go back and open the page again."))
    file, name, content = releases.download(work(), case)
    return downloads.attachment(name, file.media_type, file.size, content)


def _confirm(reference: str, form: StepUpForm) -> str:
    case = access_requests.find(work(), reference)
    form.shown.data = releases.package_digest(work(), case)
    package = releases.package_of(work(), case)
    if not downloadable(case, package):
        raise NotPossible(_("This package cannot be downloaded now. The page of your request says what you can do."))
    return render_template("patient/download.html", form=form, case=case, package=package)
