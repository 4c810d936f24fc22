"""Chats that a person keeps at hand."""

from fastapi import APIRouter, Depends, Request
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from starlette.responses import Response

from api import lists
from api.deps import Db, LeadId, Now, SignedIn, Viewed, worded
from api.rendering import render
from models.database import Database
from models.errors import Refused
from models.pin import MOST_PINS, Pin
from models.queries.card import seen_lead
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/pin", dependencies=[Depends(worded)])


@router.put("")
async def create(
    request: Request, data: Db, person: SignedIn, view: Viewed, now: Now, lead_id: LeadId
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await seen_lead(work.session, lead_id, person)
        mine = select(func.count()).where(col(Pin.user_id) == person.id)
        if (await work.execute(mine)).scalar_one() >= MOST_PINS:
            raise Refused("At most %(most)s chats are pinned: take a pin off first", most=MOST_PINS)
        row = insert(Pin).values(user_id=person.id, lead_id=lead_id)
        await work.execute(row.on_conflict_do_nothing())
        await Pin.changed(work, of=person.id)
    return await _tally(request, data, person, view, now)


@router.delete("")
async def destroy(
    request: Request, data: Db, person: SignedIn, view: Viewed, now: Now, lead_id: LeadId
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        mine = (col(Pin.user_id) == person.id, col(Pin.lead_id) == lead_id)
        await work.execute(delete(Pin).where(*mine))
        await Pin.changed(work, of=person.id)
    return await _tally(request, data, person, view, now)


async def _tally(
    request: Request, data: Database, person: User, view: Viewed, now: Now
) -> Response:
    async with data.reading() as session:
        around = await lists.tally(session, person, view, now=now)
    return render(request, "leads/_tally", **around)
