"""A script in a chat: what comes next, put in or passed over, and where one is."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.deps import Db, LeadId, Now, uses, worded
from api.driving import Talker
from api.rendering import render
from api.routes.fillings import values_of
from models.database import Work
from models.errors import Missing
from models.queries.card import seen_lead
from models.script import MOST_TEMPLATES, Script, Walked, finish, stand, walked
from models.tool import Tool
from models.user import User

router = APIRouter(
    prefix="/leads/{lead_id}/script", dependencies=[Depends(worded), Depends(uses(Tool.TEMPLATES))]
)

Place = Annotated[int, Query(ge=0, le=MOST_TEMPLATES)]


@router.get("")
async def show(request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId) -> Response:
    async with data.reading() as session:
        await seen_lead(session, lead_id, person)
        at = await walked(session, person, lead_id)
        around = await _around(session, person, lead_id, at, now=now)
    return render(request, "leads/_script", **around)


@router.post("")
async def create(
    request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId,
    script: Annotated[int, Form(ge=1)],
) -> Response:  # fmt: skip
    """From its beginning, instead of another one."""
    async with data.unit_of_work(silent=True) as work:
        await seen_lead(work.session, lead_id, person)
        chosen = await Script.of(work.session, script, person)
        at = await stand(work, person, lead_id, chosen, place=0)
        around = await _around(work.session, person, lead_id, at, now=now)
    return render(request, "leads/_script", **around)


@router.put("")
async def update(
    request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId, place: Place
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await seen_lead(work.session, lead_id, person)
        before = await walked(work.session, person, lead_id)
        if before is None:
            raise Missing("There is no such script")
        at = await stand(work, person, lead_id, before.script, place=place)
        around = await _around(work.session, person, lead_id, at, now=now)
    return render(request, "leads/_script", **around)


@router.delete("")
async def destroy(request: Request, data: Db, person: Talker, lead_id: LeadId) -> Response:
    async with data.unit_of_work(silent=True) as work:
        lead = await seen_lead(work.session, lead_id, person)
        await finish(work, person, lead_id)
    return render(request, "leads/_script", lead=lead, at=None)


async def _around(
    session: AsyncSession, person: User, lead_id: int, at: Walked | None, *, now: Now
) -> dict[str, Any]:
    lead = await seen_lead(session, lead_id, person)
    values = await values_of(Work(session), lead, person, now) if at and at.next else {}
    wanted = (lead.language or "")[:2]
    return {"lead": lead, "at": at, "values": values, "wanted": wanted, "first": person.locale}
