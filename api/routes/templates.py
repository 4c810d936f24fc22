"""Ready answers: the page where they are kept."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import Response

from activities.clients.storage import Storage
from api.deps import Db, Files, LeadId, Now, SignedIn, worded
from api.files import shown
from api.language import gettext as _
from api.rendering import render
from api.routes.media import PATIENCE, attached
from api.routes.scripts import scripts_around
from models.errors import Missing
from models.formatting import to_markup
from models.media import Media
from models.message import Direction, Message
from models.queries.card import seen_lead
from models.ready import Scope, scopes_of
from models.sniffing import LARGEST_FILE
from models.template import MOST_FILES, Template, templates_for
from models.tool import Tool, tools_of
from models.user import User

router = APIRouter(dependencies=[Depends(worded)])

LONGEST_TEXT = 20_000
LANGUAGES = ("ru", "en", "uk", "kk", "uz", "pt", "es", "de", "fr", "it", "pl", "tr", "hi", "id",
             "vi", "ar")  # fmt: skip
DESCRIBED = {"kind", "name", "mime", "size", "width", "height", "duration", "details"}
MOST_BODY = MOST_FILES * LARGEST_FILE + PATIENCE


class Written:
    """What the form says."""

    def __init__(
        self,
        scope: Annotated[Scope, Form()],
        name: Annotated[str, Form(max_length=80)] = "",
        folder: Annotated[str, Form(max_length=60)] = "",
        language: Annotated[Sequence[str], Form(max_length=40)] = (),
        text: Annotated[Sequence[str], Form(max_length=40)] = (),
        kept: Annotated[Sequence[str], Form(max_length=MOST_FILES)] = (),
        files: Annotated[Sequence[UploadFile], File(max_length=MOST_FILES)] = (),
        message: Annotated[int | None, Form(ge=1)] = None,
    ) -> None:
        self.scope, self.name, self.folder = scope, name, folder
        pairs = zip(language, text, strict=False)
        self.words = {one: said[:LONGEST_TEXT] for one, said in pairs if one in LANGUAGES and said}
        self.kept, self.files = set(kept), [file for file in files if file.filename]
        self.message = message

    async def save(self, template: Template, person: User, storage: Storage) -> None:
        """Raises BrokenInput, NotAllowed, Refused, Away."""
        files = [one for one in template.files if one["sha256"] in self.kept]
        for file in self.files:
            made = await attached(file, storage, lead_id=0, person=person)
            files.append(_described(made))
        template.change(
            scope=self.scope, folder=self.folder, name=self.name, words=self.words, files=files,
            by=person,
        )  # fmt: skip


Given = Annotated[Written, Depends()]


@router.get("/templates")
async def index(request: Request, data: Db, person: SignedIn, again: bool = False) -> Response:
    if again:  # what was begun is left
        return await _changed(request, data, person)
    async with data.reading() as session:
        around = await _list(session, person)
        around["has_tool"] = Tool.TEMPLATES in await tools_of(session, person)
    return render(request, "templates/index", **around)


@router.get("/templates/new")
async def new(
    request: Request, data: Db, person: SignedIn, in_chat: bool = False,
    message: Annotated[int | None, Query(ge=1)] = None,
) -> Response:  # fmt: skip
    """Empty, or with the words and files of a message of ours; in a chat it is a dialog."""
    template = Template(scope=Scope.PRIVATE, owner_id=0, name="")
    if message is not None:
        async with data.reading() as session:
            template.words, template.files = await _said(session, message, person)
    return await _form(request, data, person, template, in_chat=in_chat, message=message)


@router.post("/templates", max_body_size=MOST_BODY)
async def create(
    request: Request, data: Db, person: SignedIn, storage: Files, given: Given,
    in_chat: bool = False,
) -> Response:  # fmt: skip
    template = Template(scope=given.scope, owner_id=person.id, name=given.name)
    if given.message is not None:
        async with data.reading() as session:
            template.files = (await _said(session, given.message, person))[1]
    await given.save(template, person, storage)
    async with data.unit_of_work(silent=True) as work:
        work.add(template)
    if in_chat:
        done = {"text": _("“%(name)s” is a template now") % {"name": template.name}}
        return Response(status_code=204, headers={"HX-Trigger": json.dumps({"toast": done})})
    return await _changed(request, data, person)


@router.get("/templates/{template_id}/edit")
async def edit(request: Request, data: Db, person: SignedIn, template_id: LeadId) -> Response:
    async with data.reading() as session:
        template = await Template.of(session, template_id, person)
    return await _form(request, data, person, template)


@router.put("/templates/{template_id}", max_body_size=MOST_BODY)
async def update(
    request: Request, data: Db, person: SignedIn, storage: Files, template_id: LeadId, given: Given
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        template = await Template.changeable(work, template_id, person)
        await given.save(template, person, storage)
    return await _changed(request, data, person)


@router.delete("/templates/{template_id}")
async def destroy(
    request: Request, data: Db, person: SignedIn, now: Now, template_id: LeadId
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        template = await Template.changeable(work, template_id, person)
        template.deleted_at = now
    undo = {
        "text": _("“%(name)s” is deleted") % {"name": template.name}, "icon": "trash-2",
        "act": _("Bring back"), "path": f"/templates/{template_id}/return",
    }  # fmt: skip
    return await _changed(request, data, person, toast=undo)


@router.post("/templates/{template_id}/return")
async def restore(request: Request, data: Db, person: SignedIn, template_id: LeadId) -> Response:
    async with data.unit_of_work(silent=True) as work:
        template = await Template.changeable(work, template_id, person, deleted=True)
        template.deleted_at = None
    return await _changed(request, data, person)


@router.get("/templates/{template_id}/files/{digest}")
async def file(
    request: Request,
    data: Db,
    person: SignedIn,
    storage: Files,
    template_id: LeadId,
    digest: Annotated[str, InPath(pattern="^[0-9a-f]{64}$")],
) -> Response:
    async with data.reading() as session:
        template = await Template.of(session, template_id, person)
    found = next((one for one in template.files if one["sha256"] == digest), None)
    if found is None:
        raise Missing("There is no such file, or it is not yours to see")
    return await shown(request, storage, bytes.fromhex(digest), str(found["name"]))


def _described(media: Media) -> dict[str, Any]:
    known = media.model_dump(include=DESCRIBED)
    return known | {"sha256": (media.sha256 or b"").hex()}


async def _said(
    session: AsyncSession, message_id: int, person: User
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Words and files of a message of ours to a lead that the person sees. Raises Missing."""
    message = await session.get(Message, message_id)
    if message is None or message.direction != Direction.OUT:
        raise Missing("There is no such message")
    await seen_lead(session, message.lead_id, person)
    query = select(Media).where(Media.message_id == message_id, col(Media.sha256).is_not(None))
    files = (await session.execute(query.order_by(col(Media.position)))).scalars()
    text = to_markup(message.text, message.entities)
    spoken = message.language if message.language in LANGUAGES else person.locale
    return ({spoken: text} if text else {}), [_described(one) for one in files]


async def _form(
    request: Request, data: Db, person: User, template: Template, **more: Any
) -> Response:
    async with data.reading() as session:
        known = await templates_for(session, person)
    return render(
        request, "templates/_keep" if more.get("in_chat") else "templates/_form", **more,
        ready=template, scopes=scopes_of(person),
        folders=sorted({one.folder for one in known if one.folder}), languages=LANGUAGES,
    )  # fmt: skip


async def _changed(
    request: Request, data: Db, person: User, *, toast: dict[str, str] | None = None
) -> Response:
    async with data.reading() as session:
        around = await _list(session, person)
    told = {"HX-Trigger": json.dumps({"toast": toast})} if toast else {}
    return render(request, "templates/_changed", headers=told, **around)


async def _list(session: AsyncSession, person: User) -> dict[str, Any]:
    """All that the person sees, by folder."""
    folders: dict[str, list[Template]] = {}
    for template in await templates_for(session, person):
        folders.setdefault(template.folder, []).append(template)
    return {"folders": folders, **await scripts_around(session, person)}
