"""Every component on one page, for who builds pages and for the tests that look at them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import settings, signed_in
from api.rendering import render
from models.errors import Missing
from models.settings import Settings
from models.user import Role, User

router = APIRouter()


@router.get("/patterns")
async def index(
    request: Request,
    person: Annotated[User, Depends(signed_in)],
    chosen: Annotated[Settings, Depends(settings)],
) -> Response:
    if person.role != Role.ADMIN and chosen.environment != "development":
        raise Missing("There is no such page")
    return render(request, "patterns/index")
