"""A kept file as an answer: all of it or a range, in the page only what a browser shows safely."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from activities.clients.storage import THUMBNAIL, Storage, Unreachable
from api.pictures import Unshowable, thumbnail
from models.errors import Away, Missing
from models.sniffing import DOCUMENT, HEAD, INLINE, sniff

KEPT = {
    "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
    "Cache-Control": "private, no-store",
}
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


async def shown(
    request: Request,
    storage: Storage,
    digest: bytes,
    called: str,
    *,
    otherwise: str = "file",
    download: bool = False,
) -> Response:
    """`called` is its name; without one it is called after `otherwise` and its type.

    Raises Missing, Away."""
    name = digest.hex()
    async with reached():
        size, head = await storage.look(name, HEAD)
    found = sniff(head)
    inline = found.mime in INLINE and not download
    called = called or f"{otherwise}.{found.mime.rsplit('/', 1)[-1]}"
    headers = KEPT | {
        "Accept-Ranges": "bytes",
        "ETag": f'"{name}"',
        "Content-Disposition": disposition(called, inline=inline),
    }
    part = _asked(request, size, tag=headers["ETag"])
    start, end = part or (0, size)
    if part and start >= end:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return StreamingResponse(
        storage.read(name, start, end),
        status_code=206 if part else 200,
        headers=headers,
        media_type=found.mime if inline else DOCUMENT.mime,
    )


async def shown_small(storage: Storage, digest: bytes) -> Response:
    """Drawn anew and small, once: nothing that a camera or a joker put into the file is left.

    Raises Missing, Away."""
    name = digest.hex()
    small = f"{name}{THUMBNAIL}"
    async with reached():
        if await storage.kept_at(small) is None:
            async with storage.local(name) as source:
                await _draw(storage, source, small)
        size, _head = await storage.look(small, 0)
    return StreamingResponse(
        storage.read(small), media_type="image/webp", headers=KEPT | {"Content-Length": str(size)}
    )


@asynccontextmanager
async def reached() -> AsyncIterator[None]:
    """Of what asks the store: its troubles in words for a person."""
    try:
        yield
    except FileNotFoundError as error:
        raise Missing("This file is not kept any more") from error
    except Unreachable as error:
        raise Away("The store of files does not answer. Try again in a minute.") from error


def disposition(name: str, *, inline: bool = False) -> str:
    """A header's value for a file that is called so, in whatever script."""
    way, plain = "inline" if inline else "attachment", quote(name, safe="")
    return f'{way}; filename="{name}"' if plain == name else f"{way}; filename*=utf-8''{plain}"


def _asked(request: Request, size: int, *, tag: str) -> tuple[int, int] | None:
    """From which byte until before which. Several ranges at once are answered with all of it."""
    found = RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or request.headers.get("if-range", tag) != tag:
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size) if last and int(last) else (size, size)
    return int(first), min(int(last) + 1, size) if last else size


async def _draw(storage: Storage, source: Path, name: str) -> None:
    with TemporaryDirectory(dir=storage.folder) as folder:
        target = Path(folder) / name
        try:
            await asyncio.to_thread(thumbnail, source, target)
        except Unshowable as error:
            raise Missing("This picture cannot be shown") from error
        await storage.adopt(target, name)
