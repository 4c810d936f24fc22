"""One human in several chats: found, grouped and ungrouped from any of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.deps import Db, LeadId, SignedIn, worded
from api.driving import Talker
from api.messenger import may_drive
from api.rendering import render
from models.database import Database
from models.grouping import join, part
from models.lead.lead import Lead
from models.queries.card import seen_lead
from models.queries.desk import desk
from models.queries.person import family, found
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/person", dependencies=[Depends(worded)])


@router.get("")
async def show(request: Request, data: Db, person: SignedIn, lead_id: LeadId) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        return await _family(request, session, lead, person, "leads/_family")


@router.get("/search")
async def search(
    request: Request,
    data: Db,
    person: Talker,
    lead_id: LeadId,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        leads = await found(session, lead, person, q)
        stages = {one.key: one for one in (await desk(session)).stages}
    return render(
        request, "leads/_family_found", lead=lead, found=leads, stages=stages, typed=q.strip()
    )


@router.post("")
async def create(
    request: Request,
    data: Db,
    person: Talker,
    lead_id: LeadId,
    other: Annotated[int, Form(ge=1, le=2**62)],
) -> Response:
    async with data.unit_of_work() as work:
        await join(work, lead_id, other, by=person)
    return await _changed(request, data, person, lead_id)


@router.delete("")
async def destroy(request: Request, data: Db, person: Talker, lead_id: LeadId) -> Response:
    async with data.unit_of_work() as work:
        await part(work, lead_id, by=person)
    return await _changed(request, data, person, lead_id)


async def _changed(request: Request, data: Database, person: User, lead_id: int) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        return await _family(request, session, lead, person, "leads/_family_changed")


async def _family(
    request: Request, session: AsyncSession, lead: Lead, person: User, template: str
) -> Response:
    there = await family(session, lead, person)
    stages = {one.key: one for one in (await desk(session)).stages}
    return render(
        request, template, lead=lead, family=there, stages=stages, may_drive=may_drive(person)
    )
