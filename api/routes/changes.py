"""What people do to messages that exist: new words, away with it, a reaction."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api.deps import Db, LeadId, Now, worded
from api.driving import Talker
from api.rendering import render
from models.errors import Missing
from models.formatting import parse_markup, to_markup
from models.message import Message
from models.queries.card import seen_lead

router = APIRouter(dependencies=[Depends(worded)])

LONGEST_TEXT = 20_000


@router.get("/leads/{lead_id}/messages/{message_id}/edit")
async def edit(
    request: Request, data: Db, person: Talker, lead_id: LeadId, message_id: LeadId
) -> Response:
    """The message's words as its writer typed them."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        message = await session.get(Message, message_id)
        if message is None or message.lead_id != lead_id:
            raise Missing("There is no such message")
    source = to_markup(message.text, message.entities)
    return render(request, "leads/_edit", lead=lead, message=message, source=source)


@router.put("/leads/{lead_id}/messages/{message_id}", status_code=204)
async def update(
    data: Db,
    person: Talker,
    now: Now,
    lead_id: LeadId,
    message_id: LeadId,
    text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
) -> None:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.edit(message_id, parse_markup(text.strip()), by=person, now=now)


@router.post("/leads/{lead_id}/messages/{message_id}/deletion", status_code=204)
async def delete(data: Db, person: Talker, now: Now, lead_id: LeadId, message_id: LeadId) -> None:
    """At the client's; what has not left yet is taken back."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.delete(message_id, by=person, now=now)


@router.put("/leads/{lead_id}/messages/{message_id}/reaction", status_code=204)
async def react(
    data: Db,
    person: Talker,
    now: Now,
    lead_id: LeadId,
    message_id: LeadId,
    emoji: Annotated[str, Form(max_length=16)],
) -> None:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.react(message_id, emoji, by=person, now=now)


@router.delete("/leads/{lead_id}/messages/{message_id}/reaction", status_code=204)
async def take_back(
    data: Db, person: Talker, now: Now, lead_id: LeadId, message_id: LeadId
) -> None:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.react(message_id, None, by=person, now=now)


@router.post("/leads/{lead_id}/changes/{change_id}", status_code=204)
async def again(data: Db, person: Talker, now: Now, lead_id: LeadId, change_id: LeadId) -> None:
    """Asks Telegram once more."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.change_again(change_id, by=person.actor, now=now)


@router.delete("/leads/{lead_id}/changes/{change_id}", status_code=204)
async def forget(data: Db, person: Talker, now: Now, lead_id: LeadId, change_id: LeadId) -> None:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.forget_change(change_id, by=person.actor, now=now)
