"""Signing in with an account one has elsewhere: OpenID Connect, as a client that takes nobody's word unproven.

Authlib and joserfc know the protocol's rules; what is asked of whom, and how much of an answer is read, is ours.
"""

from portal.adapters.oidc.provider import Provider

__all__ = ["Provider"]
