"""The pages for anyone: no door, since the doors are here."""

from portal.web.public import (
    activation,
    front,
    health,
    language_choice,
    passkeys,
    privacy_policy,
    providers,
    recover,
    second_factor,
    sign_in,
    ways_in,
)
from portal.web.public.blueprint import blueprint

__all__ = [
    "activation",
    "blueprint",
    "front",
    "health",
    "language_choice",
    "passkeys",
    "privacy_policy",
    "providers",
    "recover",
    "second_factor",
    "sign_in",
    "ways_in",
]
