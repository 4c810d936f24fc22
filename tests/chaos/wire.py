"""A wire between a process and what it talks to: it can be held, cut, or sprung at a named moment.

wire = await Wire(postgres.port, postgres=True).start()
trap = wire.trap("set state = 'sending'", "answered")
await trap.sprung()        # the claim is committed, and whoever claimed does not know it yet
worker.kill()              # … so this is “killed after the claim”
trap.release()
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from struct import unpack_from
from typing import Literal, Self

Moment = Literal["asked", "answered", "committing", "committed"]
PIECE = 65536
# PostgreSQL's requests that come before its protocol proper: cancel, TLS, GSS.
BEFOREHAND = (80877102, 80877103, 80877104)
READY = b"Z\x00\x00\x00\x05"


@dataclass(eq=False)
class Trap:
    """Springs once, at the first statement that contains `piece`, in whatever case: in its words or
    in what it is run with.

    `asked` holds the statement before the server has seen it, `answered` holds its answer;
    `committing` and `committed` do so with the COMMIT of the transaction that it was part of.
    """

    piece: str
    moment: Moment
    met: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    torn: bool = False
    taken: bool = False

    async def sprung(self, *, within: float = 30) -> None:
        async with asyncio.timeout(within):
            await self.met.wait()

    def release(self) -> None:
        self.free.set()

    def tear(self) -> None:
        """The connection ends here, and the client never learns what became of it."""
        self.torn = True
        self.free.set()


class Wire:
    """Listens on a port of its own and passes everything on to `target`, a port of this machine."""

    def __init__(self, target: int, *, postgres: bool = False) -> None:
        self.target, self.postgres = target, postgres
        self.port = 0
        self.traps: list[Trap] = []
        self.flows = asyncio.Event()
        self.flows.set()
        self._server: asyncio.Server | None = None
        self._talks: dict[Talk, asyncio.Task[None] | None] = {}

    async def start(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        self.flows.set()
        if self._server:
            self._server.close()
        ending = [task for task in self._talks.values() if task]
        self.cut()
        await asyncio.gather(*ending)

    def trap(self, piece: str, moment: Moment) -> Trap:
        trap = Trap(piece, moment)
        self.traps.append(trap)
        return trap

    def hold(self) -> None:
        """Nothing passes until `flow`: a network that swallows everything."""
        self.flows.clear()

    def flow(self) -> None:
        self.flows.set()

    def cut(self) -> int:
        """Ends every connection; returns how many there were."""
        for talk in (cut := list(self._talks)):
            talk.end()
        return len(cut)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        talk = Talk(self, reader, writer, *far)
        self._talks[talk] = asyncio.current_task()
        try:
            await talk.pass_on()
        finally:
            self._talks.pop(talk)


class Talk:
    """One connection. Of PostgreSQL's protocol it follows statements and their transactions."""

    def __init__(
        self,
        wire: Wire,
        near: asyncio.StreamReader,
        to_near: asyncio.StreamWriter,
        far: asyncio.StreamReader,
        to_far: asyncio.StreamWriter,
    ) -> None:
        self.wire, self.near, self.to_near, self.far, self.to_far = wire, near, to_near, far, to_far
        self.begun = False
        self.prepared: dict[bytes, str] = {}
        self.said: list[str] = []  # in the transaction under way
        self.muted: Trap | None = None

    async def pass_on(self) -> None:
        ways = [asyncio.ensure_future(self._there()), asyncio.ensure_future(self._back())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self.end()

    def end(self) -> None:
        for writer in (self.to_near, self.to_far):
            writer.transport.abort()

    async def _there(self) -> None:
        waiting = b""
        with suppress(OSError):
            while data := await self.near.read(PIECE):
                await self.wire.flows.wait()
                if not self.wire.postgres:
                    self.to_far.write(data)
                    continue
                waiting += data
                while (end := self._frame(waiting)) is not None:
                    frame, waiting = waiting[:end], waiting[end:]
                    if not await self._allowed(frame):
                        return
                    self.to_far.write(frame)

    async def _back(self) -> None:
        with suppress(OSError):
            while data := await self.far.read(PIECE):
                await self.wire.flows.wait()
                if (trap := self.muted) is not None:
                    while data[-6:-1] != READY:
                        data += await self.far.read(PIECE)
                    self.muted = None
                    trap.met.set()
                    await trap.free.wait()
                    if trap.torn:
                        return
                self.to_near.write(data)

    def _frame(self, waiting: bytes) -> int | None:
        """Where the first message ends; None while it is not all there."""
        start = 1 if self.begun else 0
        if len(waiting) < start + 4:
            return None
        end = start + int(unpack_from("!I", waiting, start)[0])
        return end if len(waiting) >= end else None

    async def _allowed(self, frame: bytes) -> bool:
        """False when the connection has to end before the server sees this."""
        if not self.begun:
            self.begun = unpack_from("!I", frame, 4)[0] not in BEFOREHAND
            return True
        statement = self._statement(frame)
        if statement is None:
            return True
        trap = self._sprung(statement)
        if statement in ("COMMIT", "ROLLBACK"):
            self.said.clear()
        else:
            self.said.append(statement)
        if trap is None:
            return True
        trap.taken = True
        if trap.moment in ("answered", "committed"):
            self.muted = trap
            return True
        trap.met.set()
        await trap.free.wait()
        return not trap.torn

    def _statement(self, frame: bytes) -> str | None:
        """The SQL that this message runs, if it runs any, and what it is run with."""
        kind, body = frame[:1], frame[5:]
        if kind == b"Q":
            return body.rstrip(b"\x00").decode(errors="replace")
        if kind == b"P":
            name, sql, _ = body.split(b"\x00", 2)
            self.prepared[name] = sql.decode(errors="replace")
        elif kind == b"B":
            _, name, given = body.split(b"\x00", 2)
            return f"{self.prepared.get(name, '')}\n{given.decode(errors='replace')}"
        return None

    def _sprung(self, statement: str) -> Trap | None:
        for trap in self.wire.traps:
            piece = trap.piece.lower()
            if trap.taken:
                continue
            if trap.moment in ("asked", "answered"):
                if piece in statement.lower():
                    return trap
            elif statement == "COMMIT" and any(piece in said.lower() for said in self.said):
                return trap
        return None
