"""Drafts: what one has begun to write follows one to every device."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form

from api.deps import Db, LeadId, SignedIn, worded
from api.driving import Talker
from api.routes.messages import LONGEST_TEXT
from models.draft import Draft, begun, save
from models.queries.card import seen_lead

router = APIRouter(dependencies=[Depends(worded)])


@router.get("/drafts")
async def index(data: Db, person: SignedIn) -> dict[int, str]:
    """Lead to first words."""
    async with data.reading() as session:
        return await begun(session, person)


@router.get("/leads/{lead_id}/draft")
async def show(data: Db, person: Talker, lead_id: LeadId) -> dict[str, str]:
    async with data.reading() as session:
        await seen_lead(session, lead_id, person)
        draft = await Draft.of(session, person, lead_id)
    return {"text": draft.text, "version": draft.version} if draft else {"text": "", "version": ""}


@router.put("/leads/{lead_id}/draft", status_code=204)
async def update(
    data: Db,
    person: Talker,
    lead_id: LeadId,
    version: Annotated[str, Form(min_length=1, max_length=64)],
    text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
) -> None:
    async with data.unit_of_work(silent=True) as work:
        await seen_lead(work.session, lead_id, person)
        await save(work, lead_id, text, by=person, version=version)
