"""Tags: their names and colours, how many leads have each. Kept by administrators."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.deps import Db, LeadId, Now, worded
from api.language import gettext as _
from api.rendering import render
from api.routes.pipelines import Admin, Looks, Word
from models import tags
from models.database import Database
from models.errors import Missing
from models.pipelines import AT_ONCE
from models.queries.vocabulary import MOST_COUNTED, PAGE, known_tags, who_name_tag
from models.stage import FormerName, Tag

router = APIRouter(prefix="/tags", dependencies=[Depends(worded)])

Hue = Annotated[int, Form()]
Sought = Annotated[str, Query(max_length=100)]


@router.get("")
async def index(
    request: Request,
    data: Db,
    person: Looks,
    q: Sought = "",
    after: Sought = "",
    again: bool = False,
) -> Response:
    if again:  # what was begun is left
        return await _changed(request, data)
    async with data.reading() as session:
        around = await _list(session, q=q, after=after)
    named = request.headers.get("HX-Target", "")
    return render(request, "tags/_rows" if "tags" in named else "tags/index", **around)


@router.get("/new")
async def new(request: Request, person: Admin) -> Response:
    return render(request, "tags/_form", one=None)


@router.post("")
async def create(
    request: Request, data: Db, person: Admin, name: Word = "", hue: Hue = 1
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await tags.add(work, name=name, hue=hue)
    return await _changed(request, data)


@router.get("/{number}/edit")
async def edit(request: Request, data: Db, person: Admin, number: LeadId) -> Response:
    async with data.reading() as session:
        return render(request, "tags/_form", one=await _tag(session, number))


@router.put("/{number}")
async def update(
    request: Request,
    data: Db,
    person: Admin,
    number: LeadId,
    name: Word = "",
    hue: Hue = 1,
    seen: Word = "",
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await tags.change(work, number, name=name, hue=hue, seen=seen)
    return await _changed(request, data)


@router.get("/{number}/retirement")
async def retiring(request: Request, data: Db, person: Admin, number: LeadId) -> Response:
    """Whether anything names it is looked at first."""
    async with data.reading() as session:
        tag = await _tag(session, number)
        naming = await who_name_tag(session, tag)
    return render(request, "tags/_leaving", one=tag, naming=naming)


@router.post("/{number}/retirement")
async def retire(request: Request, data: Db, person: Admin, now: Now, number: LeadId) -> Response:
    async with data.unit_of_work(silent=True) as work:
        tag = await tags.retire(work, number, now=now)
    back = {
        "text": _("The tag “%(name)s” is retired") % {"name": tag.name}, "icon": "archive",
        "act": _("Bring back"), "path": f"/tags/{number}/return",
    }  # fmt: skip
    return await _changed(request, data, toast=back)


@router.post("/{number}/return")
async def restore(request: Request, data: Db, person: Admin, number: LeadId) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await tags.bring_back(work, number)
    return await _changed(request, data)


@router.get("/{number}/merger")
async def merging(request: Request, data: Db, person: Admin, number: LeadId) -> Response:
    """Into which one is asked first."""
    async with data.reading() as session:
        tag = await _tag(session, number)
        others = await known_tags(session, size=1000)
        meant = await session.get(FormerName, tag.name)
    left = [one.tag for one in others if not one.tag.retired_at and one.tag.id != number]
    return render(
        request, "tags/_merging", one=tag, others=left, into=meant.tag_id if meant else None
    )


@router.post("/{number}/merger")
async def merge(
    request: Request,
    data: Db,
    person: Admin,
    now: Now,
    number: LeadId,
    into: Annotated[str, Form(pattern=r"^\d{1,18}$")],
    done: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """And once more for each part of its leads."""
    async with data.unit_of_work(silent=True) as work:
        await tags.merge(work, number, into=int(into), now=now)
    async with data.unit_of_work() as work:
        moved = await tags.merge_some(work, number, by=person, now=now)
    if moved < AT_ONCE:
        said = _("The tags are one · leads: %(count)s") % {"count": done + moved}
        return await _changed(request, data, toast={"text": said, "icon": "tag"})
    moving = {"path": f"/tags/{number}", "into": into, "done": done + moved}
    return await _changed(request, data, moving=moving)


async def _tag(session: AsyncSession, number: int) -> Tag:
    tag = await session.get(Tag, number)
    if tag is None:
        raise Missing("There is no such tag")
    return tag


async def _list(session: AsyncSession, *, q: str = "", after: str = "") -> dict[str, Any]:
    found = await known_tags(session, like=" ".join(q.split()), after=after)
    return {
        "q": q, "after": after, "tags": found[:PAGE], "most": MOST_COUNTED, "moving": None,
        "more": found[PAGE - 1].tag.name if len(found) > PAGE else None,
    }  # fmt: skip


async def _changed(
    request: Request,
    data: Database,
    *,
    moving: dict[str, Any] | None = None,
    toast: dict[str, str] | None = None,
) -> Response:
    async with data.reading() as session:
        around = await _list(session) | {"moving": moving}
    told = {"HX-Trigger": json.dumps({"toast": toast})} if toast else {}
    return render(request, "tags/_changed", headers=told, **around)
