"""The deal on the card: stage, line, owner, tags."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from api.dealt import dealt
from api.deps import Db, LeadId, settings, worded
from api.driving import Talker
from models.errors import Missing
from models.queries.people import TALKING
from models.settings import Settings
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}", dependencies=[Depends(worded)])

Chosen = Annotated[Settings, Depends(settings)]
Short = Annotated[str, Query(min_length=1, max_length=100)]


@router.put("/stage")
async def move(
    request: Request,
    data: Db,
    person: Talker,
    chosen: Chosen,
    lead_id: LeadId,
    key: Annotated[str, Query(max_length=100)] = "",
    to: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """By a press on the stage, or from the list of all."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.move_to(key or to, by=person.actor)
    return await dealt(request, data, person, chosen, lead_id)


@router.put("/line")
async def change_line(
    request: Request, data: Db, person: Talker, chosen: Chosen, lead_id: LeadId, line: int
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        lead.set_line(line, by=person.actor)
    return await dealt(request, data, person, chosen, lead_id)


@router.put("/owner")
async def assign(
    request: Request,
    data: Db,
    person: Talker,
    chosen: Chosen,
    lead_id: LeadId,
    owner: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        found = await work.session.get(User, int(owner)) if owner.isdigit() else None
        if owner and (found is None or found.disabled_at or found.role not in TALKING):
            raise Missing("There is no such person")
        lead.assign(found, by=person.actor)
    return await dealt(request, data, person, chosen, lead_id)


@router.post("/tags")
async def tag(
    request: Request,
    data: Db,
    person: Talker,
    chosen: Chosen,
    lead_id: LeadId,
    name: Annotated[str, Form(min_length=1, max_length=100)],
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.tag(name, by=person.actor)
    return await dealt(request, data, person, chosen, lead_id)


@router.delete("/tags")
async def untag(
    request: Request, data: Db, person: Talker, chosen: Chosen, lead_id: LeadId, name: Short
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.untag(name, by=person.actor)
    return await dealt(request, data, person, chosen, lead_id)
