"""Where a request comes from, no finer than tries are counted: a /24 or a /64 (security.md section 1, RATE)."""

from ipaddress import ip_address, ip_network

from flask import request

from portal.web.asked import clean


def network() -> str:
    """The network of this request's address."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ip_network((address, 24 if address.version == 4 else 64), strict=False))


def agent() -> str:
    """What this request's browser says it is."""
    return clean(request.headers.get("User-Agent"))


def within(network: str, wider: tuple[str, ...]) -> bool:
    """Whether a network, as it is kept of a session, lies in one of these."""
    try:
        inner = ip_network(network)
    except ValueError:
        return False
    return any(inner.version == each.version and inner.subnet_of(each) for each in map(ip_network, wider))  # type: ignore[arg-type]
