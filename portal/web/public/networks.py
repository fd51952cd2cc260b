"""Where a request comes from, no finer than tries are counted: a /24 or a /64 (security.md section 1, RATE)."""

from ipaddress import ip_address, ip_network

from flask import request


def network() -> str:
    """The network of this request's address."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ip_network((address, 24 if address.version == 4 else 64), strict=False))
