"""Files by their content: a name is a SHA-256, the same file is kept once and never changes.

On disk, or in an S3 bucket (`bucket.py`). A name appears only when all of its content is there;
what is drawn small from a file is kept beside it, under its name and an ending.
"""

import asyncio
import hashlib
import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from models.settings import Settings

BEGUN = "begun-"
THUMBNAIL = ".webp"  # the ending of what is drawn small from a file
CHUNK = 256 * 1024  # bytes


class TooBig(Exception):
    """More bytes came than may be kept."""


class Unreachable(OSError):
    """The store does not answer: what was asked may be asked again."""


class Storage(ABC):
    """`folder` is on this machine: what comes is gathered there until it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def keep(self, chunks: AsyncIterator[bytes], *, most: int) -> tuple[bytes, int]:
        """(SHA-256, size in bytes) of what came. Raises TooBig past `most` bytes, OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=BEGUN, delete=False) as file:
            try:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise TooBig
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                await self.adopt(Path(file.name), digest.hexdigest())
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(file.name)
        return digest.digest(), size

    async def keep_bytes(self, content: bytes) -> bytes:
        async def once() -> AsyncIterator[bytes]:
            yield content

        digest, _ = await self.keep(once(), most=len(content))
        return digest

    async def tidy(self, *, before: datetime) -> None:
        """Takes away what a killed process had begun to keep before that moment."""
        for one in self.folder.glob(f"{BEGUN}*"):
            if one.stat().st_mtime < before.timestamp():
                one.unlink(missing_ok=True)

    @abstractmethod
    async def adopt(self, file: Path, name: str) -> None:
        """A whole file of this machine becomes what the name stands for."""

    @abstractmethod
    async def look(self, name: str, most: int) -> tuple[int, bytes]:
        """(size in bytes, the first `most` of them). Raises FileNotFoundError, Unreachable."""

    @abstractmethod
    def read(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` until before `end`. Raises as `look` does."""

    @abstractmethod
    def local(self, name: str) -> AbstractAsyncContextManager[Path]:
        """As a file of this machine, to be read only, for as long as it is needed."""

    @abstractmethod
    async def kept_at(self, name: str) -> datetime | None:
        """When it was last put there; None: it is not."""

    @abstractmethod
    async def drop(self, name: str) -> None:
        """With what was drawn from it. Twice is once."""

    @abstractmethod
    def names(self) -> AsyncIterator[str]:
        """Of everything that is kept."""


class Disk(Storage):
    def path(self, digest: bytes | str) -> Path:
        name = digest if isinstance(digest, str) else digest.hex()
        return self.folder / name[:2] / name

    async def adopt(self, file: Path, name: str) -> None:
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)

    async def look(self, name: str, most: int) -> tuple[int, bytes]:
        def looked() -> tuple[int, bytes]:
            with self.path(name).open("rb") as file:
                return os.fstat(file.fileno()).st_size, file.read(most)

        return await asyncio.to_thread(looked)

    async def read(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        with self.path(name).open("rb") as file:
            file.seek(start)
            left = (os.fstat(file.fileno()).st_size if end is None else end) - start
            while left > 0 and (chunk := await asyncio.to_thread(file.read, min(left, CHUNK))):
                left -= len(chunk)
                yield chunk

    @asynccontextmanager
    async def local(self, name: str) -> AsyncIterator[Path]:
        path = self.path(name)
        path.stat()
        yield path

    async def kept_at(self, name: str) -> datetime | None:
        try:
            return datetime.fromtimestamp(self.path(name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    async def drop(self, name: str) -> None:
        for one in (name, f"{name}{THUMBNAIL}"):
            self.path(one).unlink(missing_ok=True)

    async def names(self) -> AsyncIterator[str]:
        for folder in sorted(self.folder.glob("??")):
            for one in sorted(folder.iterdir()):
                yield one.name


def storage_of(settings: Settings, kind: str = "") -> Storage:
    """Where the settings say that files are; `kind` (disk, s3) asks for one of the two."""
    folder = settings.data / "files"
    if (kind or settings.storage) == "disk":
        return Disk(folder)
    from activities.clients.bucket import Bucket  # its library is loaded only where it is used

    return Bucket(folder, settings)
