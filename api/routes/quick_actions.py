"""Quick actions: the page where they are kept."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api import quick
from api.deps import Db, LeadId, Now, SignedIn, worded
from api.language import gettext as _
from api.rendering import render
from api.routes.templates import LANGUAGES, LONGEST_TEXT
from models.database import Work
from models.errors import BrokenInput
from models.queries.desk import desk
from models.quick_action import (
    DIGITS,
    Ends,
    Owner,
    Parts,
    QuickAction,
    QuickTask,
    keyed,
    put_in_order,
    quick_actions_for,
)
from models.ready import Scope, scopes_of
from models.task import AHEAD
from models.tool import Tool, tools_of
from models.user import LINES, User

router = APIRouter(prefix="/quick-actions", dependencies=[Depends(worded)])

DAY = 86_400  # seconds
DUES = tuple(timedelta(seconds=one) for one in (3600, 3 * 3600, DAY, 3 * DAY, 7 * DAY, 30 * DAY))
Numbers = Annotated[Sequence[int], Form(max_length=200)]
Choice = Annotated[str, Form(max_length=64)]


class Written:
    """What the form says."""

    def __init__(
        self,
        scope: Annotated[Scope, Form()],
        name: Annotated[str, Form(max_length=40)] = "",
        language: Annotated[Sequence[str], Form(max_length=40)] = (),
        text: Annotated[Sequence[str], Form(max_length=40)] = (),
        tag: Numbers = (),
        untag: Numbers = (),
        stage: Choice = "",
        line: Choice = "",
        owner: Choice = "",
        ends: Annotated[Ends, Form()] = Ends.STAY,
        hue: Annotated[int, Form()] = 1,
        digit: Choice = "",
        task: Annotated[str, Form(max_length=20_000)] = "",
        task_due: Annotated[int, Form(ge=60, le=AHEAD.total_seconds())] = DAY,
        task_whom: Choice = Owner.ME,
    ) -> None:
        pairs = zip(language, text, strict=False)
        self.words = {one: said[:LONGEST_TEXT] for one, said in pairs if one in LANGUAGES and said}
        self.scope, self.name, self.hue = scope, name, hue
        self.digit = int(digit) if digit.isdigit() and int(digit) in DIGITS else None
        self.parts = Parts(
            tag=tuple(tag), untag=tuple(untag), stage=stage or None,
            line=int(line) if line.isdigit() else None, owner=_owner(owner), ends=ends,
            task=_task(task, timedelta(seconds=task_due), task_whom),
        )  # fmt: skip

    async def save(self, work: Work, action: QuickAction, person: User) -> None:
        await action.change(
            work, scope=self.scope, name=self.name, words=self.words, parts=self.parts,
            hue=self.hue, digit=self.digit, by=person,
        )  # fmt: skip


Given = Annotated[Written, Depends()]


@router.get("")
async def index(request: Request, data: Db, person: SignedIn, again: bool = False) -> Response:
    if again:  # what was begun is left
        return await _changed(request, data, person)
    async with data.reading() as session:
        around = await _list(session, person)
    return render(request, "quick_actions/index", **around)


@router.get("/new")
async def new(request: Request, data: Db, person: SignedIn) -> Response:
    empty = QuickAction(scope=Scope.PRIVATE, owner_id=0, name="")
    return await _form(request, data, person, empty)


@router.post("")
async def create(request: Request, data: Db, person: SignedIn, given: Given) -> Response:
    action = QuickAction(scope=given.scope, owner_id=person.id, name="")
    async with data.unit_of_work(silent=True) as work:
        await given.save(work, action, person)
        work.add(action)
    return await _changed(request, data, person)


@router.put("/order")
async def order(
    request: Request,
    data: Db,
    person: SignedIn,
    numbers: Annotated[str, Form(pattern=r"^\d{1,18}(,\d{1,18})*$", max_length=4000)],
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await put_in_order(work, [int(one) for one in numbers.split(",")], by=person)
    return await _changed(request, data, person)


@router.get("/{number}/edit")
async def edit(request: Request, data: Db, person: SignedIn, number: LeadId) -> Response:
    async with data.reading() as session:
        action = await QuickAction.of(session, number, person)
    return await _form(request, data, person, action)


@router.put("/{number}")
async def update(
    request: Request, data: Db, person: SignedIn, number: LeadId, given: Given
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        action = await QuickAction.changeable(work, number, person)
        await given.save(work, action, person)
    return await _changed(request, data, person)


@router.delete("/{number}")
async def destroy(
    request: Request, data: Db, person: SignedIn, now: Now, number: LeadId
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        action = await QuickAction.changeable(work, number, person)
        action.deleted_at = now
    undo = {
        "text": _("“%(name)s” is deleted") % {"name": action.name}, "icon": "trash-2",
        "act": _("Bring back"), "path": f"/quick-actions/{number}/return",
    }  # fmt: skip
    return await _changed(request, data, person, toast=undo)


@router.post("/{number}/return")
async def restore(request: Request, data: Db, person: SignedIn, number: LeadId) -> Response:
    async with data.unit_of_work(silent=True) as work:
        action = await QuickAction.changeable(work, number, person, deleted=True)
        action.deleted_at = None
    return await _changed(request, data, person)


def _owner(chosen: str) -> Owner | int | None:
    if chosen.isdigit():
        return int(chosen)
    if chosen and chosen not in tuple(Owner):
        raise BrokenInput("The quick action is not saved", {"owner": "Choose one from the list"})
    return Owner(chosen) if chosen else None


def _task(what: str, due: timedelta, whom: str) -> QuickTask | None:
    what = what.strip()
    return QuickTask(what=what, due=due, whom=_owner(whom) or Owner.ME) if what else None


async def _form(request: Request, data: Db, person: User, action: QuickAction) -> Response:
    async with data.reading() as session:
        known = await desk(session)
    return render(
        request, "quick_actions/_form", ready=action, parts=action.changes,
        scopes=scopes_of(person), languages=LANGUAGES, known=known, digits=DIGITS, lines=LINES,
        owners=known.owners(team_id=person.team_id), ends=list(Ends), whoever=list(Owner),
        quick=quick, dues=DUES,
    )  # fmt: skip


async def _changed(
    request: Request, data: Db, person: User, *, toast: dict[str, str] | None = None
) -> Response:
    async with data.reading() as session:
        around = await _list(session, person)
    told = {"HX-Trigger": json.dumps({"toast": toast})} if toast else {}
    return render(request, "quick_actions/_changed", headers=told, **around)


async def _list(session: AsyncSession, person: User) -> dict[str, Any]:
    """All that the person sees, by scope, each with its key."""
    scopes: dict[Scope, list[tuple[QuickAction, int | None]]] = {}
    for action, digit in keyed(await quick_actions_for(session, person)):
        scopes.setdefault(Scope(action.scope), []).append((action, digit))
    has = Tool.QUICK_ACTIONS in await tools_of(session, person)
    return {"groups": scopes, "known": await desk(session), "has_tool": has, "quick": quick}
