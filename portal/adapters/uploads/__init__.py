"""What a person sends as a file: known by its content, made anew with nothing hidden or active, or refused in words.

What is accepted, refused and removed, and why: docs/decisions/0013-uploads-are-made-anew.md.
"""

from portal.adapters.uploads.inspection import Inspection, inspect
from portal.adapters.uploads.sandbox import shrink

__all__ = ["Inspection", "inspect", "shrink"]
