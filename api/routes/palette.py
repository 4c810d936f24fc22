"""Everything by its name: chats, views of the list, pages, and what can be done here."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api import messenger, words
from api.catalogue import LOCALES, catalogue
from api.deps import Db, SignedIn, worded
from api.keyboard import KEYS
from api.language import gettext as _
from api.rendering import page_path, render
from api.sections import sections
from api.words import N_
from models.queries.search import people
from models.queries.view import View
from models.quick_action import keyed, quick_actions_for
from models.saved_filter import SavedFilter
from models.shift import works_in_shifts
from models.tool import tools_of
from models.user import User

router = APIRouter(prefix="/palette", dependencies=[Depends(worded)])

Asked = Annotated[str, Query(max_length=100)]
MOST_CHATS = 7


class Entry(NamedTuple):
    """`path` leads there; an act has the keys that do it instead."""

    icon: str
    said: str
    path: str = ""
    code: str = ""
    shown: Sequence[str] = ()


@router.get("")
async def index(request: Request, data: Db, person: SignedIn) -> Response:
    async with data.reading() as session:
        found = await _found(request, session, person, "")
    return render(request, "palette/index", found=found, asked="")


@router.get("/entries")
async def entries(request: Request, data: Db, person: SignedIn, asked: Asked = "") -> Response:
    async with data.reading() as session:
        found = await _found(request, session, person, " ".join(asked.split()))
    return render(request, "palette/_entries", found=found, asked=asked)


async def _found(
    request: Request, session: AsyncSession, person: User, asked: str
) -> list[tuple[str, list[Any]]]:
    """Under their headings; what is empty is not there."""
    chats = await people(session, person, asked.lower(), most=MOST_CHATS) if asked else []
    kept = await SavedFilter.seen_by(session, person)
    tabs = [
        Entry(icon or "messages-square", name, View.model_validate({"tab": key}).at())
        for key, icon, name in words.tabs()
        if asked.lower() in name.lower()
    ]
    views = tabs + [
        Entry("bookmark", one.name, one.view.at())
        for one in kept
        if asked.lower() in one.name.lower()
    ]
    pages = [
        Entry(one.icon, one.name(), one.path, shown=one.shown)
        for one in sections(person, there=request.app.state.paths)
        if _called(one.message, asked)
    ]
    groups: list[tuple[str, list[Any]]] = [
        (_("Chats"), chats),
        (_("Quick actions"), await _quick(page_path(request), session, person, asked)),
        (_("Acts"), [*_acts(page_path(request), asked), *_shift(request, person, asked)]),
        (_("Views of the list"), views),
        (_("Pages"), pages),
    ]
    return [(heading, inside) for heading, inside in groups if inside]


async def _quick(path: str, session: AsyncSession, person: User, asked: str) -> list[Entry]:
    """Those of an open chat: each is a button of its composer."""
    if not path.removeprefix("/leads/").isdigit():
        return []
    if not messenger.has_quick_actions(person, await tools_of(session, person)):
        return []
    return [
        Entry("zap", one.name, code=f"Quick{one.id}", shown=("Alt", str(digit)) if digit else ())
        for one, digit in keyed(await quick_actions_for(session, person))
        if asked.lower() in one.name.lower()
    ]


def _acts(path: str, asked: str) -> list[Entry]:
    here = {"page"}
    if path.startswith("/leads"):
        here |= {"list", "chat"} if path.removeprefix("/leads/").isdigit() else {"list"}
    return [
        Entry(one.icon, one.said, code=one.code, shown=one.shown)
        for one in KEYS
        if one.icon and one.of in here and one.answers(asked)
    ]


def _shift(request: Request, person: User, asked: str) -> list[Entry]:
    """Of who works in shifts: it is a button of the rail."""
    if not works_in_shifts(person, request.state.team):
        return []
    on = person.on_shift_at is not None
    message = N_("End the shift") if on else N_("Start the shift")
    icon = "circle-stop" if on else "circle-play"
    return [Entry(icon, _(message), code="Shift")] if _called(message, asked) else []


def _called(message: str, asked: str) -> bool:
    said = (catalogue(locale).gettext(message) for locale in LOCALES)
    return any(asked.lower() in each.lower() for each in said)
