"""A portal of the bench's own, in a folder that is thrown away."""

from pathlib import Path

from config import Config
from portal import edges
from portal.edges import Edge
from portal.models import schema

ROOT = Path(__file__).resolve().parents[1]
KEYS = {
    "PORTAL_SECRET_KEY": "demo-4t7Kq9ZxW2vLr8NbYc3HdUe6JmPa5GsF",
    "PORTAL_MASTER_KEYS": "a2V5LW9mLXRoZS10ZXN0cy10aGlydHktdHdvLWJ5dGU=",
}


def environment(folder: Path, url: str = "") -> dict[str, str]:
    """The settings of such a portal."""
    return {"PORTAL_DATA_DIR": str(folder), "PORTAL_DATABASE_URL": url or f"sqlite:///{folder}/portal.db", **KEYS}


def house(folder: Path, url: str = "") -> Edge:
    """An empty portal with the newest schema."""
    folder.mkdir(parents=True, exist_ok=True)
    edge = edges.build(Config.from_environment(environment(folder, url)))
    schema.upgrade(edge.sessions.kw["bind"])
    return edge
