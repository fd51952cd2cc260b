"""The pages for anyone: no door, since the doors are here."""

from portal.web.public import (
    account_requests,
    activation,
    code_activation,
    email_confirmation,
    front,
    health,
    held,
    language_choice,
    leave,
    passkeys,
    privacy_policy,
    providers,
    recover,
    second_factor,
    sign_in,
    staying,
    ways_in,
)
from portal.web.public.blueprint import blueprint

__all__ = [
    "account_requests",
    "activation",
    "blueprint",
    "code_activation",
    "email_confirmation",
    "front",
    "health",
    "held",
    "language_choice",
    "leave",
    "passkeys",
    "privacy_policy",
    "providers",
    "recover",
    "second_factor",
    "sign_in",
    "staying",
    "ways_in",
]
