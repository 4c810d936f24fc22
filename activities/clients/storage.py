"""Files on disk: the name is the SHA-256 of the content, so the same file is kept once."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

BEGUN = "begun-"


class TooBig(Exception):
    """More bytes came than may be kept."""


class Storage:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: bytes) -> Path:
        name = digest.hex()
        return self._folder / name[:2] / name

    async def keep(self, chunks: AsyncIterator[bytes], *, most: int) -> tuple[bytes, int]:
        """(SHA-256, size in bytes) of what came. Raises TooBig past `most` bytes, OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=BEGUN, delete=False) as file:
            try:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise TooBig
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                target = self.path(digest.digest())
                target.parent.mkdir(exist_ok=True)
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
        return digest.digest(), size

    def tidy(self, *, before: datetime) -> None:
        """Takes away what a killed process had begun to keep before that moment."""
        for one in self._folder.glob(f"{BEGUN}*"):
            if one.stat().st_mtime < before.timestamp():
                one.unlink(missing_ok=True)

    async def keep_bytes(self, content: bytes) -> bytes:
        async def once() -> AsyncIterator[bytes]:
            yield content

        digest, _ = await self.keep(once(), most=len(content))
        return digest
