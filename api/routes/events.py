"""The stream a browser listens to: one for all its tabs, held by a SharedWorker."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.sse import EventSourceResponse
from starlette.responses import Response

from api.deps import Anyone, SignedIn
from api.live import Hub, Stream
from models.errors import NotSignedIn, Refused

router = APIRouter()

MOST_OPENED = 20  # conversations in all tabs of a browser
MOST_STREAMS = 12  # of one session: browsers without a SharedWorker open one a tab
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/events")
async def index(
    request: Request,
    person: SignedIn,
    found: Anyone,
    opened: Annotated[list[int] | None, Query(alias="open", max_length=MOST_OPENED)] = None,
) -> Response:
    hub: Hub = request.app.state.hub
    if found is None:
        raise NotSignedIn("You are not signed in")
    mine = [stream for stream in hub.streams if stream.session_id == found.session.id]
    if len(mine) >= MOST_STREAMS:
        raise Refused("Too many pages are open at once")
    stream = Stream(found.session.id, person, opened=opened or ())
    return EventSourceResponse(hub.follow(stream), headers=HEADERS)
