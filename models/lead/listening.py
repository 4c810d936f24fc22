"""What a process hears of its lead and knows about it, read under the lead's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text

from models.lead.row import LeadRow
from models.process.facts import Facts, Paid
from models.process.state import Heard, ProcessState
from models.timeline import HEARD, Action

BATCH = 500  # events one move reads at most; the rest wait for the next

UNSEEN = """
    select e.seq, e.kind, e.ref, e.particulars, m.kind as message_kind, m.group_key
    from event e left join message m on m.id = e.ref
    where e.lead_id = :lead and e.seq > :after and e.kind = any(:kinds)
    order by e.seq limit :most"""
HEARD_SINCE = text(UNSEEN)
KNOWN = text(
    f"""
    with unseen as ({UNSEEN})
    select array(select row_to_json(unseen) from unseen order by seq) as unseen,
    array(select t.name from lead_tag lt join tag t on t.id = lt.tag_id
          where lt.lead_id = :lead) as tags,
    array(select row_to_json(p) from (select kind, amount::text as amount, currency from payment
          where lead_id = :lead order by id) p) as payments,
    array(select row_to_json(w) from (select id, text from message
          where id = any(:words) or id in (select ref from unseen)) w) as texts,
    array(select row_to_json(o) from (select step_key, part, state from message
          where lead_id = :lead and step_key = any(:keys) order by step_key, part) o) as said,
    (select login from user_account where id = :owner) as owner,
    (select row_to_json(s) from (select name, settings from spot where id = :spot) s) as spot
    """  # noqa: S608 - ours, put together once
)
NOTHING_UNSEEN = 2**62
# A message in several parts is as far as its worst part.
WORST = ("queued", "scheduled", "sending", "failed", "cancelled", "unknown", "sent")


class Listening(LeadRow):
    async def heard(self, *, after: int, now: datetime) -> list[Heard]:
        rows = await self.work.execute(HEARD_SINCE, self._unseen(after))
        return [_heard(row, now=now) for row in rows.mappings()]

    async def facts(self, state: ProcessState, heard: Sequence[Heard] = ()) -> Facts:
        """All that a process may ask about."""
        return (await self._ask(state, heard, after=NOTHING_UNSEEN))[1]

    async def listen(self, state: ProcessState, *, now: datetime) -> tuple[list[Heard], Facts]:
        """What the process has not heard yet, and all that it may ask about, in one query."""
        unseen, facts = await self._ask(state, (), after=self.seen)
        return [_heard(row, now=now) for row in unseen], facts

    def _unseen(self, after: int) -> dict[str, Any]:
        kinds = [kind.value for kind in HEARD]
        return {"lead": self.id, "after": after, "kinds": kinds, "most": BATCH}

    async def _ask(
        self, state: ProcessState, heard: Sequence[Heard], *, after: int
    ) -> tuple[list[Any], Facts]:
        await self.work.flush()  # what this very transaction has changed counts
        words = {one.ref for one in (*state.unread, *heard) if one.ref} | set(state.reply)
        keys = [
            step_key(state, n)
            for n in range(state.resume_from, state.said)
            if state.phase == "inside"
        ]
        asked = self._unseen(after) | {"words": list(words), "keys": keys}
        asked |= {"owner": self.owner_id, "spot": self.spot_id}
        known = (await self.work.execute(KNOWN, asked)).mappings().one()
        return known["unseen"], self._facts(known, keys)

    def _facts(self, known: RowMapping, keys: list[str]) -> Facts:
        parts: dict[str, list[str]] = {}
        for row in known["said"]:
            parts.setdefault(row["step_key"], []).append(row["state"])
        spot = known["spot"] or {"name": "", "settings": {}}
        return Facts(
            lead=self.described(spot=spot["name"], settings=spot["settings"]),
            tags=frozenset(known["tags"]),
            stage=self.stage_key,
            line=self.line,
            owner=known["owner"],
            mode="manual" if self.mode == "manual" else "auto",
            payments=tuple(Paid(**row) for row in known["payments"]),
            texts={row["id"]: row["text"] for row in known["texts"]},
            outcomes=tuple(
                min(parts[key], key=WORST.index) if key in parts else "queued" for key in keys
            ),
            time_zone=self.fields.get("time_zone") or spot["settings"].get("time_zone") or "UTC",
        )

    def described(self, *, spot: str, settings: dict[str, str]) -> dict[str, str]:
        """The lead in words, for macros and conditions: never more than the card shows."""
        return {
            **{name: value for name, value in settings.items() if isinstance(value, str)},
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username or "",
            "language": (self.language or "")[:2],
            "country": self.country or "",
            "buyer": self.buyer or "",
            "source": self.source or "",
            "platform": self.platform or "",
            "campaign": self.campaign or "",
            "adset": self.adset or "",
            "ad": self.ad or "",
            "spot": spot,
            **{f"fields.{key}": str(value) for key, value in self.fields.items()},
        }


def step_key(state: ProcessState, n: int) -> str:
    """What makes an automatic message one and the same however often `advance` runs."""
    return f"{state.run}:{state.entered_move}:{n}"


def _heard(row: Any, *, now: datetime) -> Heard:
    particulars: dict[str, Any] = row["particulars"]
    match row["kind"]:
        case Action.CLIENT_WROTE:
            kind = row["message_kind"]
            return Heard(
                seq=row["seq"], kind="message", ref=row["ref"], at=now,
                album=row["group_key"],
                particulars={} if kind in (None, "text") else {"media": kind},
            )  # fmt: skip
        case Action.CLIENT_PRESSED:
            return Heard(
                seq=row["seq"], kind="event", name=f"button:{particulars['button']}", at=now,
                particulars={"text": particulars["text"]},
            )  # fmt: skip
        case Action.PAYMENT_RECORDED:
            name = "payment"
            return Heard(
                seq=row["seq"], kind="event", name=name, at=now,
                particulars={"kind": particulars["kind"]},
            )  # fmt: skip
        case Action.CLIENT_BLOCKED | Action.CLIENT_UNBLOCKED:
            name = row["kind"].removeprefix("client_")
            return Heard(seq=row["seq"], kind="event", name=name, at=now)
        case _:
            return Heard(seq=row["seq"], kind="event", name=particulars["name"], at=now)
