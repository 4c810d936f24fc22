"""Browsers that only listen, as many as asked for, in a process of their own.

Reads one line of JSON after another and answers each with one:
{"port", "path", "cookies"} opens a stream for each cookie; {"after", "hearing"} says what they
heard once so many have heard that mark, and forgets it: for each mark its times, in the order of
the streams; None was not heard.
"""

import asyncio
import json
import re
import resource
import sys
import time
from typing import Any

import uvloop

MARK = "толпа-{}."
_HEARD = re.compile(MARK.format(r"(\d+)").encode())
_RESYNC = b'"kind": "resync"'
LONGEST = 32  # bytes of a mark: what may be cut in two
AT_ONCE = 50  # connections that are being opened
PATIENCE = 10.0  # seconds until something counts as lost


class Listener(asyncio.Protocol):
    def __init__(self, request: bytes) -> None:
        self.heard: dict[int, float] = {}
        self.resyncs = 0
        self.begun = asyncio.get_running_loop().create_future()
        self._request, self._rest = request, b""

    def connection_made(self, transport: Any) -> None:
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if not self.begun.done():
            if b"\r\n\r\n" not in (data := self._rest + data):
                self._rest = data
                return
            ok = b" 200 " in data.split(b"\r\n", 1)[0]
            self.begun.set_result(ok)
        found = self._rest + data
        for number in _HEARD.findall(found):
            self.heard.setdefault(int(number), now)
        self.resyncs += data.count(_RESYNC)
        self._rest = data[-LONGEST:]

    def forget(self) -> None:
        self.heard, self.resyncs, self._rest = {}, 0, b""

    def connection_lost(self, _because: Exception | None) -> None:
        if not self.begun.done():
            self.begun.set_result(False)


class Crowd:
    def __init__(self) -> None:
        self.listeners: list[Listener] = []

    async def joins(self, port: int, path: str, cookies: list[str]) -> dict[str, Any]:
        """How many were let in, and after how many seconds the last of them was."""
        begun, gate, loop = time.time(), asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop()

        async def one(cookie: str) -> bool:
            request = (
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Language: ru\r\n"
                f"Cookie: {cookie}\r\n\r\n"
            ).encode()
            async with gate:
                _, listener = await loop.create_connection(
                    lambda: Listener(request), "127.0.0.1", port
                )
                self.listeners.append(listener)
                return bool(await listener.begun)

        let_in = await asyncio.gather(*(one(cookie) for cookie in cookies))
        return {"let_in": sum(let_in), "seconds": time.time() - begun}

    async def tells(self, after: int, hearing: int) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while sum(after in one.heard for one in self.listeners) < hearing:
            if time.monotonic() > until:
                break
            await asyncio.sleep(0.1)
        numbers = sorted(set().union(*(one.heard for one in self.listeners)))
        heard = {number: [one.heard.get(number) for one in self.listeners] for number in numbers}
        resyncs = sum(one.resyncs for one in self.listeners)
        for one in self.listeners:
            one.forget()
        return {"heard": heard, "resyncs": resyncs}


async def serve() -> None:
    crowd, asked = Crowd(), asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(asked), sys.stdin
    )
    while line := await asked.readline():
        order = json.loads(line)
        answer = await (crowd.tells if "after" in order else crowd.joins)(**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(serve())
