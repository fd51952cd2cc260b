"""What is not shown, because it says nothing to a person: the whole list.

Whatever an entry holds beyond this appears in its item; a test holds that over the whole corpus. The source's own JSON
is kept beside each item in any case.
"""

# Elements of any structure.
PLUMBING = frozenset(
    {
        "resourceType",
        "id",
        # Versions, profiles and tags; confidentiality labels in ``meta`` are shown.
        "meta",
        "implicitRules",
        # Contained resources are set out where they are named, or at the end.
        "contained",
        # Which rules an entry was written by, as web addresses.
        "instantiatesCanonical",
        "instantiatesUri",
        # Numbers that only computers use.
        "uid",
        "sopClass",
        "system",
        "userSelected",
        # What a name or a number is for; said with it ("before marriage").
        "use",
        "linkId",
        # The technical format of a file; its kind is shown with the file.
        "format",
        "targetFormat",
        "sigFormat",
        "size",
        "hash",
        # Sequence numbers within a list; the list is shown in order.
        "sequence",
        "rank",
    }
)
# Who an entry is about: told apart in ``subjects``, and shown only where it is not simply the patient.
ABOUT = frozenset({"subject", "patient", "for", "sourcePatientInfo", "related"})
# The position on the map of an address.
PLUMBING_EXTENSIONS = frozenset({"http://hl7.org/fhir/StructureDefinition/geolocation"})
# Names and numbers that only computers use.
MACHINE_NAMES = ("urn:uuid:", "urn:oid:")
# How a narrative begins that a tool wrote out of the very same entry, element by element.
TOOLS_NARRATIVE = ("Generated Narrative",)
