"""The pages for anyone: no door, since the doors are here."""

from portal.web.public import (
    account_requests,
    activation,
    code_activation,
    front,
    health,
    language_choice,
    passkeys,
    providers,
    recover,
    second_factor,
    sign_in,
    ways_in,
)
from portal.web.public.blueprint import blueprint

__all__ = [
    "account_requests",
    "activation",
    "blueprint",
    "code_activation",
    "front",
    "health",
    "language_choice",
    "passkeys",
    "providers",
    "recover",
    "second_factor",
    "sign_in",
    "ways_in",
]
