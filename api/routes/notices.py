"""The bell: what happened in a person's chats, until when they have seen it, and how they hear."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import JSONResponse, Response

from api.deps import Db, Now, SignedIn, worded
from api.hearing import quiet, without_end
from api.language import local, midnight
from api.notices import lines, standing
from api.rendering import render
from models.database import Database
from models.notice import ALWAYS, Clock, Hearing, Kind, Tone
from models.queries import notices
from models.queries.people import named
from models.user import User

router = APIRouter(prefix="/notices", dependencies=[Depends(worded)])

MORNING = timedelta(hours=9)
Cursor = Annotated[str | None, Query(max_length=60)]
Time = Annotated[Clock | Literal[""], Form()]


@router.get("")
async def index(
    request: Request, data: Db, person: SignedIn, now: Now, after: Cursor = None
) -> Response:
    """What the bell opens, or its next page."""
    if after is None:
        return await _panel(request, data, person, now=now)
    around = await _told(data, person, after=after)
    return render(request, "notices/_page", **around)


@router.get("/news")
async def news(data: Db, person: SignedIn, now: Now) -> JSONResponse:
    """What a page needs to count by itself from now on."""
    async with data.reading() as session:
        leads = await notices.news(session, person)
    return JSONResponse(standing(person, leads, now=now), headers={"Cache-Control": "no-store"})


@router.post("/seen")
async def see(
    request: Request,
    data: Db,
    person: SignedIn,
    now: Now,
    until: Annotated[int, Form(ge=0, le=10**17, description="microseconds since 1970")],
) -> Response:
    """All that the bell showed; what came since then stays new."""
    async with data.unit_of_work(silent=True) as work:
        myself = await work.session.get_one(User, person.id)
        await myself.see_notices(notices.moment(until))
    return await _panel(request, data, myself, now=now)


@router.post("/quiet")
async def be_quiet(
    request: Request,
    data: Db,
    person: SignedIn,
    now: Now,
    span: Annotated[Literal["30", "60", "morning", "always"], Form()],
) -> Response:
    """Do not disturb: for minutes, until the next morning at nine, or until it is switched off."""
    until = {
        "morning": midnight(local(now).date() + timedelta(days=1)) + MORNING,
        "always": ALWAYS,
    }.get(span) or now + timedelta(minutes=int(span))
    return await _quiet(request, data, person, until, now=now)


@router.delete("/quiet")
async def disturb(request: Request, data: Db, person: SignedIn, now: Now) -> Response:
    return await _quiet(request, data, person, None, now=now)


@router.put("/hearing")
async def hear(
    request: Request,
    data: Db,
    person: SignedIn,
    sound: Annotated[Sequence[Kind], Form()] = (),
    browser: Annotated[Sequence[Kind], Form()] = (),
    tone: Annotated[Tone, Form()] = "drop",
    volume: Annotated[int, Form(ge=0, le=100)] = 60,
    hours: Annotated[bool, Form(description="whether there are quiet hours")] = False,
    quiet_from: Time = "",
    quiet_to: Time = "",
) -> Response:
    hearing = Hearing(
        without_sound=frozenset(Kind) - set(sound), without_browser=frozenset(Kind) - set(browser),
        tone=tone, volume=volume,
        quiet_from=quiet_from if hours and quiet_to else None,
        quiet_to=quiet_to if hours and quiet_from else None,
    )  # fmt: skip
    async with data.unit_of_work(silent=True) as work:
        await (await work.session.get_one(User, person.id)).hear(hearing)
    return render(request, "notices/_kept")


async def _quiet(
    request: Request, data: Database, person: User, until: datetime | None, *, now: datetime
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        myself = await work.session.get_one(User, person.id)
        await myself.be_quiet(until)
    return await _panel(request, data, myself, now=now)


async def _panel(request: Request, data: Database, person: User, *, now: datetime) -> Response:
    around = await _told(data, person)
    until = quiet(person, now=now)
    forever = until is not None and without_end(until)
    return render(request, "notices/_panel", quiet=until, forever=forever, **around)


async def _told(data: Database, person: User, *, after: str | None = None) -> dict[str, Any]:
    async with data.reading() as session:
        page = await notices.page(session, person, after=after)
        actors = {one.event.actor for told in page.told for one in told.noticed}
        names = await named(session, actors)
    newest = max((told.chat.lead.last_action_at for told in page.told), default=None)
    return {
        "told": [(told, lines(told, names)) for told in page.told],
        "more": page.after,
        "until": notices.microseconds(newest) if newest else 0,
        "fresh": any(told.new for told in page.told),
    }
