"""What no browser of ours would send: pictures that lie, bodies that break off."""

import asyncio
import struct
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from playwright.async_api import CDPSession, Page

from tests.messenger.town import Town
from tests.web.website import Website


def kept(site: Website) -> set[Path]:
    """Files on the server's disk, finished or not."""
    return {one for one in (site.app.state.settings.data / "files").rglob("*") if one.is_file()}


async def said_by(town: Town, lead_id: int) -> list[tuple[str, str]]:
    """What leaves to the client: kind and text."""
    return [(one.kind, one.text) for one in await town.messages(lead_id) if one.author != "client"]


def png(width: int, height: int) -> bytes:
    """A few bytes that say they are an enormous picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        sum_ = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", sum_)

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def webp(width: int, height: int) -> bytes:
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"VP8X" + struct.pack("<I", 10) + b"\x00\x00\x00\x00" + size
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


async def posted(
    site: Website,
    person: httpx.AsyncClient,
    lead_id: int,
    *,
    content: bytes,
    part: str = 'Content-Disposition: form-data; name="files"; filename="a.bin"',
    cut: int = 0,
) -> bytes:
    """A message with one file, byte by byte as given; `cut`: hung up after so many bytes."""
    fields = {"key": str(uuid4()), "seen": "99", "text": "вот"}
    lines = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body = f"{lines}--x\r\n{part}\r\n\r\n".encode() + content + b"\r\n--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(len(body))}
    path = f"/leads/{lead_id}/messages"
    return await raw(site, person, path, body[: cut or None], headers=kind, cut=bool(cut))


async def raw(
    site: Website,
    person: httpx.AsyncClient,
    path: str,
    body: bytes,
    *,
    headers: dict[str, str],
    cut: bool = False,
) -> bytes:
    """The answer to a POST over a plain socket, as the person's browser would be answered."""
    at = urlsplit(site.address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    cookie = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    known = {"Host": at.netloc, "Cookie": cookie, "Accept": "application/json",
             "Accept-Language": "ru", "X-CSRF": person.headers["X-CSRF"],
             "Sec-Fetch-Site": "same-origin", "Connection": "close"} | headers  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in known.items())
    writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
    await writer.drain()
    answer = b"" if cut else await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


async def pick(page: Page, *files: tuple[str, bytes]) -> None:
    given: Any = [{"name": name, "mimeType": "", "buffer": content} for name, content in files]
    await page.locator("input[type=file]").set_input_files(given)


async def slowly(wiring: CDPSession, speed: int) -> None:
    """`speed` of what leaves, in bytes a second; -1 is no limit."""
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
    await wiring.send("Network.emulateNetworkConditions", limits)
