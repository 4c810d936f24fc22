"""Files on Telegram's side: bytes under one unique id, named differently to every bot."""

import base64
import binascii
import hashlib
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from phone.refusals import bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024

FOLDERS = {
    "photo": "photos",
    "video": "videos",
    "animation": "animations",
    "video_note": "video_notes",
    "voice": "voice",
    "audio": "music",
    "sticker": "stickers",
}
SUFFIXES = {
    "photo": ".jpg",
    "video": ".mp4",
    "animation": ".mp4",
    "video_note": ".mp4",
    "voice": ".oga",
    "audio": ".mp3",
    "sticker": ".webp",
}


@dataclass
class Media:
    """Bytes on their way in, with what is known about them. Lengths are seconds and pixels."""

    kind: str
    content: bytes
    mime: str
    name: str | None = None
    width: int = 0
    height: int = 0
    duration: int = 0
    declared_size: int | None = None  # says another size than it has, for the limits


@dataclass
class StoredFile:
    unique: str
    number: int
    kind: str
    mime: str
    name: str | None
    size: int
    sha256: str
    width: int
    height: int
    duration: int

    @property
    def path(self) -> str:
        suffix = SUFFIXES.get(self.kind) or Path(self.name or "").suffix
        return f"{FOLDERS.get(self.kind, 'documents')}/file_{self.number}{suffix}"

    def id_for(self, bot_id: int) -> str:
        return base64.urlsafe_b64encode(f"{bot_id}:{self.unique}".encode()).decode().rstrip("=")

    def as_telegram(self, bot_id: int) -> dict[str, Any]:
        return {
            "file_id": self.id_for(bot_id),
            "file_unique_id": self.unique,
            "file_size": self.size,
        }

    def as_record(self) -> dict[str, Any]:
        return asdict(self)


class Files:
    def __init__(self, folder: Path | None) -> None:
        self.folder = folder / "files" if folder else None
        self.by_unique: dict[str, StoredFile] = {}
        self.by_path: dict[str, StoredFile] = {}
        self._held: dict[str, bytes] = {}

    def add(self, media: Media) -> StoredFile:
        file = StoredFile(
            unique="AQAD" + secrets.token_urlsafe(9),
            number=len(self.by_unique),
            kind=media.kind,
            mime=media.mime,
            name=media.name,
            size=media.declared_size or len(media.content),
            sha256=hashlib.sha256(media.content).hexdigest(),
            width=media.width,
            height=media.height,
            duration=media.duration,
        )
        if self.folder:
            (self.folder / file.unique).write_bytes(media.content)
        else:
            self._held[file.unique] = media.content
        self.remember(file)
        return file

    def remember(self, file: StoredFile) -> None:
        self.by_unique[file.unique] = file
        self.by_path[file.path] = file

    def content(self, file: StoredFile) -> bytes:
        if self.folder:
            return (self.folder / file.unique).read_bytes()
        return self._held[file.unique]

    def named(self, file_id: str, *, bot_id: int) -> StoredFile:
        """The file that this bot knows by `file_id`; ids of other bots are refused."""
        try:
            padded = file_id + "=" * (-len(file_id) % 4)
            owner, _, unique = base64.urlsafe_b64decode(padded).decode().partition(":")
        except (binascii.Error, ValueError):
            owner, unique = "", ""
        if owner != str(bot_id) or unique not in self.by_unique:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self.by_unique[unique]

    def clear(self) -> None:
        self.by_unique.clear()
        self.by_path.clear()
        self._held.clear()
