"""Pictures made anew: upright, in the same colours, and holding nothing but the picture."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat, PngImagePlugin

from portal.adapters.uploads import shrink
from portal.adapters.uploads.findings import Refusal
from tests.adapters.upload_samples import (
    clean,
    jpeg_segments,
    looked,
    picture,
    png_chunk,
    png_chunks,
    removed,
    taken,
)


def exif(**tags: object) -> Image.Exif:
    found = Image.Exif()
    for tag, value in tags.items():
        found[int(tag.lstrip("_"))] = value
    return found


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_picture_held_in_any_of_eight_ways_stands_upright(file_format: str, turn: int) -> None:
    image = Image.new("RGB", (40, 20), "white")
    image.paste("red", (0, 0, 20, 10))  # the corner that EXIF moves
    out = BytesIO()
    image.save(out, file_format, exif=exif(_274=turn))
    found = opened(clean(out.getvalue()))
    assert found.size == ((40, 20) if turn < 5 else (20, 40))
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[turn]
    at = tuple(2 + place * (side - 5) for place, side in zip(corner, found.size, strict=True))
    red, green, blue = found.convert("RGB").getpixel(at)
    assert red > 200 > 80 > max(green, blue)


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"Exif\x00\x00",
        b"Exif\x00\x00MM\x00*\xff\xff\xff\xff",
        b"Exif\x00\x00II*\x00" + b"\x08\x00\x00\x00\xff\xff" * 9,
    ],
)
def test_broken_exif_spoils_nothing(junk: bytes) -> None:
    data = picture("JPEG")
    segment = b"\xff\xe1" + (len(junk) + 2).to_bytes(2) + junk
    assert 0xE1 not in jpeg_segments(clean(data[:2] + segment + data[2:]))


@pytest.mark.parametrize(
    ("mode", "kept"),
    [("1", "L"), ("L", "L"), ("P", "RGB"), ("RGB", "RGB"), ("LA", "LA"), ("RGBA", "RGBA"), ("I;16", "L")],
)
def test_every_kind_of_png_is_kept_in_plain_colours(mode: str, kept: str) -> None:
    grey = Image.linear_gradient("L").resize((60, 40))
    if mode == "I;16":
        image = Image.frombytes("I;16", (60, 40), b"".join(bytes([0, value]) for value in grey.tobytes()))
    else:
        image = Image.merge("RGB", (grey, grey.rotate(180), grey)).convert(mode) if mode != "L" else grey
    out = BytesIO()
    image.save(out, "PNG")
    found = opened(clean(out.getvalue()))
    assert (found.format, found.mode) == ("PNG", kept)
    assert difference(found, grey if mode == "I;16" else image) < 1


def test_transparency_stays() -> None:
    image = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    image.putpixel((3, 3), (0, 255, 0, 128))
    palette = image.quantize(4)
    for each in (image, palette):
        out = BytesIO()
        each.save(out, "PNG")
        found = opened(clean(out.getvalue())).convert("RGBA")
        assert found.getpixel((0, 0))[3] == 0
        assert found.getpixel((3, 3))[3] == 128


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_is_kept_in_plain_colours(mode: str) -> None:
    data = picture("JPEG", mode, quality=95)
    found = opened(clean(data))
    assert (found.format, found.mode) == ("JPEG", "L" if mode == "L" else "RGB")
    assert difference(found, opened(data)) < 4


def test_fine_colours_stay_fine() -> None:
    for sampling in (0, 2):
        found = opened(clean(picture("JPEG", subsampling=sampling)))
        assert found.layer[0][1:3] == ((1, 1) if sampling == 0 else (2, 2))


def test_colours_told_by_a_profile_are_the_same_without_it() -> None:
    """A wide profile (made from sRGB by exchanging red and green) shows whether it was applied or only dropped."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    table = {profile[at : at + 4].decode(): at for at in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12)}
    red, green = table["rXYZ"], table["gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    data = bytes(profile).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    out = BytesIO()
    Image.new("RGB", (20, 20), (250, 10, 10)).save(out, "PNG", icc_profile=data)
    found = taken(out.getvalue())
    assert found.removed == removed("colour-profile")
    got_red, got_green, _blue = opened(found.clean or b"").getpixel((5, 5))
    assert got_green > 200 > 60 > got_red


def test_a_profile_that_cannot_be_read_is_left_out() -> None:
    assert png_chunks(clean(picture("PNG", icc_profile=b"not a profile" * 20))) == [b"IHDR", b"IDAT", b"IEND"]


def test_texts_in_a_picture_are_named_and_gone() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Amina Haddad")
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Amina Haddad</x:xmpmeta>", zip=True)
    found = taken(picture("PNG", pnginfo=texts, exif=exif(_315="Amina Haddad"), dpi=(300, 300)))
    assert found.removed == removed("camera", "caption")
    assert png_chunks(found.clean or b"") == [b"IHDR", b"IDAT", b"IEND"]
    jpeg = taken(picture("JPEG", comment=b"Amina Haddad", exif=exif(_315="Amina Haddad"), xmp=b"<x>Amina Haddad</x>"))
    assert jpeg.removed == removed("camera", "caption")
    assert b"Amina" not in (jpeg.clean or b"")
    assert set(jpeg_segments(jpeg.clean or b"")) <= {0xE0, 0xDB, 0xC0, 0xC4}


def test_what_hangs_behind_a_picture_is_cut_off() -> None:
    for file_format in ("JPEG", "PNG"):
        found = taken(picture(file_format) + b"PK\x03\x04 a zip file, or a page with <script>")
        assert found.removed == removed("tail")
        assert b"<script>" not in (found.clean or b"")


def test_chunks_nobody_knows_are_gone() -> None:
    data = picture("PNG")
    assert b"alert" not in clean(data[:33] + png_chunk(b"prVt", b"<script>alert(1)</script>") + data[33:])


def test_a_picture_that_moves_is_refused() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert "still pictures only" in str(looked(out.getvalue()).reason)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_picture_cut_short_anywhere_is_refused_or_whole(file_format: str) -> None:
    data = picture(file_format, size=(64, 64))
    for cut in (20, len(data) // 3, len(data) // 2, len(data) - 40):
        assert "damaged or cut short" in str(looked(data[:cut]).reason)


def test_a_picture_may_have_25_million_pixels() -> None:
    assert taken(picture("PNG", "L", (5000, 5000))).pixels == (5000, 5000)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_picture_is_made_small_upright_and_without_where_it_was_taken(file_format: str) -> None:
    image, out = Image.new("RGB", (900, 300), "navy"), BytesIO()
    image.save(out, file_format, exif=exif(_274=6, _271="Camera"))
    small = opened(shrink(out.getvalue()))
    assert (small.format, small.size) == ("JPEG", (80, 240))
    assert not small.getexif()


def test_what_is_clear_in_a_picture_is_white_when_it_is_small() -> None:
    out = BytesIO()
    Image.new("RGBA", (300, 300), (255, 0, 0, 0)).save(out, "PNG")
    assert min(opened(shrink(out.getvalue())).getpixel((5, 5))) > 250


def test_what_is_no_picture_is_not_made_small() -> None:
    with pytest.raises(Refusal):
        shrink(b"\x89PNG\r\n\x1a\n and nothing else")
