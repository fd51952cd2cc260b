"""What a person is told about an upload: why it is refused and what to send instead, and what was taken out of it."""

from portal.adapters.uploads.findings import Refusal
from portal.domain.words import N_, _

_REFUSED = {
    # Before anything is opened
    "empty": N_("This file is empty: choose the file again and send it once more."),
    "too-large": N_("This file is larger than 10 MB: send it in a smaller size or in parts."),
    # Kinds we do not take
    "heic": N_(
        "This is a HEIC photo, which we cannot take: send it as a JPEG (an iPhone makes one when you e-mail the photo)."
    ),
    "avif": N_("This is an AVIF picture, which we cannot take: save it as a JPEG or PNG and send that."),
    "webp": N_("This is a WebP picture, which we cannot take: save it as a JPEG or PNG and send that."),
    "gif": N_("This is a GIF picture, which we cannot take: save it as a JPEG or PNG and send that."),
    "tiff": N_("This is a TIFF picture, which we cannot take: save it as a PDF, JPEG or PNG and send that."),
    "picture": N_("This is a kind of picture we cannot take: save it as a JPEG or PNG and send that."),
    "svg": N_("This is an SVG drawing, which we cannot take: save it as a PDF or PNG and send that."),
    "html": N_("This is a web page, which we cannot take: print it to a PDF and send that."),
    "xml": N_("This is an XML file, which we cannot take: print what it shows to a PDF and send that."),
    "office": N_("This is an Office document, such as Word or Excel: save it as a PDF and send that."),
    "zip": N_("This is a packed file, such as a ZIP: unpack it and send each PDF, JPEG or PNG in it on its own."),
    "text": N_("This is a plain text file, which we cannot take: print it to a PDF and send that."),
    "postscript": N_("This is a PostScript file, which we cannot take: save it as a PDF and send that."),
    "dicom": N_("This is a medical image file (DICOM), which we cannot take here: call us about how to bring it."),
    "recording": N_("This is a film or sound file, which we cannot take: send PDF, JPEG or PNG files only."),
    "program": N_("This is a computer program, which we cannot take: send PDF, JPEG or PNG files only."),
    "misnamed": N_(
        "This file is named like a PDF, JPEG or PNG but is none of them inside: open it, save it again and send that."
    ),
    "unknown": N_("We cannot tell what kind of file this is: send it as a PDF, JPEG or PNG."),
    # Pictures
    "pixels": N_(
        "This picture is %(width)s by %(height)s pixels and we take up to 25 million in all: send it in a smaller size."
    ),
    "broken-picture": N_("This picture is damaged or cut short: open it, save it again and send the new file."),
    "animated": N_("This picture moves and we take still pictures only: save the part you need as a JPEG or PNG."),
    # PDF
    "locked": N_("This PDF is locked with a password: save a copy without the password and send that."),
    "broken-pdf": N_("This PDF is damaged and we cannot open it: save or print it to a new PDF and send that."),
    "no-pages": N_("This PDF has no pages: save or print it to a new PDF and send that."),
    "pages": N_("This PDF has %(pages)s pages and we take up to 200: send it in parts."),
    "page-size": N_("Page %(page)s of this PDF is over 2.5 metres long: print it to a new PDF on smaller paper."),
    "portfolio": N_("This PDF is a folder of other files: send each of them on its own as a PDF."),
    "reader-only": N_("This form shows only in Adobe Reader: open it there, print it to a new PDF and send that."),
    "form-text": N_(
        "Part of what is filled into this form would be lost: open it, print it to a new PDF and send that."
    ),
    "heavy": N_("This file unpacks to far more than we can open: print it to a new PDF and send that."),
    # The child process ended without an answer
    "stopped": N_(
        "We had to stop opening this file, so it may be damaged: save or print it again and send the new one."
    ),
}

_REMOVED = {
    "location": N_("The place where the picture was taken."),
    "camera": N_("Details of the camera and of when the picture was taken."),
    "caption": N_("Captions and notes stored inside the picture."),
    "colour-profile": N_("The colour profile; the colours stay the same."),
    "more-pictures": N_("A second picture inside the file, such as a preview."),
    "tail": N_("Data after the end of the picture."),
    "scripts": N_("Small programs (JavaScript)."),
    "actions": N_("Things that happen by themselves or on a click, such as starting a program."),
    "links": N_("Links to web pages and other files; their words stay."),
    "attachments": N_("Files attached to the PDF."),
    "media": N_("Sound, film or 3D models."),
    "markings": N_("Markings of a kind we do not know."),
    "form": N_("Form fields; what was filled in stays as printed text."),
    "xfa": N_("A second form hidden behind the first (XFA)."),
    "signature": N_("The digital signature, which does not count for the new file."),
    "metadata": N_("Title, author and other details about the file."),
    "protection": N_("The lock against printing or copying."),
    "repaired": N_("Damaged parts that could not be read: check that every page is there."),
}


def why_refused(refusal: Refusal) -> str:
    """One sentence: what is wrong and what to do."""
    return _(_REFUSED[refusal.code], **refusal.facts)


def what_was_removed(codes: set[str]) -> tuple[str, ...]:
    """A sentence for each thing taken out, always in the same order."""
    return tuple(_(sentence) for code, sentence in _REMOVED.items() if code in codes)


def is_known(code: str) -> bool:
    """Whether ``code`` names a thing that can be taken out."""
    return code in _REMOVED
