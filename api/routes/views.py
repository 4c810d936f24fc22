"""The chat list: its views by their addresses, page by page, and the panel that filters them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from api import lists
from api.deps import Db, Now, SignedIn, Viewed, worded
from api.rendering import page_path, render, wants_fragment
from models.queries.inbox import (
    MOST_COUNTED,
    PAGE,
    belonging,
    chosen,
    counts,
    next_to_answer,
    page,
)

router = APIRouter(prefix="/leads", dependencies=[Depends(worded)])

Cursor = Annotated[str | None, Query(max_length=200)]
LeadIds = Annotated[list[int], Query(max_length=100)]
MOST_AT_ONCE = 500


@router.get("")
async def index(request: Request, data: Db, person: SignedIn, view: Viewed, now: Now) -> Response:
    async with data.reading() as session:
        around = await lists.around(session, person, view, now=now)
    if wants_fragment(request):
        return render(request, "leads/_none", **around)
    return render(request, "leads/index", card=None, **around)


@router.get("/rows")
async def rows(
    request: Request,
    data: Db,
    person: SignedIn,
    view: Viewed,
    now: Now,
    after: Cursor = None,
    typed: bool = False,
    again: bool = False,
    size: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = PAGE,
) -> Response:
    """A view of the list, its next page, or all that is shown of it `again` after a silence.

    A view gets its own place in the browser's history; what is `typed` into the search does not.
    """
    async with data.reading() as session:
        if after is not None:
            found = await page(session, person, view, after=after, now=now)
            return render(request, "leads/_page", page=found, view=view, current=_shown(request))
        around = await lists.around(session, person, view, now=now, size=size)
    around["current"] = _shown(request)
    if again:
        return render(request, "leads/_again", **around)
    place = "HX-Replace-Url" if typed else "HX-Push-Url"
    headers = {place: view.at(_page(request))}
    return render(request, "leads/_view", headers=headers, **around)


@router.get("/belonging")
async def belong(
    request: Request, data: Db, person: SignedIn, view: Viewed, lead: LeadIds
) -> Response:
    """Rows that have just changed, each with whether it stands in the view."""
    async with data.reading() as session:
        inside, outside = await belonging(session, person, view, lead)
    known = [(chat, "yes") for chat in inside] + [(chat, "no") for chat in outside]
    return render(request, "leads/_belonging", known=known)


@router.get("/counts")
async def tally(request: Request, data: Db, person: SignedIn, view: Viewed, now: Now) -> Response:
    async with data.reading() as session:
        around = await lists.tally(session, person, view, now=now)
    return render(request, "leads/_tally", **around)


@router.get("/chosen")
async def choose(data: Db, person: SignedIn, view: Viewed) -> JSONResponse:
    """The ids of all leads of the view, as far as they can be taken at once."""
    async with data.reading() as session:
        return JSONResponse({"leads": await chosen(session, person, view)})


@router.get("/next")
async def following(data: Db, person: SignedIn, but: int | None = None) -> JSONResponse:
    """The lead that has waited longest for this person; none: everybody is answered."""
    async with data.reading() as session:
        return JSONResponse({"lead": await next_to_answer(session, person, but=but)})


@router.get("/filter")
async def panel(request: Request, data: Db, person: SignedIn, view: Viewed, now: Now) -> Response:
    async with data.reading() as session:
        around = await lists.panel(session, person, view, now=now)
    return render(request, "leads/_filter", **around)


@router.get("/filter/steps")
async def steps(request: Request, data: Db, person: SignedIn, view: Viewed) -> Response:
    """Of the process that was chosen in the panel."""
    async with data.reading() as session:
        around = await lists.steps(session, view)
    return render(request, "leads/_filter_steps", view=view, **around)


@router.get("/filter/count")
async def count(request: Request, data: Db, person: SignedIn, view: Viewed, now: Now) -> Response:
    """What the panel's button says while boxes are ticked."""
    async with data.reading() as session:
        many = await counts(session, person, {"here": view}, now=now)
    return render(request, "leads/_filter_count", many=many, most=MOST_COUNTED)


def _page(request: Request) -> str:
    """The path of the page that asks: another view does not close the chat."""
    path = page_path(request)
    return path if path == "/leads" or _shown(request) else "/leads"


def _shown(request: Request) -> int | None:
    """The lead that the page which asks has open."""
    number = page_path(request).removeprefix("/leads/")
    return int(number) if number.isdigit() else None
