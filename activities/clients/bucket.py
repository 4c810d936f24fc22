"""Files in an S3 bucket, or in whatever speaks its language."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from activities.clients.storage import BEGUN, CHUNK, THUMBNAIL, Storage, Unreachable
from models.errors import Refused
from models.settings import Settings

REACH = timedelta(seconds=5)  # to be connected
PATIENCE = timedelta(seconds=10)  # after which nothing is asked again
PART = timedelta(seconds=60)  # for a part of a file


class Bucket(Storage):
    """An object is visible when all of it has come: a put of S3 is whole, or is none."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        super().__init__(folder)
        if not settings.storage_bucket:
            raise Refused("LEADLOOM_STORAGE_BUCKET names no bucket")
        endpoint = settings.storage_endpoint
        keys: dict[str, Any] = {}
        if settings.storage_key_id:
            keys["access_key_id"] = settings.storage_key_id
            keys["secret_access_key"] = settings.storage_secret.get_secret_value()
        if endpoint:
            keys["endpoint"] = endpoint
        self._store = S3Store(
            settings.storage_bucket,
            region=settings.storage_region,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": REACH,
                "timeout": PART,
            },
            retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
            **keys,
        )

    async def adopt(self, file: Path, name: str) -> None:
        with _reached():
            await obstore.put_async(self._store, _key(name), file)

    async def look(self, name: str, most: int) -> tuple[int, bytes]:
        with _reached():
            meta = await obstore.head_async(self._store, _key(name))
            size = meta["size"]
            if not size or not most:
                return size, b""
            end = min(most, size)
            return size, bytes(
                await obstore.get_range_async(self._store, _key(name), start=0, end=end)
            )

    async def read(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        wanted: Any = {"offset": start} if end is None else (start, end)
        with _reached():
            found = await obstore.get_async(self._store, _key(name), options={"range": wanted})
            async for chunk in found.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    @asynccontextmanager
    async def local(self, name: str) -> AsyncIterator[Path]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=BEGUN) as file:
            async for chunk in self.read(name):
                await asyncio.to_thread(file.write, chunk)
            file.flush()
            yield Path(file.name)

    async def kept_at(self, name: str) -> datetime | None:
        try:
            with _reached():
                return (await obstore.head_async(self._store, _key(name)))["last_modified"]
        except FileNotFoundError:
            return None

    async def drop(self, name: str) -> None:
        with _reached():
            await obstore.delete_async(self._store, [_key(name), _key(f"{name}{THUMBNAIL}")])

    async def names(self) -> AsyncIterator[str]:
        with _reached():
            async for batch in obstore.list(self._store):
                for one in batch:
                    yield str(one["path"]).rsplit("/", 1)[-1]


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        raise Unreachable(f"the bucket: {type(error).__name__}") from error
