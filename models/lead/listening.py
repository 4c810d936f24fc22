"""What a process hears of its lead and knows about it, read under the lead's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, select, text

from models.lead.row import LeadRow
from models.message import Message
from models.process.facts import Facts, Paid
from models.process.state import FORMAT, Heard, ProcessState
from models.timeline import HEARD, Action

BATCH = 500  # events one move reads at most; the rest wait for the next

# What is asked before every move, in one query: the unseen, what a process may know, what is open.
LOOK = text(
    """
    with unseen as materialized (
        select e.seq, e.kind, e.ref, e.particulars, m.kind as message_kind, m.group_key, m.text
        from event e left join message m on m.id = e.ref
        where e.lead_id = :lead and e.seq > :after and e.kind = any(:kinds)
        and (e.kind <> all(:of_tasks) or e.particulars ->> 'step_key' is not null)
        order by e.seq limit :most)
    select
        array(select row_to_json(u) from unseen u order by seq) as unseen,
        array(select t.name from lead_tag lt join tag t on t.id = lt.tag_id
            where lt.lead_id = :lead
            union all select f.name from lead_tag lt join former_tag_name f using (tag_id)
            where lt.lead_id = :lead) as tags,
        array(select row_to_json(p) from (select kind, amount::text as amount, currency,
            counts from payment where lead_id = :lead order by id) p) as payments,
        array(select row_to_json(w) from (select id, text from message where id = any(:words)) w)
            as texts,
        (select login from user_account where id = :owner) as owner,
        (select row_to_json(s) from (select name, settings from spot where id = :spot) s) as spot,
        (select disabled_at is not null from bot where id = :bot) as disabled,
        (select greatest(paused_until, probing_until) from bot where id = :bot) as paused_until,
        array(select id from message where lead_id = :lead and state in ('queued', 'sending')
            union all select id from message where lead_id = :lead and state = 'scheduled'
            union all select id from message where lead_id = :lead and step_key = any(:keys)
                and state not in ('queued', 'sending', 'scheduled')) as messages,
        array(select id from media where lead_id = :lead and state = 'pending' and (attempts > 0
            or exists (select 1 from unseen where kind = 'client_wrote')) order by id limit 20)
            as files,
        array(select row_to_json(c) from (select id, not_before from message_change
            where lead_id = :lead and state = 'queued' order by id limit 20) c) as changes
    """
)
KINDS = [kind.value for kind in HEARD]
# Heard of a task that a step has set, and waits for.
OF_TASKS = [Action.TASK_DONE.value, Action.TASK_CANCELLED.value]
# A message in several parts is as far as its worst part.
WORST = ("queued", "scheduled", "sending", "failed", "cancelled", "unknown", "sent")


@dataclass(frozen=True)
class Sight:
    """What the lead's surroundings are like at this moment of the transaction.

    `messages` are those that are not final and those of the step the lead is at, in order; they
    are rows of the transaction, so what is done to them shows. `files` are to be fetched: they came
    with what was just heard, or a person has asked for them again. `changes` of messages wait for
    their attempt, each not before its moment.
    """

    heard: list[Heard]
    messages: list[Message]
    files: list[int]
    changes: dict[int, datetime | None]
    bot_disabled: bool
    bot_paused_until: datetime | None
    state: ProcessState | None
    known: RowMapping


class Listening(LeadRow):
    @property
    def format(self) -> int:
        """Which code wrote the process state; 0 without one."""
        return int(self.process_state["format"]) if self.process_state else 0

    @property
    def state(self) -> ProcessState | None:
        return ProcessState.model_validate(self.process_state) if self.process_state else None

    @state.setter
    def state(self, state: ProcessState | None) -> None:
        self.process_state = state.model_dump(mode="json") if state else None
        self.process_key = state.process if state else None
        self.version = state.version if state else None
        self.step = state.step if state else None

    async def heard(self, *, after: int, now: datetime) -> list[Heard]:
        return (await self.look(after=after, now=now)).heard

    async def look(
        self, *, now: datetime, after: int | None = None, words_of: Sequence[Heard] = ()
    ) -> Sight:
        """What this very transaction has changed counts.

        `words_of` are heard before, and the process may ask about them besides those it stores.
        """
        await self.work.flush()
        state = self.state if self.format <= FORMAT else None
        words = {one.ref for one in words_of if one.ref}
        if state is not None:
            words |= {one.ref for one in state.unread if one.ref} | set(state.reply)
        asked = {
            "lead": self.id, "after": self.seen if after is None else after, "kinds": KINDS,
            "most": BATCH, "words": list(words), "keys": step_keys(state), "owner": self.owner_id,
            "spot": self.spot_id, "bot": self.bot_id, "of_tasks": OF_TASKS,
        }  # fmt: skip
        known = (await self.work.execute(LOOK, asked)).mappings().one()
        messages: list[Message] = []
        if known["messages"]:
            query = select(Message).where(Message.id.in_(known["messages"]))
            found = await self.work.execute(query.order_by(Message.position, Message.id))
            messages = list(found.scalars())
        return Sight(
            heard=[_heard(row, now=now) for row in known["unseen"]],
            messages=messages,
            files=known["files"],
            changes={one["id"]: _moment(one["not_before"]) for one in known["changes"]},
            bot_disabled=known["disabled"],
            bot_paused_until=known["paused_until"],
            state=state,
            known=known,
        )

    async def facts(self, state: ProcessState | None, heard: Sequence[Heard] = ()) -> Facts:
        """All that a process may ask about."""
        return self.facts_of(state, await self.look(words_of=heard, now=datetime.now(UTC)))

    def facts_of(self, state: ProcessState | None, sight: Sight) -> Facts:
        known = sight.known
        parts: dict[str | None, list[str]] = {}
        for message in sight.messages:
            parts.setdefault(message.step_key, []).append(message.state)
        spot = known["spot"] or {"name": "", "settings": {}}
        texts = {row["id"]: row["text"] for row in known["texts"]}
        texts |= {row["ref"]: row["text"] for row in known["unseen"] if row["text"] is not None}
        return Facts(
            lead=self.described(spot=spot["name"], settings=spot["settings"]),
            tags=frozenset(known["tags"]),
            stage=self.stage_key,
            line=self.line,
            owner=known["owner"],
            mode="manual" if self.mode == "manual" else "auto",
            payments=tuple(Paid(**row) for row in known["payments"]),
            texts=texts,
            outcomes=tuple(
                min(parts[key], key=WORST.index) if key in parts else "queued"
                for key in step_keys(state)
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


def step_keys(state: ProcessState | None) -> list[str]:
    """Of the messages that this entry of a send step waits for."""
    if state is None or state.phase != "inside":
        return []
    return [step_key(state, n) for n in range(state.resume_from, state.said)]


def step_key(state: ProcessState, n: int) -> str:
    """What makes an automatic message one and the same however often `advance` runs."""
    return f"{state.run}:{state.entered_move}:{n}"


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


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
        case Action.TASK_DONE | Action.TASK_CANCELLED:
            return Heard(
                seq=row["seq"], kind="event", name=row["kind"].replace("_", ":"), at=now,
                particulars={"step_key": particulars["step_key"]},
            )  # fmt: skip
        case Action.CLIENT_BLOCKED | Action.CLIENT_UNBLOCKED:
            name = row["kind"].removeprefix("client_")
            return Heard(seq=row["seq"], kind="event", name=name, at=now)
        case _:
            return Heard(seq=row["seq"], kind="event", name=particulars["name"], at=now)
