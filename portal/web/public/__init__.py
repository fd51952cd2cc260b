"""The pages for anyone: no door, since the doors are here."""

from portal.web.public import (
    activation,
    front,
    health,
    held,
    language_choice,
    passkeys,
    providers,
    recover,
    second_factor,
    sign_in,
    staying,
    ways_in,
)
from portal.web.public.blueprint import blueprint

__all__ = [
    "activation",
    "blueprint",
    "front",
    "health",
    "held",
    "language_choice",
    "passkeys",
    "providers",
    "recover",
    "second_factor",
    "sign_in",
    "staying",
    "ways_in",
]
