"""What a camera writes into a picture does not leave."""

from io import BytesIO
from typing import Any

import av
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from activities.bare import Damaged, bare

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
WHERE = b"Nova Camera"
COLOURS = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photo(form: str, *, turned: int = 6, **more: Any) -> bytes:
    """With a maker, a place, a comment and a profile of colours."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = turned, WHERE.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (55.0, 45.0, 7.0), 3: "E", 4: (37.0, 37.0, 3.0)})
    picture = Image.effect_noise((64, 40), 60).convert("RGB")
    made = BytesIO()
    picture.save(made, form, exif=exif, icc_profile=COLOURS, **more)
    return made.getvalue()


def written(content: bytes) -> dict[int, object]:
    return dict(Image.open(BytesIO(content)).getexif())


TEXT = PngInfo()
TEXT.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Nova Camera</x:xmpmeta>")
TEXT.add_text("Author", "Nova Camera")
FORMS: dict[str, dict[str, Any]] = {
    "JPEG": {"comment": WHERE, "xmp": b"<x:xmpmeta>Nova Camera</x:xmpmeta>"},
    "progressive": {"progressive": True, "comment": WHERE},
    "PNG": {"pnginfo": TEXT},
    "WEBP": {"lossless": True, "xmp": b"<x:xmpmeta>Nova Camera</x:xmpmeta>"},
}


@pytest.mark.parametrize("form", FORMS)
def test_of_a_photo_only_the_picture_is_left_upright_and_in_its_colours(form: str) -> None:
    given = photo("JPEG" if form == "progressive" else form, **FORMS[form])
    assert WHERE in given
    assert {ORIENTATION, MAKER, GPS} <= written(given).keys()

    left = bare(given)

    assert written(left) == {ORIENTATION: 6}
    assert WHERE not in left
    before, after = Image.open(BytesIO(given)), Image.open(BytesIO(left))
    assert after.info["icc_profile"] == COLOURS
    assert (after.size, after.tobytes()) == (before.size, before.tobytes())
    assert bare(left) == left


def test_what_hides_behind_the_end_of_a_photo_stays_here() -> None:
    one = photo("JPEG", turned=1)
    left = bare(one + photo("JPEG"))
    assert left == bare(one)
    assert written(left) == {}


def test_a_video_says_nothing_of_its_place() -> None:
    made = BytesIO()
    with av.open(made, "w", format="mp4", options={"movflags": "use_metadata_tags"}) as film:
        film.metadata["location"] = "+55.7522+037.6156/"
        film.metadata["com.apple.quicktime.location.ISO6709"] = "+55.7522+037.6156/"
        stream = film.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(3):
            film.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        film.mux(stream.encode())
    given = made.getvalue()
    assert b"+55.7522" in given

    left = bare(given)

    assert b"+55.7522" not in left
    assert len(left) == len(given)
    with av.open(BytesIO(left), "r") as film:
        assert len(list(film.decode(video=0))) == 3


def box(kind: bytes, inside: bytes) -> bytes:
    return (len(inside) + 8).to_bytes(4) + kind + inside


def heic(place: bytes) -> bytes:
    """As telephones lay it out: what is written is an item, named by its place in the file."""

    def laid_out(at: int) -> bytes:
        infe = b"".join(
            box(b"infe", b"\2\0\0\0" + number.to_bytes(2) + b"\0\0" + kind + b"\0")
            for number, kind in ((1, b"hvc1"), (2, b"Exif"))
        )
        items = b"".join(
            number.to_bytes(2) + b"\0\0" + b"\0\1" + start.to_bytes(4) + size.to_bytes(4)
            for number, start, size in ((1, at, 7), (2, at + 7, len(place)))
        )
        meta = box(b"iinf", b"\0\0\0\0\0\2" + infe) + box(b"iloc", b"\0\0\0\0\x44\0\0\2" + items)
        return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0\0\0\0" + meta)

    head = laid_out(0)
    return laid_out(len(head) + 8) + box(b"mdat", b"picture" + place)


def test_a_telephones_own_kind_of_photo_keeps_its_picture_only() -> None:
    given = heic(b"Exif\0\0 Moscow")
    left = bare(given)
    assert b"Moscow" not in left
    assert b"picture" in left
    assert len(left) == len(given)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_cannot_be_taken_apart_does_not_leave_with_what_is_written_in_it(form: str) -> None:
    whole = photo(form)
    for cut in range(16, len(whole), 97):
        try:
            left = bare(whole[:cut])
        except Damaged:
            continue
        assert WHERE not in left or b"Exif\0\0" not in left


def test_other_files_leave_as_they_are_and_so_does_what_only_pretends() -> None:
    for content in (b"", b"%PDF-1.7 x", b"PK\3\4zip", b"GIF89a...", b"\xff\xd8\xff junk", b"RIFF"):
        assert bare(content) == content
