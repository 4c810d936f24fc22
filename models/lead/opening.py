"""The first time a client writes: the lead, where it came from, and the process it starts on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models.database import Work
from models.lead.arrival import Wrote
from models.lead.lead import Lead
from models.process.version import definition_of, newest
from models.spot import Campaign, Spot
from models.timeline import CLIENT, ENGINE, Action

ORIGIN = ("buyer", "source", "platform", "campaign", "adset", "ad")


async def opened(work: Work, wrote: Wrote, *, bot_id: int, now: datetime) -> Lead:
    """The lead of this chat, locked; the one another worker has just opened, if one has."""
    campaign = await _campaign(work, wrote.payload)
    spot = await _spot(work, campaign, bot_id=bot_id)
    sender = wrote.sender
    row = insert(Lead).values(
        bot_id=bot_id, business_connection=wrote.chat.business_connection,
        chat_id=wrote.chat.chat_id, thread_id=wrote.chat.thread_id,
        spot_id=spot.id if spot else None,
        telegram_id=sender.telegram_id, first_name=sender.first_name,
        last_name=sender.last_name, username=sender.username, language=sender.language,
        payload=wrote.payload, line=spot.line if spot else 1,
        team_id=spot.team_id if spot else None, last_action_at=now, mode_at=now,
        **{name: getattr(campaign, name) for name in ORIGIN if campaign},
    )  # fmt: skip
    fresh = (await work.execute(row.on_conflict_do_nothing().returning(Lead.id))).scalar()
    lead: Lead = (
        await work.execute(
            select(Lead)
            .where(
                Lead.bot_id == bot_id,
                Lead.chat_id == wrote.chat.chat_id,
                Lead.business_connection.is_not_distinct_from(wrote.chat.business_connection),
                Lead.thread_id.is_not_distinct_from(wrote.chat.thread_id),
            )
            .with_for_update()
        )
    ).scalar_one()
    if fresh is not None:
        lead.record(Action.LEAD_OPENED, by=CLIENT, at=now, spot=spot.name if spot else None)
        led = await _begin(work, lead, spot, now=now)
        await lead.share_out(by=ENGINE, at=now, new=led)
    return lead


async def _begin(work: Work, lead: Lead, spot: Spot | None, *, now: datetime) -> bool:
    """Whether a process leads from now on."""
    version = await newest(work.session, spot.process_key) if spot and spot.process_key else None
    if spot is None or spot.process_key is None or version is None:
        await lead.take_over(by="engine", now=now, because="no_process")
        return False
    definition = await definition_of(work.session, spot.process_key, version)
    await lead.start(definition, version=version, by="engine", now=now, by_message=True)
    return True


async def _campaign(work: Work, payload: str | None) -> Campaign | None:
    return await work.session.get(Campaign, payload) if payload else None


async def _spot(work: Work, campaign: Campaign | None, *, bot_id: int) -> Spot | None:
    """The campaign's spot when it leads to this bot, else the bot's own."""
    if campaign is not None and campaign.spot_id is not None:
        spot = await work.session.get(Spot, campaign.spot_id)
        if spot is not None and spot.bot_id == bot_id:
            return spot
    query = select(Spot).where(Spot.bot_id == bot_id).order_by(Spot.is_default.desc(), Spot.id)
    return (await work.execute(query.limit(1))).scalar_one_or_none()
