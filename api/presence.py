"""Who else is in a chat, and who writes there. Told from process to process, kept nowhere: what
nobody has repeated for a while is forgotten.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.language import Reader, reading
from api.live import Hub, encode
from api.rendering import html
from api.sight import glimpses
from models.database import Database
from models.user import User

CHANNEL = "leadloom_presence"
LOOKS, WRITES = 45.0, 6.0  # seconds that it holds; pages repeat it in half of that
TELL = text("select pg_notify(:channel, :said)")

Doing = Literal["looks", "writes", "gone"]

log = logging.getLogger(__name__)


@dataclass
class Here:
    """Somebody in a chat."""

    person_id: int
    name: str
    doing: Doing
    ends: asyncio.TimerHandle

    @property
    def actor(self) -> str:
        return f"user:{self.person_id}"


class Presence:
    def __init__(
        self, hub: Hub, database: Database, *, looks: float = LOOKS, writes: float = WRITES
    ) -> None:
        self._lasts = {"looks": looks, "writes": writes}
        self._hub = hub
        self._database = database
        self._here: dict[int, dict[int, Here]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        hub.ears[CHANNEL] = self.hear

    async def say(self, person: User, lead_id: int, doing: Doing) -> None:
        """To all web processes, this one too."""
        said = json.dumps([lead_id, person.id, person.name, doing])
        async with self._database.statement() as connection:
            await connection.execute(TELL, {"channel": CHANNEL, "said": said})

    def hear(self, said: str) -> None:
        lead_id, person_id, name, doing = json.loads(said)
        if doing in get_args(Doing):
            self._become(lead_id, person_id, name, doing)

    def drawn(self, lead_id: int, reader: Reader) -> str:
        """Everybody there, the same for all: whose page it is hides its own."""
        with reading(reader):
            return html("leads/_presence", lead_id=lead_id, here=self.of(lead_id).values())

    def of(self, lead_id: int) -> Mapping[int, Here]:
        return self._here.get(lead_id, {})

    def close(self) -> None:
        for people in self._here.values():
            for one in people.values():
                one.ends.cancel()
        for task in self._telling:
            task.cancel()

    def _become(self, lead_id: int, person_id: int, name: str, doing: Doing) -> None:
        people = self._here.setdefault(lead_id, {})
        before = people.pop(person_id, None)
        if before is not None:
            before.ends.cancel()
        if doing != "gone":
            after: Doing = "looks" if doing == "writes" else "gone"
            ends = asyncio.get_running_loop().call_later(
                self._lasts[doing], self._become, lead_id, person_id, name, after
            )
            people[person_id] = Here(person_id, name, doing, ends)
        if not people:
            del self._here[lead_id]
        if (before.doing if before else "gone") != doing:
            task = asyncio.create_task(self._tell(lead_id))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, lead_id: int) -> None:
        """To those who have the lead open and may see it."""
        streams = [stream for stream in self._hub.streams if lead_id in stream.opened]
        if not streams:
            return
        try:
            seen = (await glimpses(self._database, [lead_id])).get(lead_id)
        except (SQLAlchemyError, OSError) as error:
            log.warning("presence not told: %s", error)
            return
        drawn: dict[Reader, bytes] = {}
        for stream in streams:
            if seen is None or not stream.sight.sees(seen.lead):
                continue
            if stream.reader not in drawn:
                said = self.drawn(lead_id, stream.reader)
                drawn[stream.reader] = encode("presence", lead=lead_id, html=said)
            stream.put(drawn[stream.reader])
