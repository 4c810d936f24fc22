"""Every component on one page, for who builds pages and for the tests that look at them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import samples
from api.deps import settings, signed_in
from api.language import reading
from api.rendering import reader_of, render
from models.errors import Missing
from models.settings import Settings
from models.user import LOCALES, THEMES, Role, User

router = APIRouter()


@router.get("/patterns")
async def index(
    request: Request,
    person: Annotated[User, Depends(signed_in)],
    chosen: Annotated[Settings, Depends(settings)],
    lang: Annotated[str | None, Query()] = None,
    look: Annotated[str | None, Query()] = None,
) -> Response:
    """`lang` and `look` show it as somebody else would see it."""
    if person.role != Role.ADMIN and chosen.environment != "development":
        raise Missing("There is no such page")
    seen_by = person.model_copy(
        update={
            "locale": lang if lang in LOCALES else person.locale,
            "theme": look if look in THEMES else person.theme,
        }
    )
    request.state.person = seen_by
    with reading(reader_of(request)):
        return render(
            request, "patterns/index", samples=samples.chats(), lines=samples.lines(),
            told=samples.told(), more=None,
        )  # fmt: skip
