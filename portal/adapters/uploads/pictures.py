"""Pictures made anew: turned upright, their colours kept, encoded again from nothing but their pixels.

Runs in the child process only; whatever it needs is imported here, before the process shuts itself in.
"""

import warnings
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin

from portal.adapters.uploads import limits
from portal.adapters.uploads.findings import Cleaned, Refusal, check_picture_size

JPEG_QUALITY = 90

_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}
_CAPTIONS = frozenset({"xmp", "photoshop", "comment", "XML:com.adobe.xmp"})

# Loads the decoders now, and limits them to what is listed when a picture is opened.
Image.preinit()
Image.MAX_IMAGE_PIXELS = limits.PICTURE_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
_SRGB = ImageCms.createProfile("sRGB")
_PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin)


def clean(data: bytes) -> Cleaned:
    """The picture without anything that is not the picture. Raises Refusal."""
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as picture:
            check_picture_size(*picture.size)
            return _remade(picture, data)
    except (Refusal, MemoryError):
        raise
    # A broken picture can fail in as many ways as there are lines in a decoder; to whoever sent it they are one.
    except Exception as fault:
        raise Refusal("broken-picture") from fault


def _remade(picture: Image.Image, data: bytes) -> Cleaned:
    file_format = "PNG" if picture.format == "PNG" else "JPEG"
    if file_format == "PNG" and getattr(picture, "is_animated", False):
        raise Refusal("animated")
    picture.load()
    removed = _hidden_in(picture, data, file_format)
    # As finely coloured as it came; as finely as can be where the file does not say.
    sampling = max(JpegImagePlugin.get_sampling(picture), 0) if file_format == "JPEG" else None
    plain = _in_plain_colours(_upright(picture), file_format)
    # Encoders look here for texts and profiles to write; from now on there are only pixels.
    plain.info = {}
    out = BytesIO()
    if file_format == "JPEG":
        plain.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=sampling)
    else:
        plain.save(out, "PNG")
    return Cleaned(out.getvalue(), removed, pixels=plain.size)


def _hidden_in(picture: Image.Image, data: bytes, file_format: str) -> set[str]:
    """What the file holds besides the picture."""
    signs = {
        "location": _has_location(picture),
        "camera": "exif" in picture.info or "Raw profile type exif" in picture.info,
        "caption": bool(_CAPTIONS & set(picture.info)) or bool(getattr(picture, "text", None)),
        "colour-profile": "icc_profile" in picture.info,
        "more-pictures": getattr(picture, "n_frames", 1) > 1,
        "tail": not data.rstrip(b"\x00").endswith(_ENDS[file_format]),
    }
    return {code for code, found in signs.items() if found}


def _has_location(picture: Image.Image) -> bool:
    try:
        return bool(picture.getexif().get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:  # broken EXIF holds no place we could name; it is removed all the same
        return False


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # broken EXIF says nothing about which way is up
        return picture.copy()


def _in_plain_colours(picture: Image.Image, file_format: str) -> Image.Image:
    """8 bits a channel, grey or sRGB (with transparency in a PNG): what every viewer and every printer shows alike."""
    if picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    transparent = file_format == "PNG" and (picture.mode in {"LA", "RGBA", "PA"} or "transparency" in picture.info)
    grey = picture.mode in {"1", "L", "LA"}
    mode = ("LA" if grey else "RGBA") if transparent else ("L" if grey else "RGB")
    profile = picture.info.get("icc_profile")
    if profile and not grey:
        picture = _converted(picture.convert("RGBA") if transparent else _unindexed(picture), profile, mode)
    return picture if picture.mode == mode else picture.convert(mode)


def _unindexed(picture: Image.Image) -> Image.Image:
    return picture if picture.mode in {"RGB", "CMYK"} else picture.convert("RGB")


def _converted(picture: Image.Image, profile: bytes, mode: str) -> Image.Image:
    """The same colours told in sRGB, so that nothing is lost with the profile."""
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return picture
        return ImageCms.profileToProfile(picture, own, _SRGB, outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
