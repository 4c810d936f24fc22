"""A bot's updates: made, waiting, handed out, confirmed."""

import asyncio
import json
import time
from dataclasses import dataclass
from itertools import islice
from typing import Any

KEPT_FOR = 24 * 3600  # seconds, as Telegram keeps pending updates
OPT_IN = {"chat_member", "message_reaction", "message_reaction_count"}
WINDOW = 2000  # how many waiting updates one confirmation looks at a time


@dataclass(slots=True)
class Update:
    serial: int  # its place among all updates of the bot; ids may repeat, serials do not
    id: int
    kind: str
    chat: str  # updates of one chat keep their order
    body: bytes
    made_at: float
    again: bool = False  # repeated or injected: an offset does not confirm it unseen
    attempts: int = 0
    delivered_at: float | None = None
    confirmed_at: float | None = None
    dropped: bool = False
    last_error: str | None = None

    @property
    def waiting(self) -> bool:
        return self.confirmed_at is None and not self.dropped

    def readable(self) -> bool:
        try:
            return isinstance(json.loads(self.body), dict)
        except ValueError:
            return False

    def as_record(self) -> dict[str, Any]:
        record: dict[str, Any] = {slot: getattr(self, slot) for slot in self.__slots__}
        record["body"] = self.body.decode("latin-1")  # any bytes, reversibly
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Update":
        return cls(**{**record, "body": record["body"].encode("latin-1")})

    def as_json(self) -> dict[str, Any]:
        return self.as_record() | {
            "update_id": self.id,
            "body": self.body.decode(errors="replace"),
            "waiting": self.waiting,
        }


class Updates:
    """The queue of one bot. `held` stops every delivery until it is released."""

    def __init__(self) -> None:
        self.all: list[Update] = []
        self.pending: dict[int, Update] = {}  # by serial, in order of delivery
        self.held = False
        self.arrived = asyncio.Event()
        self.poller: asyncio.Future[str] | None = None  # resolved with the reason it must end

    def append(self, update: Update) -> None:
        self.all.append(update)
        if update.waiting:
            self.pending[update.serial] = update
            self.arrived.set()

    def next_serial(self) -> int:
        return self.all[-1].serial + 1 if self.all else 1

    def confirm(self, update: Update) -> None:
        update.confirmed_at = time.time()
        self.pending.pop(update.serial, None)

    def drop(self, update: Update) -> None:
        update.dropped = True
        self.pending.pop(update.serial, None)

    def confirm_below(self, offset: int) -> list[Update]:
        """Confirms what has an id below `offset`; a negative one keeps the last -offset."""
        if offset < 0:
            confirmed = list(self.pending.values())[:offset]
        else:
            confirmed = []
            for start in range(0, len(self.pending), WINDOW):
                window = list(islice(self.pending.values(), start, start + WINDOW))
                below = [u for u in window if u.id < offset and (u.attempts or not u.again)]
                confirmed += below
                if not below:
                    break
        for update in confirmed:
            self.confirm(update)
        return confirmed

    def waiting(self, *, offset: int, limit: int) -> list[Update]:
        oldest = time.time() - KEPT_FOR
        while self.pending:
            head = next(iter(self.pending.values()))
            if head.made_at >= oldest:
                break
            self.drop(head)
        offered = (u for u in self.pending.values() if u.id >= offset or u.again or offset < 0)
        return list(islice(offered, limit))

    def end_poller(self, reason: str) -> None:
        if self.poller is not None and not self.poller.done():
            self.poller.set_result(reason)

    def reorder(self, order: list[int]) -> None:
        """Puts the waiting updates with these ids first, in this order."""
        places = {update_id: place for place, update_id in enumerate(order)}
        self.pending = dict(
            sorted(self.pending.items(), key=lambda item: places.get(item[1].id, len(order)))
        )


def wanted(kind: str, allowed: list[str] | None) -> bool:
    """Whether a bot with this `allowed_updates` gets updates of this kind."""
    return kind in allowed if allowed else kind not in OPT_IN
