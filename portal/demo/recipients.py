"""Whom the demo clinic may give information to. Nobody here is real; telephone numbers are kept for fiction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Listed:
    """A recipient of the directory; ``kind`` is one of ``domain.recipients.Kind``."""

    name: str
    kind: str
    address: str
    phone: str


RECIPIENTS = (
    Listed("Dr. Hana Ito, family physician", "provider", "210 Ferry Road\nNanaimo BC  V9R 0Z1", "250-555-0120"),
    Listed("Harbour Laboratory", "provider", "12 Pier Road\nNanaimo BC  V9R 0Z2", "250-555-0121"),
    Listed("Northern Shore Insurance", "insurer", "88 Quay Street\nVictoria BC  V8V 0Z3", "250-555-0122"),
    Listed("The Skin Study", "researcher", "1 College Way\nVictoria BC  V8P 0Z4", "250-555-0123"),
    Listed("Our own website", "clinic", "3-640 Lantern Street\nNanaimo BC  V9R 0Y1", "250-555-0100"),
)
