"""The start: the first section there is."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.deps import SignedIn
from api.sections import SECTIONS

router = APIRouter()


@router.get("/")
async def index(request: Request, person: SignedIn) -> Response:
    first = next((one.path for one in SECTIONS if one.path in request.app.state.paths), "/me")
    return RedirectResponse(first, 303)
