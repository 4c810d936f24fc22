"""All that is kept of a client, part by part, each a JSON object a line."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import TextClause, text

from models.database import Database
from models.erasure import said_by
from models.lead.lead import Lead
from models.writing import as_json

PAGE = 500

LEAD = text(
    """
    select to_jsonb(l) || jsonb_build_object('bot', b.username, 'spot', s.name,
        'tags', (select jsonb_agg(t.name order by t.name) from lead_tag lt
            join tag t on t.id = lt.tag_id where lt.lead_id = l.id))
    from lead l join bot b on b.id = l.bot_id left join spot s on s.id = l.spot_id
    where l.id = :lead
    """
)


def _by(key: str, rows: str, what: str = "to_jsonb(t)") -> TextClause:
    """Page by page in the order of a number; `rows` names the table as t."""
    return text(
        f"select {key}, {what} from {rows} and {key} > :after order by {key} limit {PAGE}"  # noqa: S608
    )


PARTS: Mapping[str, TextClause] = {
    "messages": _by("t.id", "message t where t.lead_id = :lead"),
    "earlier_texts": _by(
        "t.id", "message_edit t join message m on m.id = t.message_id where m.lead_id = :lead"
    ),
    "changes": _by("t.id", "message_change t where t.lead_id = :lead"),
    "timeline": _by("t.seq", "event t where t.lead_id = :lead"),
    "payments": _by("t.id", "payment t where t.lead_id = :lead"),
    "notes": _by(
        "t.id",
        "note t where t.lead_id = :lead",
        "to_jsonb(t) || jsonb_build_object('earlier', (select jsonb_agg(to_jsonb(v)"
        " order by v.number) from note_version v where v.note_id = t.id))",
    ),
    "tasks": _by("t.id", "task t where t.lead_id = :lead"),
    "drafts": _by("t.user_id", "draft t where t.lead_id = :lead"),
    "files": _by("t.id", "media t where t.lead_id = :lead", "to_jsonb(t) - 'details'"),
}
UPDATES = _by(
    "t.id",
    "telegram_update t where t.bot_id = :bot and exists (select 1 from"
    " unnest(cast(:said as bytea[])) said where position(said in t.raw) > 0)",
    "t.raw",
)


async def lead_itself(database: Database, lead: Lead) -> bytes:
    async with database.reading() as session:
        found = (await session.execute(LEAD, {"lead": lead.id})).scalar_one()
    return as_json(found).encode()


async def lines(database: Database, lead: Lead, part: str) -> AsyncIterator[bytes]:
    async for row in _rows(database, PARTS[part], {"lead": lead.id}):
        yield as_json(row).encode() + b"\n"


async def updates(database: Database, lead: Lead) -> AsyncIterator[bytes]:
    """What Telegram sent from the client's chat, as far as it is still kept, byte for byte."""
    async for raw in _rows(database, UPDATES, {"bot": lead.bot_id, "said": said_by(lead)}):
        yield bytes(raw) + b"\n"


async def _rows(
    database: Database, statement: TextClause, values: Mapping[str, Any]
) -> AsyncIterator[Any]:
    """No connection is held while somebody reads slowly."""
    after = -1
    while True:
        async with database.reading() as session:
            found = (await session.execute(statement, {**values, "after": after})).all()
        for place, row in found:
            after = place
            yield row
        if len(found) < PAGE:
            return
