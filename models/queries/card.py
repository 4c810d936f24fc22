"""Everything the card shows of one lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Missing
from models.lead.dealing import LeadTag
from models.lead.lead import Lead
from models.message import Message, State
from models.note import Note
from models.payment import Payment
from models.process.language import Process
from models.process.version import Version, definition_of
from models.queries.people import named
from models.queries.visibility import visible_leads
from models.spot import Bot, Spot
from models.stage import Stage, Tag
from models.user import User

MOST_NOTES = 100


@dataclass(frozen=True, kw_only=True)
class Card:
    """`process` is the definition the lead is on; `names` are those of all actors here;
    `leaving` the automatic messages that have not left yet."""

    lead: Lead
    bot: Bot
    spot: Spot | None
    owner: User | None
    process: Process | None
    stages: Sequence[Stage]
    tags: Sequence[Tag]
    vocabulary: Sequence[Tag]
    notes: Sequence[Note]
    sums: Sequence[tuple[str, str, int, Decimal]]
    leaving: Sequence[Message]
    names: Mapping[str, str]


async def seen_lead(session: AsyncSession, lead_id: int, person: User) -> Lead:
    """Raises Missing for a lead that is not there and for one that is not theirs to see."""
    query = select(Lead).where(col(Lead.id) == lead_id, visible_leads(person))
    lead = (await session.execute(query)).scalar_one_or_none()
    if lead is None:
        raise Missing("There is no such lead, or it is not yours to see")
    return lead


async def card(session: AsyncSession, lead: Lead) -> Card:
    notes = await _notes(session, lead)
    names = await named(session, [lead.mode_by, lead.last_author, *(n.author for n in notes)])
    tags = select(Tag).join(LeadTag).where(col(LeadTag.lead_id) == lead.id).order_by(Tag.name)
    return Card(
        lead=lead,
        bot=await session.get_one(Bot, lead.bot_id),
        spot=await session.get(Spot, lead.spot_id) if lead.spot_id else None,
        owner=await session.get(User, lead.owner_id) if lead.owner_id else None,
        process=await process_of(session, lead),
        stages=await stages(session),
        tags=list((await session.execute(tags)).scalars()),
        vocabulary=list((await session.execute(select(Tag).order_by(Tag.name))).scalars()),
        notes=notes,
        sums=await _sums(session, lead),
        leaving=await _leaving(session, lead),
        names=names,
    )


async def stages(session: AsyncSession) -> list[Stage]:
    return list((await session.execute(select(Stage).order_by(col(Stage.position)))).scalars())


async def process_of(session: AsyncSession, lead: Lead) -> Process | None:
    if lead.process_key is None or lead.version is None:
        return None
    return await definition_of(session, lead.process_key, lead.version)


async def startable(session: AsyncSession) -> list[Version]:
    """The newest version of each process, by key."""
    query = select(Version).ext(distinct_on(col(Version.key)))
    query = query.order_by(col(Version.key), col(Version.number).desc())
    return list((await session.execute(query)).scalars())


async def _notes(session: AsyncSession, lead: Lead) -> list[Note]:
    query = (
        select(Note)
        .where(col(Note.lead_id) == lead.id, col(Note.deleted_at).is_(None))
        .order_by(col(Note.id).desc())
        .limit(MOST_NOTES)
    )
    return list((await session.execute(query)).scalars())


async def _sums(session: AsyncSession, lead: Lead) -> list[tuple[str, str, int, Decimal]]:
    """(kind, currency, how many, sum) of the ledger."""
    query = (
        select(
            col(Payment.kind), col(Payment.currency), func.count(), func.sum(col(Payment.amount))
        )
        .where(col(Payment.lead_id) == lead.id)
        .group_by(Payment.kind, Payment.currency)
        .order_by(Payment.currency)
    )
    return [(row[0], row[1], row[2], row[3]) for row in await session.execute(query)]


async def _leaving(session: AsyncSession, lead: Lead) -> list[Message]:
    query = (
        select(Message)
        .where(
            col(Message.lead_id) == lead.id,
            col(Message.state).in_([State.QUEUED, State.SENDING]),
            col(Message.epoch).is_not(None),
        )
        .order_by(col(Message.position))
    )
    return list((await session.execute(query)).scalars())
