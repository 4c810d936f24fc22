"""Everything the card shows of one lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Missing
from models.lead.lead import Lead
from models.payment import Kind
from models.process.language import Process
from models.process.version import definition_of
from models.queries.conversation import TOLD
from models.queries.desk import DESK, Colleague, Desk
from models.queries.notes import MEMOS, PAGE, Memo, Page, page_of
from models.queries.visibility import visible_leads
from models.stage import Pipeline, Stage, Tag
from models.timeline import Action
from models.user import User

AROUND = text(
    f"""
    select {DESK},
        b.username as bot, s.name as spot,
        array(select tag_id from lead_tag where lead_id = l.id) as tag_ids,
        (select jsonb_agg(sums order by currency) from (
            select kind, currency, sum(counts) as many, sum(amount)::text as sum from payment
            where lead_id = l.id group by kind, currency) sums) as sums,
        (select jsonb_agg(jsonb_build_array(id, text, author, created_at, pinned, edited_at, edits,
            mentions) order by pinned desc, id desc) from (
            {MEMOS.format(lead="l.id", further="")}) notes) as notes,
        case when l.task_due_at is not null then (
            select jsonb_agg(jsonb_build_array(id, what, due_at, assignee_id, by, step_key)
            order by due_at, id) from task where lead_id = l.id and outcome is null) end as tasks,
        (select count(*) from lead o where o.person_id = l.person_id and o.id <> l.id) as others,
        (select count(*) from bot x join lead o on o.bot_id = x.id and o.chat_id = l.telegram_id
            where o.id <> l.id and (o.person_id is null or o.person_id is distinct from l.person_id)
            ) as alike,
        (select particulars from event e where e.lead_id = l.id and e.seq = l.mode_seq
            and e.kind = :handed_over) as handed_over,
        (select seq from event e where e.lead_id = l.id and e.kind = any(:told)
            order by seq desc limit 1) as told,
        leaving.state, leaving.typing_from, leaving.not_before
    from lead l join bot b on b.id = l.bot_id left join spot s on s.id = l.spot_id
    left join lateral (
        select state, typing_from, not_before from message m where m.lead_id = l.id
        and m.state in ('queued', 'sending') and m.epoch is not null
        order by position limit 1) leaving on true
    where l.id = :lead
    """  # noqa: S608
)


class Leaving(NamedTuple):
    """The automatic message that is next to leave."""

    state: str
    typing_from: datetime | None
    not_before: datetime | None


class Promise(NamedTuple):
    """An open task, as it is read. `step_key`: a process waits for its outcome."""

    id: int
    what: str
    due_at: datetime
    assignee_id: int | None
    by: str
    step_key: str | None


class Sum(NamedTuple):
    kind: str
    currency: str
    many: int
    sum: Decimal


@dataclass(frozen=True, kw_only=True)
class Card:
    """`process` is the definition the lead is on; `handed_over` what a process gave as its
    particulars when it handed the lead to a person, if it was the last to change who leads;
    `told` the seq of the last line in the conversation; `others` are how many more chats the
    client's person has, `alike` how many have the same Telegram ID and are not of them."""

    lead: Lead
    desk: Desk
    bot: str
    spot: str | None
    process: Process | None
    tags: Sequence[Tag]
    notes: Page
    tasks: Sequence[Promise]
    sums: Sequence[Sum]
    leaving: Leaving | None
    handed_over: dict[str, Any] | None
    told: int
    others: int
    alike: int

    @property
    def money(self) -> list[tuple[Kind, list[Sum]]]:
        """Its sums by kind."""
        found = [(kind, [one for one in self.sums if one.kind == kind]) for kind in Kind]
        return [(kind, sums) for kind, sums in found if sums]

    @property
    def owner(self) -> Colleague | None:
        return self.desk.person(self.lead.owner_id)


async def seen_lead(session: AsyncSession, lead_id: int, person: User) -> Lead:
    """Raises Missing for a lead that is not there and for one that is not theirs to see."""
    query = select(Lead).where(col(Lead.id) == lead_id, visible_leads(person))
    lead = (await session.execute(query)).scalar_one_or_none()
    if lead is None:
        raise Missing("There is no such lead, or it is not yours to see")
    return lead


async def card(session: AsyncSession, lead: Lead) -> Card:
    values = {
        "lead": lead.id, "handed_over": Action.HANDED_OVER, "most_notes": PAGE + 1,
        "told": list(TOLD),
    }  # fmt: skip
    found = (await session.execute(AROUND, values)).one()
    desk = Desk.of(found)
    return Card(
        lead=lead,
        desk=desk,
        bot=found.bot,
        spot=found.spot,
        process=await process_of(session, lead),
        tags=[one for one in desk.tags if one.id in found.tag_ids],
        tasks=[
            Promise(number, what, datetime.fromisoformat(due_at), *more)
            for number, what, due_at, *more in found.tasks or ()
        ],
        notes=page_of([_memo(*one) for one in found.notes or ()]),
        sums=sorted(
            (Sum(**one | {"sum": Decimal(one["sum"])}) for one in found.sums or ()),
            key=lambda one: list(Kind).index(Kind(one.kind)),
        ),
        leaving=Leaving(found.state, found.typing_from, found.not_before) if found.state else None,
        handed_over=found.handed_over,
        told=found.told or 0,
        others=found.others,
        alike=found.alike,
    )


async def stages(session: AsyncSession) -> list[Stage]:
    """All, pipeline by pipeline."""
    query = select(Stage).join(Pipeline, col(Pipeline.key) == Stage.pipeline_key)
    query = query.order_by(col(Pipeline.position), col(Stage.position))
    return list((await session.execute(query)).scalars())


async def process_of(session: AsyncSession, lead: Lead) -> Process | None:
    if lead.process_key is None or lead.version is None:
        return None
    return await definition_of(session, lead.process_key, lead.version)


def _memo(number: int, said: str, author: str, at: str, *rest: Any) -> Memo:
    pinned, edited, *others = rest
    edited_at = datetime.fromisoformat(edited) if edited else None
    return Memo(number, said, author, datetime.fromisoformat(at), pinned, edited_at, *others)
