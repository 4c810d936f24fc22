"""The messenger: a lead's conversation and card, and what surrounds them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import lists, messenger
from api.deps import Db, LeadId, Now, SignedIn, Viewed, settings, worded
from api.rendering import render, wants_fragment
from models.queries.card import seen_lead
from models.settings import Settings

router = APIRouter(dependencies=[Depends(worded)])

Chosen = Annotated[Settings, Depends(settings)]


@router.get("/leads/{lead_id}")
async def show(
    request: Request,
    data: Db,
    person: SignedIn,
    chosen: Chosen,
    lead_id: LeadId,
    view: Viewed,
    now: Now,
    at: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.opened(session, lead, person, chosen, at=at)
        if wants_fragment(request):
            return render(request, "leads/_opened", **around)
        known = around["card"].desk.tags
        around |= await lists.around(session, person, view, now=now, vocabulary=known)
    return render(request, "leads/index", **(around | {"current": lead_id}))


@router.get("/leads/{lead_id}/state")
async def state(
    request: Request,
    data: Db,
    person: SignedIn,
    chosen: Chosen,
    lead_id: LeadId,
    composer: str = "open",
) -> Response:
    """Everything around the conversation, after it changed."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
        anew = (composer == "closed") != bool(lead.blocked_at)
        if anew:
            around |= await messenger.composer(session, person, lead_id, around["tools"])
    return render(request, "leads/_state", **(around | {"composer_anew": anew}))


@router.post("/leads/{lead_id}/reading", status_code=204)
async def read(data: Db, person: SignedIn, lead_id: LeadId, now: Now) -> None:
    """The chat is open before somebody who is responsible for it."""
    async with data.unit_of_work(silent=True) as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        lead.mark_read(by=person)
