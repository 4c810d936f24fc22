"""Live updates: one LISTEN connection a process, one hub, one bounded queue a stream.

What a page shows of a lead is drawn by functions that register here:

    @fragment("row")                        # to everybody who may see the lead
    async def rows(session, leads, reader) -> dict[int, str]: ...

    @fragment("conversation", opened=True)  # only where the lead is open
    async def changes(session, leads, reader) -> dict[int, str]: ...

`leads` maps a lead's id to the seq after which its page knows nothing. A fragment is drawn once for
a `Reader` (language and zone) and its bytes are shared: it must hold nothing personal. Facts for
the page's own code go beside the HTML: `{"html": …, "news": …}`.
"""

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import psycopg
from fastapi.sse import format_sse_event
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.language import Reader, reading
from api.sight import Glimpse, Sight, glimpses
from models.database import Database
from models.session import Session, alive
from models.user import User
from models.writing import CHANNEL

log = logging.getLogger(__name__)

PAUSE = 0.02  # seconds between two rounds of telling: a burst is one round
BEAT = 15.0  # seconds between keep-alives, each of which checks session and role again
TURNS = 15  # in which that is done: all streams at once would keep everybody else waiting
ROOM = 256  # messages a stream may fall behind before it is told to ask anew
RECONNECT = (0.1, 2.0)  # seconds, from and to


def encode(kind: str, **data: object) -> bytes:
    """One message: JSON with its `kind`, as the browser's plain `message` event."""
    return format_sse_event(data_str=json.dumps({"kind": kind, **data}, ensure_ascii=False))


HELLO, RESYNC, ENDED = encode("hello"), encode("resync"), encode("ended")
KEEP_ALIVE = b":\n" + encode("beat")

Shown = str | Mapping[str, Any]
Draw = Callable[[AsyncSession, dict[int, int], Reader], Awaitable[Mapping[int, Shown]]]


@dataclass(frozen=True)
class Fragment:
    kind: str
    draw: Draw
    opened: bool


FRAGMENTS: dict[str, Fragment] = {}
_turns = cycle(range(TURNS))


def fragment(kind: str, *, opened: bool = False) -> Callable[[Draw], Draw]:
    """Registers what draws `kind`; with `opened` only for streams that have the lead open."""

    def register(draw: Draw) -> Draw:
        FRAGMENTS[kind] = Fragment(kind, draw, opened)
        return draw

    return register


class Stream:
    """One browser's event stream. `opened` are the leads whose conversation it shows."""

    def __init__(self, session_id: bytes, person: User, *, opened: Iterable[int] = ()) -> None:
        self.session_id = session_id
        self.turn = next(_turns)
        self.opened = frozenset(opened)
        self.ended = False
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self.meet(person)

    def meet(self, person: User) -> None:
        """Who reads, as they are now."""
        self.person_id = person.id
        self.reader = Reader(person.locale, person.time_zone)
        self.sight = Sight(person)

    def put(self, said: bytes) -> None:
        """Never waits: who falls too far behind asks anew instead."""
        if len(self._waiting) >= ROOM:
            self._waiting.clear()
            said = RESYNC
        self._waiting.append(said)
        self._wake.set()

    def end(self) -> None:
        self.ended = True
        self._waiting.append(ENDED)
        self._wake.set()

    async def read(self) -> AsyncIterator[bytes]:
        yield HELLO
        while True:
            await self._wake.wait()
            self._wake.clear()
            said = b"".join(self._waiting)
            self._waiting.clear()
            yield said
            if self.ended:
                return


class Hub:
    def __init__(self, database: Database, *, pause: float = PAUSE, beat: float = BEAT) -> None:
        self.streams: set[Stream] = set()
        self._database = database
        self._pause, self._beat = pause, beat
        self._changed: dict[int, int] = {}
        self._heard = asyncio.Event()
        self.ears: dict[str, Callable[[str], None]] = {CHANNEL: self.hear}  # by channel
        self._told: dict[int, int] = {}  # of open leads: the last seq that streams were told

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Hub"]:
        jobs = [asyncio.create_task(each()) for each in (self._listen, self._tell, self._check)]
        try:
            yield self
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            for stream in self.streams:
                stream.end()

    async def follow(self, stream: Stream) -> AsyncIterator[bytes]:
        """The stream's bytes, from now on until it ends or its reader goes away."""
        self.streams.add(stream)
        try:
            await self._note_opened(stream.opened)
            async for said in stream.read():
                yield said
        finally:
            self.streams.discard(stream)
            still = frozenset().union(*(each.opened for each in self.streams))
            for lead_id in stream.opened - still:
                self._told.pop(lead_id, None)

    def hear(self, payload: str) -> None:
        """`[[lead_id, seq], …]`; an empty list means: look at everything."""
        named = json.loads(payload)
        if not named:
            self.resync()
        for lead_id, seq in named:
            self._changed[lead_id] = max(seq, self._changed.get(lead_id, 0))
        self._heard.set()

    def pass_on(self, channel: str, said: bytes) -> None:
        """To all browsers of the person whose id a notice of the channel is."""

        def hear(person: str) -> None:
            for stream in self.streams:
                if str(stream.person_id) == person:
                    stream.put(said)

        self.ears[channel] = hear

    def resync(self) -> None:
        """Something may have been missed: every page asks what changed."""
        for stream in self.streams:
            stream.put(RESYNC)

    async def check_sessions(self, streams: list[Stream] | None = None) -> None:
        """One question for all of them: whose session lives, and who they are now."""
        streams = list(self.streams) if streams is None else streams
        query = select(col(Session.id), User).join(User, col(User.id) == Session.user_id)
        query = query.where(
            col(Session.id).in_({stream.session_id for stream in streams}),
            alive(datetime.now(UTC)),
        )
        async with self._database.reading() as session:
            people = {row[0]: row[1] for row in await session.execute(query)}
        for stream in streams:
            if person := people.get(stream.session_id):
                stream.meet(person)
            else:
                stream.end()

    async def _listen(self) -> None:
        address = self._database.url.replace("postgresql+psycopg://", "postgresql://", 1)
        pause = RECONNECT[0]
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    address, autocommit=True, connect_timeout=5, application_name="leadloom live",
                    keepalives_idle=10, keepalives_interval=5, keepalives_count=3,
                ) as connection:  # fmt: skip
                    for channel in self.ears:
                        await connection.execute(f"listen {channel}")
                    self.resync()
                    pause = RECONNECT[0]
                    async for notify in connection.notifies():
                        self.ears[notify.channel](notify.payload)
            except psycopg.Error as error:
                log.warning("not listening: %s", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, RECONNECT[1])

    async def _tell(self) -> None:
        while True:
            await self._heard.wait()
            self._heard.clear()
            changed, self._changed = self._changed, {}
            if changed and self.streams:
                try:
                    await self._round(changed)
                except Exception:
                    log.exception("a live update was not drawn")
                    self.resync()
            await asyncio.sleep(self._pause)

    async def _round(self, changed: dict[int, int]) -> None:
        seen = await glimpses(self._database, changed)
        owners = set().union(*(one.owners for one in seen.values()))
        looks: dict[object, tuple[set[int], set[int]]] = {}
        audience: dict[Reader, dict[Stream, set[int]]] = {}
        for stream in self.streams:
            alike = stream.sight.alike(owners)
            if alike not in looks:
                looks[alike] = _look(stream.sight, seen)
            visible, gone = looks[alike]
            if visible:
                audience.setdefault(stream.reader, {})[stream] = visible
            for id in gone:
                stream.put(encode("gone", lead=id))
        async with self._database.reading() as session:
            # whoever has it open is looking at it
            for each in sorted(FRAGMENTS.values(), key=lambda one: not one.opened):
                for reader, streams in audience.items():
                    with reading(reader):
                        await self._send(session, each, reader, streams, changed)
                await asyncio.sleep(0)  # it leaves before the next is drawn
        self._told.update((id, seq) for id, seq in changed.items() if id in self._told)

    async def _send(
        self,
        session: AsyncSession,
        each: Fragment,
        reader: Reader,
        streams: dict[Stream, set[int]],
        changed: dict[int, int],
    ) -> None:
        """Drawn and encoded once; what a stream gets is the same bytes as its neighbour's."""
        wanted = {
            stream: visible & stream.opened if each.opened else visible
            for stream, visible in streams.items()
        }
        after = {id: self._told.get(id, changed[id]) for id in set().union(*wanted.values())}
        if not after:
            return
        drawn = await each.draw(session, after, reader)
        said = {
            id: encode(each.kind, lead=id, after=after[id], seq=changed[id], **_facts(shown))
            for id, shown in drawn.items()
            if shown
        }
        for stream, visible in wanted.items():
            for id in visible & said.keys():
                stream.put(said[id])

    async def _note_opened(self, opened: frozenset[int]) -> None:
        if new := {id: id for id in opened if id not in self._told}:
            for lead in (await glimpses(self._database, new)).values():
                self._told.setdefault(lead.id, lead.seq)

    async def _check(self) -> None:
        for turn in cycle(range(TURNS)):
            await asyncio.sleep(self._beat / TURNS)
            streams = [stream for stream in self.streams if stream.turn == turn]
            if streams:
                try:
                    await self.check_sessions(streams)
                except (SQLAlchemyError, OSError) as error:
                    log.warning("sessions not checked: %s", error)
            for stream in streams:
                stream.put(KEEP_ALIVE)


def _facts(shown: Shown) -> Mapping[str, Any]:
    return {"html": shown} if isinstance(shown, str) else shown


def _look(sight: Sight, seen: Mapping[int, Glimpse]) -> tuple[set[int], set[int]]:
    """Which of the leads may be seen, and which ones no longer."""
    visible = {one.id for one in seen.values() if sight.sees(one.lead)}
    gone = {
        one.id
        for one in seen.values()
        if one.id not in visible and one.before is not None and sight.sees(one.before)
    }
    return visible, gone
