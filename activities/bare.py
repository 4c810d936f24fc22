"""What leaves carries nothing of who made it, where and with what.

Cameras and programs write places, names and times into pictures and videos. Of what goes to a
client only the picture is left, as it was: nothing is encoded anew, it stays upright, and keeps its
colours.
"""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO

from PIL import Image

from activities import boxes
from models.sniffing import HEAD, sniff

ORIENTATION = 0x0112
UPRIGHT = 1
# Of what is broken and cannot be taken apart: signs that something was written into it.
WRITTEN = (b"Exif\0\0", b"x:xmpmeta", b"ns.adobe.com/xap", b"Photoshop 3.0", b"location.ISO6709")

MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # within a scan: all other FFs are the picture's
LONELY = range(0xD0, 0xD8)
START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
PNG_KEEPS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs hIST sPLT acTL fcTL fdAT"
    .split()
)  # fmt: skip
WEBP_KEEPS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
WEBP_EXIF, WEBP_XMP = 0x08, 0x04  # flags


class Damaged(Exception):
    """It cannot be taken apart, and something is written into it."""


def bare(content: bytes) -> bytes:
    """The same picture or video without its metadata; other files as they are. Raises Damaged."""
    takes = {
        "image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp,
        "image/heic": boxes.bare_picture, "image/avif": boxes.bare_picture,
        "video/mp4": boxes.bare_video,
    }.get(sniff(content[:HEAD]).mime)  # fmt: skip
    if takes is None:
        return content
    try:
        return takes(content)
    except (ValueError, IndexError) as error:
        if any(sign in content for sign in WRITTEN):
            raise Damaged from error
        return content


def _jpeg(content: bytes) -> bytes:
    """Without comments and the applications' parts, except for how its colours are meant; nothing
    after its end, where telephones put second pictures."""
    kept, turned, at = [content[:2]], UPRIGHT, 2
    while at < len(content):
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if content[at] != 0xFF or marker == 0:
            raise ValueError("no marker")
        if marker == END:
            kept.append(b"\xff\xd9")
            break
        end = at + 2 if marker in LONELY else at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if end > len(content) or (end < at + 4 and marker not in LONELY):
            raise ValueError("a part is cut off")
        part = content[at:end]
        if part[4:10] == b"Exif\0\0":
            turned = _orientation(part[4:])
        if marker == SCAN:
            following = MARKER.search(content, end)
            end = following.start() if following else len(content)
            part = content[at:end]
        if _of_the_picture(marker, part[4:18]):
            kept.append(part)
        at = end
    if turned != UPRIGHT:
        said = _turned(turned)
        place = 2 if kept[1][1] == 0xE0 else 1
        kept.insert(place, b"\xff\xe1" + (len(said) + 2).to_bytes(2) + said)
    return b"".join(kept)


def _of_the_picture(marker: int, said: bytes) -> bool:
    known = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
    if 0xE0 <= marker <= 0xEF:
        return marker in known and said.startswith(known[marker])
    return marker != COMMENT


def _png(content: bytes) -> bytes:
    kept, turned, at = [content[:8]], UPRIGHT, 8
    while True:
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        end = at + 12 + size
        if len(kind) < 4 or end > len(content):
            raise ValueError("a part is cut off")
        if kind == b"eXIf":
            turned = _orientation(b"Exif\0\0" + content[at + 8 : end - 4])
        if kind in PNG_KEEPS:
            kept.append(content[at:end])
        at = end
        if kind == b"IEND":
            break
    if turned != UPRIGHT:
        picture = Image.new("1", (1, 1))
        made = BytesIO()
        picture.save(made, "PNG", exif=_turned(turned))
        own = made.getvalue()
        start = own.index(b"eXIf") - 4
        kept.insert(2, own[start : start + 12 + int.from_bytes(own[start : start + 4])])
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    parts, turned = list(_chunks(content)), UPRIGHT
    for kind, said in parts:
        if kind == b"EXIF":
            turned = _orientation(said if said.startswith(b"Exif") else b"Exif\0\0" + said)
    kept = [(kind, said) for kind, said in parts if kind in WEBP_KEEPS]
    if turned != UPRIGHT:
        kept.append((b"EXIF", _turned(turned)))
    written = b"".join(_chunk(kind, said) for kind, said in _flagged(kept, turned != UPRIGHT))
    return b"RIFF" + (len(written) + 4).to_bytes(4, "little") + b"WEBP" + written


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    last = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    while at + 8 <= last:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size > len(content):
            raise ValueError("a part is cut off")
        yield content[at : at + 4], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _flagged(parts: Iterable[tuple[bytes, bytes]], turned: bool) -> Iterator[tuple[bytes, bytes]]:
    for kind, said in parts:
        if kind == b"VP8X":
            flags = said[0] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if turned else 0)
            yield kind, bytes([flags]) + said[1:]
        else:
            yield kind, said


def _chunk(kind: bytes, said: bytes) -> bytes:
    return kind + len(said).to_bytes(4, "little") + said + b"\0" * (len(said) % 2)


def _orientation(exif: bytes) -> int:
    found = Image.Exif()
    try:
        found.load(exif)
        turned = int(found.get(ORIENTATION, UPRIGHT))
    except Exception:  # whatever a stranger's bytes do to the reader, it is upright then
        return UPRIGHT
    return turned if 1 <= turned <= 8 else UPRIGHT


def _turned(orientation: int) -> bytes:
    """Says how to turn it, and nothing else."""
    said = Image.Exif()
    said[ORIENTATION] = orientation
    return said.tobytes()
