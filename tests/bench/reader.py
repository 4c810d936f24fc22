"""Somebody signed in, who fetches pages and listens to a stream, at the cost of a socket."""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from models.session import Session
from models.user import Role, User
from tests.bench.ground import Ground


@dataclass(frozen=True, kw_only=True)
class Reader:
    person: User
    cookie: str

    async def get(self, port: int, path: str) -> tuple[bytes, float]:
        """The page and how many seconds it took; every page over a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            begun = time.perf_counter()
            writer.write(self._request(path, port))
            head = await reader.readuntil(b"\r\n\r\n")
            status, sizes = head.split(None, 2)[1], head.lower().split(b"content-length:")
            body = await reader.readexactly(int(sizes[1].split()[0]))
            assert status == b"200", f"{path} answered {status!r}: {body[:300]!r}"
            return body, time.perf_counter() - begun
        finally:
            writer.close()

    async def stream(self, port: int, path: str) -> "Listening":
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        writer.write(self._request(path, port))
        assert b" 200 " in (await reader.readuntil(b"\r\n\r\n")).splitlines()[0]
        return Listening(reader, writer)

    def _request(self, path: str, port: int) -> bytes:
        return (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Language: ru\r\n"
            f"Cookie: {self.cookie}\r\n\r\n"
        ).encode()


class Listening:
    """An open event stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def said(self, *wanted: bytes) -> float:
        """When an event came that holds all of these: seconds of the wall clock."""
        while True:
            line = await asyncio.wait_for(self._reader.readline(), 20)
            if line.startswith(b"data:") and all(each in line for each in wanted):
                return time.time()

    def close(self) -> None:
        self._writer.close()


async def reader(ground: Ground) -> Reader:
    async with ground.database.unit_of_work(silent=True) as work:
        person = User(login=f"reader{time.time_ns()}@leadloom.test", name="Анна", role=Role.ADMIN)
        work.add(person)
        await work.flush()
        _, secret = Session.begin(work, person, now=datetime.now(UTC))
    port = ground.house.settings.port
    return Reader(person=person, cookie=f"leadloom-{port}={secret}")


def heard(lead_id: int, kind: str) -> bytes:
    """How the hub names a change of this kind."""
    return json.dumps({"kind": kind, "lead": lead_id})[:-1].encode()
