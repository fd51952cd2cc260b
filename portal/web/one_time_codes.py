"""Setting up one-time codes: a fresh secret travels, signed, with the form until a code made from it is right."""

from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.domain.words import N_
from portal.services import accounts
from portal.web.fields import Code, Form, Hidden, required
from portal.web.work import edge

LASTS = 3600  # seconds; long enough to find the telephone


class CodesForm(Form):
    """The code that proves the app was set up; ``setup`` carries the secret."""

    setup = Hidden()
    code = Code(
        N_("The six digits your app shows now"), [required(N_("Type the six digits that your app shows."))], width=10
    )


@dataclass(frozen=True)
class Setup:
    """What the page shows: the secret in groups of four to type in, and the address behind the QR code."""

    secret: str
    uri: str

    @property
    def spoken(self) -> str:
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


def begun(form: CodesForm, owner: str, email: str) -> Setup:
    """The set-up that the form carries, or a new one put into it; ``owner`` is whose it is and nobody else's."""
    secret = carried(form, owner)
    if secret is None:
        secret = accounts.new_totp_secret()
        form.setup.data = _signer(owner).dumps(secret)
    return Setup(secret, edge().outside.totp_uri(secret, email, edge().clinic.name))


def carried(form: CodesForm, owner: str) -> str | None:
    """The secret of a form that came back; None when it is too old, or was not made by us for this person."""
    try:
        return str(_signer(owner).loads(form.setup.data or "", max_age=LASTS))
    except BadData:
        return None


def _signer(owner: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"one-time-codes/{owner}")
