"""A client's data goes, on their request: what named anybody, what was said, every file.

The lead stays as a number with its stage, source and amounts, so that what was counted stays
counted. Its chat is given up: whoever writes from there again is a new lead.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from models.database import Work
from models.errors import Outrun
from models.grouping import part
from models.lead.lead import Lead
from models.message import Message, State
from models.payment import Source
from models.timeline import Action
from models.user import User

# Lines whose particulars are keys, ids, amounts and times; of all others nothing is left.
NAMELESS = (
    Action.STAGE_CHANGED, Action.TAG_ADDED, Action.TAG_REMOVED, Action.OWNER_CHANGED,
    Action.LINE_CHANGED, Action.PAYMENT_RECORDED, Action.PAYMENT_REVERSED,
    Action.PAYMENT_CORRECTED, Action.PROCESS_STARTED, Action.STEP_ENTERED, Action.PROCESS_ENDED,
    Action.PROCESS_STOPPED, Action.PROCESS_MIGRATED, Action.TAKEN_OVER, Action.GIVEN_BACK,
    Action.PAUSE_CHANGED, Action.WAIT_SKIPPED,
)  # fmt: skip
WORDS = ("reason", "because", "text", "words", "name", "note", "parts")

GOES = [
    text(one)
    for one in (
        """
        update message set kind = 'text', text = '', entities = '[]', buttons = '[]',
            details = '{}', quote = null, reactions = '[]', reason = null, client_key = null,
            group_key = null, telegram_ids = '{}', deleted_at = coalesce(deleted_at, :now),
            state = case when state in ('queued', 'scheduled') then 'cancelled' else state end
        where lead_id = :lead
        """,
        "delete from message_search where lead_id = :lead",
        """
        delete from message_edit where message_id in
            (select id from message where lead_id = :lead)
        """,
        "delete from message_change where lead_id = :lead",
        """
        insert into discarded_file (sha256, at)
            select distinct sha256, now() from media where lead_id = :lead and sha256 is not null
            on conflict do nothing
        """,
        "delete from media where lead_id = :lead",
        "delete from note_version where note_id in (select id from note where lead_id = :lead)",
        "delete from note where lead_id = :lead",
        "delete from task where lead_id = :lead",
        "delete from draft where lead_id = :lead",
        "delete from script_walk where lead_id = :lead",
        "delete from quick_run where lead_id = :lead",
        "delete from pin where lead_id = :lead",
        """
        update event set particulars = case when kind = any(:nameless)
            then particulars - cast(:words as text[]) else '{"erased": true}' end
        where lead_id = :lead
        """,
        "select set_config('leadloom.erasing', 'yes', true)",
        """
        update payment set reason = null, source_id = case when source = any(:ours)
            then source_id else 'erased:' || id end
        where lead_id = :lead
        """,
        "select set_config('leadloom.erasing', '', true)",
    )
]
UPDATES = text(
    """
    update telegram_update set raw = '', error = null,
        state = case when state = 'poison' then 'ignored' else state end
    where bot_id = :bot and exists (
        select 1 from unnest(cast(:said as bytea[])) said where position(said in raw) > 0)
    """
)
# What a lead is found or known by; where it came from and how far it got stays.
EMPTY: dict[str, Any] = {
    "first_name": "", "last_name": "", "username": None, "telegram_id": None, "thread_id": None,
    "business_connection": None, "payload": None, "fields": {}, "blocked_at": None,
    "last_text": "", "last_kind": "text", "unread": 0, "waiting_since": None, "notice": None,
    "task_due_at": None, "mentioned": [], "reminded": [], "manual_until": None,
    "mode_because": None,
}  # fmt: skip


async def erase(work: Work, lead_id: int, *, by: User, now: datetime) -> None:
    """Raises Missing, Refused when it is done already, Outrun while a message is just leaving."""
    await part(work, lead_id, by=by)
    lead = await work.locked_lead(lead_id, visible_to=by)
    leaving = select(Message.id).where(Message.lead_id == lead.id, Message.state == State.SENDING)
    if (await work.execute(leaving.limit(1))).first() is not None:
        raise Outrun("A message is just leaving: try again in a minute")
    await lead.stop(by=by.actor, now=now)
    await work.flush()
    values = {
        "lead": lead.id, "now": now, "nameless": list(NAMELESS), "words": list(WORDS),
        "ours": list(Source),
    }  # fmt: skip
    for statement in GOES:
        named = statement.compile().params
        await work.execute(statement, {name: values[name] for name in named})
    await work.execute(UPDATES, {"bot": lead.bot_id, "said": said_by(lead)})
    for name, nothing in EMPTY.items():
        setattr(lead, name, nothing)
    lead.chat_id = -lead.id
    lead.erased_at = lead.archived_at = now
    lead.record(Action.CLIENT_ERASED, by=by.actor, at=now)
    lead.seen = lead.seq  # what nobody has heard yet says nothing any more
    lead.ring()


def said_by(lead: Lead) -> list[bytes]:
    """What stands in every update from the client's chat."""
    known_by = {number for number in (lead.chat_id, lead.telegram_id) if number is not None}
    return list(_as_telegram_says(known_by))


def _as_telegram_says(numbers: Iterable[int]) -> Iterable[bytes]:
    """A number as an id within an update, whole: 12 is not in 123."""
    for number in numbers:
        for space in ("", " "):
            for end in (",", "}", " "):
                yield f'"id":{space}{number}{end}'.encode()
