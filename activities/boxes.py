"""Boxes of ISO base media files (MP4, MOV, HEIC, AVIF): what is written into them is blotted out in
its place, so that nothing else moves."""

from collections.abc import Iterator
from typing import NamedTuple

WRITTEN = (b"udta", b"meta", b"uuid")


class Box(NamedTuple):
    kind: bytes
    begins: int
    inside: int
    ends: int


def bare_video(content: bytes) -> bytes:
    """Raises ValueError for what is none."""
    blank = bytearray(content)
    for box in _boxes(content, 0, len(content)):
        if box.kind in WRITTEN:
            _blot(blank, box)
        if box.kind != b"moov":
            continue
        for inner in _boxes(content, box.inside, box.ends):
            if inner.kind in WRITTEN:
                _blot(blank, inner)
            if inner.kind == b"trak":
                for part in _boxes(content, inner.inside, inner.ends):
                    if part.kind in WRITTEN:
                        _blot(blank, part)
    return bytes(blank)


def bare_picture(content: bytes) -> bytes:
    """Its items of EXIF and XMP are zeros. Raises ValueError for what is none."""
    blank = bytearray(content)
    for box in _boxes(content, 0, len(content)):
        if box.kind == b"uuid":
            _blot(blank, box)
        if box.kind == b"meta":
            inside = {one.kind: one for one in _boxes(content, box.inside + 4, box.ends)}
            if b"iinf" in inside and b"iloc" in inside:
                written = set(_written_items(content, inside[b"iinf"]))
                idat = inside[b"idat"].inside if b"idat" in inside else 0
                for item, start, end in _places(content, inside[b"iloc"], idat):
                    if item in written:
                        if end > len(content):
                            raise ValueError("an item is cut off")
                        blank[start:end] = bytes(end - start)
    return bytes(blank)


def _boxes(content: bytes, at: int, end: int) -> Iterator[Box]:
    while at + 8 <= end:
        size, kind, inside = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8], at + 8
        if size == 1:
            size, inside = int.from_bytes(content[at + 8 : at + 16]), at + 16
        ends = end if size == 0 else at + size
        if ends < inside or ends > end:
            raise ValueError("a box is cut off")
        yield Box(kind, at, inside, ends)
        at = ends


def _blot(blank: bytearray, box: Box) -> None:
    blank[box.begins + 4 : box.begins + 8] = b"free"
    blank[box.inside : box.ends] = bytes(box.ends - box.inside)


def _written_items(content: bytes, iinf: Box) -> Iterator[int]:
    start = iinf.inside + (6 if content[iinf.inside] == 0 else 8)
    for entry in _boxes(content, start, iinf.ends):
        wide = 4 if content[entry.inside] > 2 else 2
        kind_at = entry.inside + 4 + wide + 2
        if content[kind_at : kind_at + 4] in (b"Exif", b"mime"):
            yield int.from_bytes(content[entry.inside + 4 : entry.inside + 4 + wide])


def _places(content: bytes, iloc: Box, idat: int) -> Iterator[tuple[int, int, int]]:
    """(item, from, until before) of each piece of an item."""
    read = _Reader(content, iloc.inside)
    version = read.number(4) >> 24
    sizes = read.number(2)
    offset, length, base, index = (sizes >> shift & 0xF for shift in (12, 8, 4, 0))
    for _ in range(read.number(2 if version < 2 else 4)):
        item = read.number(2 if version < 2 else 4)
        in_idat = version > 0 and read.number(2) & 0xF == 1
        read.number(2)
        origin = read.number(base) + (idat if in_idat else 0)
        for _ in range(read.number(2)):
            read.number(index if version > 0 else 0)
            start = origin + read.number(offset)
            yield item, start, start + read.number(length)


class _Reader:
    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at

    def number(self, size: int) -> int:
        found = self._content[self._at : self._at + size]
        if len(found) < size:
            raise ValueError("a box is cut off")
        self._at += size
        return int.from_bytes(found)
