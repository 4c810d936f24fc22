"""Scripts: kept on the page of the templates; what is changed is changed at once."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.deps import Db, LeadId, Now, SignedIn, worded
from api.language import gettext as _
from api.rendering import render
from models.ready import Scope, scopes_of
from models.script import MOST_TEMPLATES, Script, held_by, scripts_for, take_out
from models.template import Template, templates_for
from models.user import User

router = APIRouter(prefix="/scripts", dependencies=[Depends(worded)])

Name = Annotated[str, Form(max_length=80)]


@router.get("")
async def index(request: Request, data: Db, person: SignedIn) -> Response:
    """The list alone: what was begun is left."""
    return await _changed(request, data, person)


@router.get("/new")
async def new(request: Request, person: SignedIn) -> Response:
    script = Script(scope=Scope.PRIVATE, owner_id=0, name="")
    return render(request, "scripts/_form", ready=script, scopes=scopes_of(person))


@router.post("")
async def create(
    request: Request, data: Db, person: SignedIn, scope: Annotated[Scope, Form()], name: Name = ""
) -> Response:
    script = Script(scope=scope, owner_id=person.id, name=name)
    script.change(scope=scope, name=name, held=(), by=person)
    async with data.unit_of_work(silent=True) as work:
        work.add(script)
    return await _changed(request, data, person)


@router.get("/{script_id}/edit")
async def edit(request: Request, data: Db, person: SignedIn, script_id: LeadId) -> Response:
    async with data.reading() as session:
        script = await Script.of(session, script_id, person)
    return render(request, "scripts/_form", ready=script, scopes=scopes_of(person))


@router.put("/{script_id}")
async def update(
    request: Request, data: Db, person: SignedIn, script_id: LeadId,
    scope: Annotated[Scope, Form()], name: Name = "",
) -> Response:  # fmt: skip
    async with data.unit_of_work(silent=True) as work:
        script = await Script.changeable(work, script_id, person)
        held = await held_by(work.session, [script], person)
        script.change(scope=scope, name=name, held=script.in_order(held), by=person)
    return await _changed(request, data, person)


@router.put("/{script_id}/order")
async def order(
    request: Request, data: Db, person: SignedIn, script_id: LeadId,
    numbers: Annotated[str, Form(pattern=r"^\d{1,18}(,\d{1,18})*$", max_length=1000)],
) -> Response:  # fmt: skip
    async with data.unit_of_work(silent=True) as work:
        script = await Script.changeable(work, script_id, person)
        script.order([int(one) for one in numbers.split(",")])
    return await _changed(request, data, person)


@router.post("/{script_id}/templates")
async def add(
    request: Request, data: Db, person: SignedIn, script_id: LeadId,
    template: Annotated[int, Form(ge=1)],
) -> Response:  # fmt: skip
    async with data.unit_of_work(silent=True) as work:
        script = await Script.changeable(work, script_id, person)
        script.add(await Template.of(work.session, template, person))
    return await _changed(request, data, person)


@router.delete("/{script_id}/templates/{template_id}")
async def remove(
    request: Request, data: Db, person: SignedIn, script_id: LeadId, template_id: LeadId
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        script = await Script.changeable(work, script_id, person)
        await take_out(work, script, template_id)
    return await _changed(request, data, person)


@router.delete("/{script_id}")
async def destroy(
    request: Request, data: Db, person: SignedIn, now: Now, script_id: LeadId
) -> Response:
    """Who walks through it stands nowhere then, and again where they were when it is back."""
    async with data.unit_of_work(silent=True) as work:
        script = await Script.changeable(work, script_id, person)
        script.deleted_at = now
    undo = {
        "text": _("“%(name)s” is retired") % {"name": script.name}, "icon": "archive",
        "act": _("Bring back"), "path": f"/scripts/{script_id}/return",
    }  # fmt: skip
    return await _changed(request, data, person, toast=undo)


@router.post("/{script_id}/return")
async def restore(request: Request, data: Db, person: SignedIn, script_id: LeadId) -> Response:
    async with data.unit_of_work(silent=True) as work:
        script = await Script.changeable(work, script_id, person, deleted=True)
        script.deleted_at = None
    return await _changed(request, data, person)


async def scripts_around(session: AsyncSession, person: User) -> dict[str, Any]:
    """All that the person sees, what is in them, and what may come into them."""
    scripts = await scripts_for(session, person)
    held = await held_by(session, scripts, person)
    return {
        "scripts": [(one, one.in_order(held)) for one in scripts],
        "addable": await templates_for(session, person),
        "gaps": {one.id: gaps(one.in_order(held)) for one in scripts},
        "most": MOST_TEMPLATES,
    }


def gaps(templates: Sequence[Template]) -> Mapping[str, list[str]]:
    """Languages that some of the templates speak, with the names of those that do not."""
    spoken = dict.fromkeys(language for one in templates for language in one.words)
    missing = {
        language: [one.name for one in templates if one.words and language not in one.words]
        for language in spoken
    }
    return {language: names for language, names in missing.items() if names}


async def _changed(
    request: Request, data: Db, person: User, *, toast: dict[str, str] | None = None
) -> Response:
    async with data.reading() as session:
        around = await scripts_around(session, person)
    told = {"HX-Trigger": json.dumps({"toast": toast})} if toast else {}
    return render(request, "scripts/_changed", headers=told, **around)
