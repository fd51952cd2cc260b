"""How the clinic files an entry: its kind, its category, and whether it is kept or only counted."""

from functools import cache

from portal.adapters.fhir.administrative_kinds import REASONS
from portal.adapters.fhir.clinical_kinds import KINDS, Kind
from portal.adapters.fhir.labels import humanised
from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.domain.record_items import Category
from portal.domain.words import _


@cache
def kind_of(resource_type: str) -> Kind:
    """The kind of entry; a type without a row of its own keeps its own name under "other entries"."""
    return KINDS.get(resource_type) or Kind(humanised(resource_type))


def administrative_reason(resource_type: str) -> str | None:
    """Why entries of this type are counted and not kept as record items; None for all that are."""
    reason = REASONS.get(resource_type)
    return None if reason is None else _(reason)


def category_of(resource: Resource) -> Category:
    """Where the clinic files this very entry: a picture among photographs, a note among visits."""
    resource_type = words_at(resource, "resourceType")
    if resource_type == "DocumentReference":
        return _document_category(resource)
    if resource_type == "Media":
        return Category.PHOTOGRAPHS if _is_picture(resource) else Category.DOCUMENTS
    if resource_type == "Binary" and words_at(resource, "contentType").startswith("image/"):
        return Category.PHOTOGRAPHS
    return kind_of(resource_type).category


def _is_picture(media: Resource) -> bool:
    """A photograph or a film; a sound recording is a document."""
    content = media.get("content")
    declared = words_at(content, "contentType") if isinstance(content, dict) else ""
    return not declared.startswith(("audio/", "text/", "application/pdf"))


def _document_category(document: Resource) -> Category:
    files = [one.get("attachment") for one in objects(document.get("content"))]
    declared = [words_at(one, "contentType") for one in objects(files)]
    if declared and all(one.startswith("image/") for one in declared):
        return Category.PHOTOGRAPHS
    named = [document.get("type"), *objects(document.get("category"))]
    codings = [coding for concept in objects(named) for coding in objects(concept.get("coding"))]
    said = [words_at(one, key) for one in [*objects(named), *codings] for key in ("text", "display", "code")]
    return Category.ENCOUNTERS if any("note" in one.casefold().split() for one in _spaced(said)) else Category.DOCUMENTS


def _spaced(said: list[str]) -> list[str]:
    return [one.replace("-", " ") for one in said if one]
