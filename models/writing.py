"""One statement for what a move changes: leads, messages, their lines, answers and the doorbell.

The ORM's own flush takes a statement for each of them; measured for a client's message that a
process answers, it was a third of the worker's time (docs/performance.md). What is not a move (a
contact edited, a new lead) is still the ORM's.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state

from models.lead.lead import Lead
from models.message import Message

CHANNEL = "leadloom"
MOST_NAMED = 300  # leads in one NOTIFY; past that it says "look at everything"

LEAD = """seq seen rung move epoch run stage_key line owner_id fields blocked_at mode mode_at
mode_by mode_because mode_seq manual_until process_key version step process_state due_at
last_action_at last_text last_kind last_author last_state unread waiting_since notice archived_at
ignored_at reminded task_due_at"""
MESSAGE = "position state reason epoch attempt claimed_at not_before telegram_ids sent_at"
NEW_MESSAGE = [name for name in Message.model_fields if name not in ("id", "created_at")]
MOVED: dict[type, frozenset[str]] = {
    Lead: frozenset(LEAD.split()),
    Message: frozenset(MESSAGE.split()),
}


def _updating(table: str, columns: str) -> str:
    """Of each row named, the columns that are given by its id change. Named by an array, because of
    a set from JSON the planner expects a hundred rows, and then reads the whole table."""
    listed = ", ".join(columns.split())
    return f"""
        update {table} set ({listed}) = (select {listed} from jsonb_populate_record({table},
            cast(:{table} as jsonb) -> cast({table}.id as text)))
        where id = any(cast(:{table}_ids as bigint[]))
    """  # noqa: S608 - made of the names above


# A line may speak of a message that gets its id only here: it names its position.
WRITE = text(
    f"""
    with new as (
        insert into message ({", ".join(NEW_MESSAGE)})
        select {", ".join(NEW_MESSAGE)}
        from jsonb_populate_recordset(null::message, cast(:new as jsonb))
        returning id, created_at, lead_id, position),
    moved as ({_updating("message", MESSAGE)}),
    led as ({_updating("lead", LEAD)}),
    told as (
        insert into event (lead_id, seq, kind, ref, actor, at, particulars)
        select line.lead_id, seq, kind, coalesce(ref, new.id), actor, at, particulars
        from jsonb_to_recordset(cast(:lines as jsonb)) as line(lead_id bigint, seq bigint,
            kind text, ref bigint, position bigint, actor text, at timestamptz, particulars jsonb)
        left join new on new.lead_id = line.lead_id and new.position = line.position),
    answered as (
        insert into answer (lead_id, seq, user_id, since, at, is_first)
        select one.lead_id, seq, user_id, since, at, user_id is not null and
            (select true from answer as earlier where earlier.lead_id = one.lead_id
             and earlier.user_id is not null limit 1) is null
        from jsonb_to_recordset(cast(:answers as jsonb)) as one(lead_id bigint, seq bigint,
            user_id bigint, since timestamptz, at timestamptz))
    select array(select row_to_json(n) from (select lead_id, position, id, created_at from new) n),
        case when :named <> '' then pg_notify('{CHANNEL}', :named) end
    """  # noqa: S608 - made of the names above
)


def for_the_orm(session: AsyncSession) -> bool:
    """Whether anything but moves of leads and messages has changed."""
    return bool(session.new or session.deleted) or any(
        instance_state(row).committed_state.keys() - MOVED.get(type(row), frozenset())
        for row in session.dirty
    )


async def write(
    session: AsyncSession,
    *,
    new: list[Message],
    lines: list[dict[str, Any]],
    answers: list[dict[str, Any]],
    changed: dict[int, int],
) -> None:
    """`changed`: the leads to be announced, with their last seq. NOTIFY serialises commits, but
    only at the commit itself."""
    moved = [(row, instance_state(row)) for row in session.dirty]
    rows: dict[type, dict[int, dict[str, Any]]] = {Lead: {}, Message: {}}
    for row, state in moved:
        values = {
            name: value
            for name, before in state.committed_state.items()
            if (value := getattr(row, name)) != before
        }
        if values:
            rows[type(row)][row.id] = values
    if not (new or lines or changed or any(rows.values())):
        return
    named = list(changed.items()) if len(changed) <= MOST_NAMED else []
    values = {
        "new": as_json([_columns(message) for message in new]),
        "message": as_json(rows[Message]),
        "message_ids": list(rows[Message]),
        "lead": as_json(rows[Lead]),
        "lead_ids": list(rows[Lead]),
        "lines": as_json([_line(line) for line in lines]),
        "answers": as_json(answers),
        "named": as_json(named) if changed else "",
    }
    found = (await session.execute(WRITE, values)).scalar_one()
    for _, state in moved:
        state._commit_all(state.dict, session.sync_session.identity_map)
    _now_stored(session, new, found)


def _now_stored(session: AsyncSession, new: Iterable[Message], found: list[Any]) -> None:
    numbers = {(one["lead_id"], one["position"]): one for one in found}
    for message in new:
        made = numbers[message.lead_id, message.position]
        message.id, message.created_at = made["id"], datetime.fromisoformat(made["created_at"])
        make_transient_to_detached(message)
        session.add(message)


def _columns(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in NEW_MESSAGE}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    ref = line["ref"]
    if not isinstance(ref, Message):
        return line
    return {**line, "ref": ref.id, "position": ref.position}


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
