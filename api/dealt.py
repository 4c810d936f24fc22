"""The card's deal after it was changed; or the way back to the list, from what is out of sight."""

from fastapi import Request
from starlette.responses import Response

from api import messenger
from api.rendering import go, render
from models.database import Database
from models.errors import Missing
from models.queries.card import seen_lead
from models.settings import Settings
from models.user import User


async def dealt(
    request: Request, data: Database, person: User, chosen: Settings, lead_id: int
) -> Response:
    try:
        async with data.reading() as session:
            lead = await seen_lead(session, lead_id, person)
            around = await messenger.state(session, lead, person, chosen)
    except Missing:  # given to somebody else, and with it out of sight
        return go(request, "/leads")
    return render(request, "leads/_dealt", **around)
