"""Tasks of a lead: set, changed, closed, opened again; on its card and on the page of tasks."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from sqlmodel import col
from starlette.responses import Response

from api import messenger, tasks
from api.deps import Db, LeadId, Now, SignedIn, settings, worded
from api.driving import Talker
from api.language import gettext as _
from api.rendering import page_path, render
from api.tasks import Written
from models.database import Database
from models.errors import Missing
from models.lead.lead import Lead
from models.queries.card import seen_lead
from models.queries.tasks import closed, who_does
from models.settings import Settings
from models.task import Outcome, Task
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/tasks", dependencies=[Depends(worded)])

Chosen = Annotated[Settings, Depends(settings)]
Asked = Annotated[Written, Depends()]
CHANGED = "tasks-changed"  # a page that lists tasks asks for them again


@router.get("")
async def index(
    request: Request, data: Db, person: SignedIn, chosen: Chosen, lead_id: LeadId
) -> Response:
    """The block of the card, without a form."""
    return await _block(request, data, person, chosen, lead_id)


@router.get("/new")
async def new(
    request: Request, data: Db, person: Talker, chosen: Chosen, now: Now, lead_id: LeadId
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
        around["task_form"] = await tasks.form(session, lead, person, now=now)
    return render(request, "leads/_tasks", **around)


@router.get("/closed")
async def index_closed(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, after: str | None = None
) -> Response:
    """The latest first, a page at a time."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        page = await closed(session, person, col(Task.lead_id) == lead_id, after=after)
    around: dict[str, Any] = {"lead": lead, "page": page}
    return render(request, "leads/_tasks_closed", may_drive=messenger.may_drive(person), **around)


@router.get("/{number}/edit")
async def edit(
    request: Request, data: Db, person: Talker, chosen: Chosen, now: Now, lead_id: LeadId,
    number: LeadId,
) -> Response:  # fmt: skip
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        task = await session.get(Task, number)
        if task is None or task.lead_id != lead.id:
            raise Missing("There is no such task")
        around = await messenger.state(session, lead, person, chosen)
        around["task_form"] = await tasks.form(session, lead, person, now=now, task=task)
    return render(request, "leads/_tasks", **around)


@router.post("")
async def create(
    request: Request, data: Db, person: Talker, chosen: Chosen, now: Now, lead_id: LeadId,
    written: Asked,
) -> Response:  # fmt: skip
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        asked = written.asked(person, now=now)
        assignee = await who_does(work, lead, asked.assignee_id)
        await lead.set_task(
            asked.what, due_at=asked.due_at, assignee=assignee, by=person.actor, now=now
        )
    return await _changed(request, data, person, chosen, lead_id)


@router.put("/{number}")
async def update(
    request: Request, data: Db, person: Talker, chosen: Chosen, now: Now, lead_id: LeadId,
    number: LeadId, written: Asked,
) -> Response:  # fmt: skip
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        task = await lead.task(number)
        asked = written.asked(person, now=now, was=task.due_at)
        assignee = await who_does(work, lead, asked.assignee_id)
        await lead.change_task(
            number, what=asked.what, due_at=asked.due_at, assignee=assignee, by=person.actor,
            now=now,
        )  # fmt: skip
    return await _changed(request, data, person, chosen, lead_id)


@router.put("/{number}/due")
async def move(
    request: Request, data: Db, person: Talker, chosen: Chosen, now: Now, lead_id: LeadId,
    number: LeadId, written: Asked,
) -> Response:  # fmt: skip
    """Later: only its time."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        task = await lead.task(number)
        await lead.move_task(
            number, written.due_at(person, now=now, was=task.due_at), by=person.actor, now=now
        )
    return await _changed(request, data, person, chosen, lead_id)


@router.post("/{number}/closing")
async def close(
    request: Request, data: Db, person: Talker, chosen: Chosen, now: Now, lead_id: LeadId,
    number: LeadId, outcome: Outcome, result: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:  # fmt: skip
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        task = await lead.close_task(number, outcome, by=person.actor, now=now, result=result)
    done = outcome == Outcome.DONE
    said = _("Done: %(what)s") if done else _("Cancelled: %(what)s")
    toast = {
        "text": said % {"what": _short(task.what)}, "icon": "check" if done else "ban",
        "act": _("Undo"), "path": f"/leads/{lead_id}/tasks/{number}/reopening",
    }  # fmt: skip
    return await _changed(request, data, person, chosen, lead_id, toast=toast)


@router.post("/{number}/reopening")
async def reopen(
    request: Request, data: Db, person: Talker, chosen: Chosen, now: Now, lead_id: LeadId,
    number: LeadId,
) -> Response:  # fmt: skip
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        task = await lead.reopen_task(number, by=person.actor, now=now)
    toast = {"text": _("Open again: %(what)s") % {"what": _short(task.what)}, "icon": "undo-2"}
    return await _changed(request, data, person, chosen, lead_id, toast=toast)


async def _changed(
    request: Request, data: Database, person: User, chosen: Settings, lead_id: int,
    *, toast: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """The card gets its block, the page of tasks asks for its list."""
    told = {"HX-Trigger": json.dumps({CHANGED: {}} | ({"toast": toast} if toast else {}))}
    if page_path(request) == "/tasks":
        return Response(status_code=204, headers=told)
    return await _block(request, data, person, chosen, lead_id, told=told)


async def _block(
    request: Request, data: Database, person: User, chosen: Settings, lead_id: int,
    *, told: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    async with data.reading() as session:
        lead: Lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
    return render(
        request, "leads/_tasks_changed" if told else "leads/_tasks", headers=told, **around
    )


def _short(what: str) -> str:
    return what if len(what) <= 60 else f"{what[:59]}…"
