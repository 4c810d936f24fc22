"""Finding leads, their tags and their stage."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlmodel import col

from api.deps import Db, LeadId
from api.robots.bearer import Reader, Writer
from api.robots.problems import ANSWERS
from api.robots.shapes import Finding, Found, LeadTold, StageAsked, Word, told
from models.database import Database
from models.errors import Missing
from models.lead.lead import Lead
from models.queries.finding import by_telegram_id, by_username, found, tags_of

router = APIRouter(prefix="/leads", tags=["leads"], responses=ANSWERS)

TagName = Annotated[Word, Path(description="a tag that an admin has made")]


@router.get("")
async def index(robot: Reader, data: Db, asked: Annotated[Finding, Query()]) -> Found:
    """Find leads by their number, Telegram id or username; none is an empty list."""
    if asked.username is not None:
        which = by_username(asked.username)
    elif asked.telegram_id is not None:
        which = by_telegram_id(asked.telegram_id)
    else:
        which = col(Lead.id) == asked.id
    async with data.reading() as session:
        leads = await found(session, which)
        tags = await tags_of(session, leads)
    return Found(leads=[told(lead, tags.get(lead.id or 0, [])) for lead in leads])


@router.put("/{lead_id}/tags/{name:path}")
async def tag(robot: Writer, data: Db, lead_id: LeadId, name: TagName) -> LeadTold:
    """Put a tag on the lead. Once it is there, nothing more happens."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        await lead.tag(name, by=robot.actor)
    return await now_is(data, lead_id)


@router.delete("/{lead_id}/tags/{name:path}")
async def untag(robot: Writer, data: Db, lead_id: LeadId, name: TagName) -> LeadTold:
    """Take a tag off the lead."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        await lead.untag(name, by=robot.actor)
    return await now_is(data, lead_id)


@router.put("/{lead_id}/stage")
async def move(robot: Writer, data: Db, lead_id: LeadId, asked: StageAsked) -> LeadTold:
    """Move the deal to a stage."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        await lead.move_to(asked.stage, by=robot.actor)
    return await now_is(data, lead_id)


async def now_is(data: Database, lead_id: int) -> LeadTold:
    """The lead as it is now. Raises Missing."""
    async with data.reading() as session:
        leads = await found(session, col(Lead.id) == lead_id)
        tags = await tags_of(session, leads)
    if not leads:
        raise Missing("There is no such lead, or it is not yours to see")
    return told(leads[0], tags.get(lead_id, []))
