"""FHIR R4 exports (bundles and NDJSON) read into record items, in the clinic's words."""

from portal.adapters.fhir.reading import read

__all__ = ["read"]
