"""A lead goes to a colleague, to the other line, or to whose turn it is, with a reason."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api import messenger
from api.dealt import dealt
from api.deps import Db, LeadId, Now, settings, worded
from api.driving import Talker
from api.rendering import render
from models.database import Work
from models.deed import assignee
from models.errors import Missing, Refused
from models.lead.dealing import LONGEST_REASON
from models.lead.lead import Lead
from models.queries.card import seen_lead
from models.queries.shifts import at_work
from models.settings import Settings
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}", dependencies=[Depends(worded)])

Chosen = Annotated[Settings, Depends(settings)]
KEEP, TURN, NOBODY = "keep", "turn", ""


@router.get("/transfer")
async def new(
    request: Request, data: Db, person: Talker, chosen: Chosen, lead_id: LeadId
) -> Response:
    """Colleagues, who is at work first, with what they have to do."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
        around["colleagues"] = await at_work(session, team_id=lead.team_id)
    return render(request, "leads/_deal", **(around | {"longest": LONGEST_REASON}))


@router.get("/deal")
async def show(
    request: Request, data: Db, person: Talker, chosen: Chosen, lead_id: LeadId
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
    return render(request, "leads/_deal", **around)


@router.put("/transfer")
async def transfer(
    request: Request,
    data: Db,
    person: Talker,
    now: Now,
    chosen: Chosen,
    lead_id: LeadId,
    line: Annotated[int, Form(ge=1, le=2)],
    to: Annotated[str, Form(max_length=20)] = KEEP,
    reason: Annotated[str, Form(max_length=LONGEST_REASON * 4)] = "",
) -> Response:
    """The reason stands at who has it now, else at the line."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        owner = await _colleague(work, lead, to)
        lead.set_line(line, by=person.actor, at=now, reason=reason if to == KEEP else "")
        if to == TURN:
            if await lead.give_by_turns(by=person.actor, at=now, reason=reason) is None:
                raise Refused("Nobody is at work whose turn it could be")
        elif to != KEEP:
            lead.assign(owner, by=person.actor, at=now, reason=reason)
    return await dealt(request, data, person, chosen, lead_id)


async def _colleague(work: Work, lead: Lead, to: str) -> User | None:
    """Somebody who may see the lead. Raises Missing."""
    if to in (KEEP, TURN, NOBODY):
        return None
    found = await assignee(work, int(to) if to.isdecimal() else 0)
    if found is None or (lead.team_id not in (None, found.team_id) and found.team_id is not None):
        raise Missing("There is no such person")
    return found
