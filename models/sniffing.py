"""What a file is, by its first bytes: names and declared types are somebody's word only."""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

HEAD = 512  # bytes that `sniff` wants to see
MB = 1024 * 1024
LARGEST_FILE, LARGEST_PHOTO = 50 * MB, 10 * MB
LONGEST_NAME, LONGEST_ENDING = 200, 20
CONTROLS = ("Cc", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class Sniffed:
    """`kind` is Telegram's word for how such a file is sent."""

    mime: str
    kind: str


DOCUMENT = Sniffed("application/octet-stream", "document")
_BEGINNINGS = (
    (b"\xff\xd8\xff", Sniffed("image/jpeg", "photo")),
    (b"\x89PNG\r\n\x1a\n", Sniffed("image/png", "photo")),
    (b"GIF87a", Sniffed("image/gif", "animation")),
    (b"GIF89a", Sniffed("image/gif", "animation")),
    (b"ID3", Sniffed("audio/mpeg", "audio")),
    (b"\xff\xfb", Sniffed("audio/mpeg", "audio")),
    (b"\xff\xf3", Sniffed("audio/mpeg", "audio")),
    (b"\x1aE\xdf\xa3", Sniffed("video/webm", "document")),
    (b"%PDF-", Sniffed("application/pdf", "document")),
    (b"PK\x03\x04", Sniffed("application/zip", "document")),
)
# Shown in the page itself; everything else is only ever downloaded.
INLINE = frozenset(
    {
        "image/jpeg", "image/png", "image/webp", "image/gif",
        "video/mp4", "video/webm", "audio/ogg", "audio/mpeg",
    }
)  # fmt: skip


def bare_name(given: str) -> str:
    """A file's name and nothing else: no path, nothing that steers a terminal, its ending kept."""
    said = "".join(" " if unicodedata.category(one) in CONTROLS else one for one in given)
    name = " ".join(PurePosixPath(said.replace("\\", "/")).name.split())
    if not name.strip(". "):
        return "file"
    ending = PurePosixPath(name).suffix[:LONGEST_ENDING] if len(name) > LONGEST_NAME else ""
    return name[: LONGEST_NAME - len(ending)] + ending


def sniff(head: bytes) -> Sniffed:
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed("image/webp", "photo")
    if head[:4] == b"OggS":
        # a voice message is Opus in Ogg, and nothing else is
        return Sniffed("audio/ogg", "voice" if b"OpusHead" in head else "document")
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"M4A ", b"M4B "):
            return Sniffed("audio/mp4", "audio")
        if head[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"):
            return Sniffed("image/heic", "document")
        if head[8:12] in (b"avif", b"avis"):
            return Sniffed("image/avif", "document")
        return Sniffed("video/mp4", "video")
    return DOCUMENT
