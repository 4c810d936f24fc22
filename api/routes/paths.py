"""The way a lead has gone through its processes, beside the card."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.cast import cast
from api.deps import Db, LeadId, SignedIn, worded
from api.paths import passed
from api.rendering import render
from models.queries.card import seen_lead
from models.queries.desk import desk
from models.queries.path import path

router = APIRouter(prefix="/leads/{lead_id}/path", dependencies=[Depends(worded)])


@router.get("")
async def show(
    request: Request,
    data: Db,
    person: SignedIn,
    lead_id: LeadId,
    upto: Annotated[int, Query(ge=1, le=2**62)] = 2**62,
) -> Response:
    """Its newest page; the page before the line `upto` when earlier ones are asked for."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        found = await path(session, lead_id, upto=upto)
        known = await cast(session, lead, await desk(session), found.lines)
        stops = await passed(session, found, known)
    return render(
        request, "leads/_path", lead=lead, walked=found, stops=stops, newest=upto == 2**62
    )
