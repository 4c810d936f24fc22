"""Names of files within an archive: safe to unpack anywhere, and each there once."""

import mimetypes
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from models.media import Media
from models.sniffing import bare_name

FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))  # by one system or another


def distinct(files: Sequence[Media]) -> Iterator[str]:
    taken: set[str] = set()
    for file in files:
        name, number = called(file), 1
        path = PurePosixPath(name)
        while name.lower() in taken:
            number += 1
            name = f"{path.stem} ({number}){path.suffix}"
        taken.add(name.lower())
        yield name


def called(file: Media) -> str:
    """What it is called, else after its kind and type."""
    if file.name:
        return bare_name(file.name).translate(FORBIDDEN).strip(". ") or "file"
    return f"{file.kind}-{file.id}{mimetypes.guess_extension(file.mime or '') or ''}"
