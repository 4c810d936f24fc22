"""How the pages look to the one who reads them: language, theme, time zone, password."""

from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api.deps import Anyone, Db, Now, SignedIn, forget_sign_in, passwords
from api.rendering import LOOK, go, reader_of, render, theme_of
from api.security import own_page
from models.errors import BrokenInput
from models.passwords import Passwords
from models.user import LOCALES, THEMES, User

router = APIRouter()

A_YEAR = 365 * 24 * 3600
Word = Annotated[str | None, Form(max_length=64)]


@router.get("/me")
async def show(request: Request, person: SignedIn) -> Response:
    return _page(request)


@router.post("/me")
async def update(
    request: Request,
    person: SignedIn,
    data: Db,
    locale: Word = None,
    theme: Word = None,
    time_zone: Word = None,
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        myself = await work.session.get_one(User, person.id)
        myself.prefer(locale=locale, theme=theme, time_zone=time_zone)
    return go(request, "/me")


@router.put("/me/events", status_code=204)
async def show_events(person: SignedIn, data: Db, shown: bool) -> None:
    """Messages only, or also what happened between them."""
    async with data.unit_of_work(silent=True) as work:
        (await work.session.get_one(User, person.id)).shows_events = shown


@router.post("/me/password")
async def change_password(
    request: Request,
    person: SignedIn,
    data: Db,
    now: Now,
    argon: Annotated[Passwords, Depends(passwords)],
    old: Annotated[str, Form(max_length=1024)] = "",
    new: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Signs out everywhere, here too."""
    if not await argon.fits(old, person.password):
        raise BrokenInput("The present password does not fit", {"old": "This is not the password"})
    async with data.unit_of_work(silent=True) as work:
        myself = await work.session.get_one(User, person.id)
        await myself.set_password(new, passwords=argon, now=now)
    answer = go(request, "/login")
    forget_sign_in(request, answer)
    return answer


@router.post("/preferences")
async def choose(
    request: Request,
    found: Anyone,
    data: Db,
    locale: Word = None,
    theme: Word = None,
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Language and theme, also for who is not signed in: kept in a cookie then."""
    if found:
        async with data.unit_of_work(silent=True) as work:
            myself = await work.session.get_one(User, found.person.id)
            myself.prefer(locale=locale, theme=theme)
    answer = go(request, own_page(next))
    said = locale if locale in LOCALES else reader_of(request).locale
    look = f"{said}.{theme if theme in THEMES else theme_of(request)}"
    answer.set_cookie(LOOK, look, max_age=A_YEAR, path="/", samesite="lax", httponly=True)
    return answer


def _page(request: Request) -> Response:
    zones = sorted(zone for zone in available_timezones() if "/" in zone)
    return render(request, "people/me", zones=zones)
