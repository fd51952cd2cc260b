"""The person's own sign-in: her name and address, her language, her password, and what she proves herself with."""

from portal.web.account import codes, downloads, email, overview, passkeys, password, recovery_codes, sessions
from portal.web.account.blueprint import blueprint

__all__ = ["blueprint", "codes", "downloads", "email", "overview", "passkeys", "password", "recovery_codes", "sessions"]
