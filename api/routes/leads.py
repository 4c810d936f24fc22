"""The messenger: the list, a lead's conversation and card, and what surrounds them."""

from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api import messenger
from api.deps import Db, LeadId, Now, SignedIn, settings, worded
from api.rendering import render, wants_fragment
from models.draft import Draft
from models.queries.card import seen_lead
from models.queries.inbox import PAGE, Tab, counts, page
from models.queries.search import search
from models.settings import Settings
from models.user import User

router = APIRouter(dependencies=[Depends(worded)])

Chosen = Annotated[Settings, Depends(settings)]
Asked = Annotated[str, Query(alias="q", max_length=200)]
Cursor = Annotated[str | None, Query(max_length=200)]
MOST_AT_ONCE = 500


@router.get("/leads")
async def index(
    request: Request, data: Db, person: SignedIn, tab: Tab = Tab.ALL, asked: Asked = ""
) -> Response:
    async with data.reading() as session:
        around = await _list(session, person, tab, asked)
    if wants_fragment(request):
        return render(request, "leads/_none", **around)
    return render(request, "leads/index", card=None, **around)


@router.get("/leads/rows")
async def rows(
    request: Request,
    data: Db,
    person: SignedIn,
    tab: Tab = Tab.ALL,
    asked: Asked = "",
    after: Cursor = None,
    again: bool = False,
    size: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = PAGE,
) -> Response:
    """A view of the list, its next page, or all that is shown of it `again` after a silence."""
    async with data.reading() as session:
        if after is not None:
            found = await page(session, person, tab, after=after)
            return render(request, "leads/_page", page=found, tab=tab, current=_shown(request))
        around = await _list(session, person, tab, asked, size=size)
    around["current"] = _shown(request)
    if again:
        return render(request, "leads/_again", **around)
    address = _with_view(_current(request), tab, asked)
    return render(request, "leads/_view", headers={"HX-Replace-Url": address}, **around)


@router.get("/leads/counts")
async def tally(request: Request, data: Db, person: SignedIn, tab: Tab = Tab.ALL) -> Response:
    async with data.reading() as session:
        return render(
            request, "leads/_tally", counts=await counts(session, person), tab=tab, asked=""
        )


@router.get("/leads/{lead_id}")
async def show(
    request: Request,
    data: Db,
    person: SignedIn,
    chosen: Chosen,
    lead_id: LeadId,
    tab: Tab = Tab.ALL,
    asked: Asked = "",
    at: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.opened(session, lead, person, chosen, at=at)
        if wants_fragment(request):
            return render(request, "leads/_opened", **around)
        around |= await _list(session, person, tab, asked)
    return render(request, "leads/index", **(around | {"current": lead_id}))


@router.get("/leads/{lead_id}/state")
async def state(
    request: Request,
    data: Db,
    person: SignedIn,
    chosen: Chosen,
    lead_id: LeadId,
    composer: str = "open",
) -> Response:
    """Everything around the conversation, after it changed."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
        anew = (composer == "closed") != bool(lead.blocked_at)
        around["draft"] = await Draft.of(session, person, lead_id) if anew else None
    return render(request, "leads/_state", **(around | {"composer_anew": anew}))


@router.post("/leads/{lead_id}/reading", status_code=204)
async def read(data: Db, person: SignedIn, lead_id: LeadId, now: Now) -> None:
    """The chat is open before somebody who is responsible for it."""
    async with data.unit_of_work(silent=True) as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        lead.mark_read(by=person)


async def _list(
    session: AsyncSession, person: User, tab: Tab, asked: str, *, size: int = PAGE
) -> dict[str, Any]:
    found = await search(session, person, asked) if asked.strip() else None
    return {
        "tab": tab,
        "asked": asked,
        "found": found,
        "page": None if found else await page(session, person, tab, size=size),
        "counts": await counts(session, person),
        "accepts": messenger.accepts(tab, person),
        "current": None,
    }


def _current(request: Request) -> str:
    """The path of the page that asks."""
    return urlsplit(request.headers.get("hx-current-url", "")).path or "/leads"


def _shown(request: Request) -> int | None:
    """The lead that the page which asks has open."""
    number = _current(request).removeprefix("/leads/")
    return int(number) if number.isdigit() else None


def _with_view(path: str, tab: Tab, asked: str) -> str:
    view = {"tab": tab.value if tab != Tab.ALL else "", "q": asked}
    query = urlencode({name: value for name, value in view.items() if value})
    known = path if path.startswith("/leads") else "/leads"
    return f"{known}?{query}" if query else known
