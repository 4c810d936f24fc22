"""Looking at a chat and writing in it, said while it lasts."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Db, LeadId, SignedIn
from api.presence import Doing, Presence
from api.rendering import reader_of
from models.queries.card import seen_lead

router = APIRouter()


@router.put("/leads/{lead_id}/presence")
async def update(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, doing: Doing
) -> Response:
    """Answers with who is there already: a newcomer's stream has not heard it."""
    async with data.reading() as session:
        await seen_lead(session, lead_id, person)
    presence: Presence = request.app.state.presence
    await presence.say(person, lead_id, doing)
    return Response(presence.drawn(lead_id, reader_of(request)), media_type="text/html")
