"""The stages of pipelines: what they are called, their colour, whether they are won or lost."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from api import keeping
from api.deps import Db, Now, worded
from api.language import gettext as _
from api.rendering import render
from api.routes.pipelines import Admin, Key, Word
from models import pipelines
from models.queries.desk import desk
from models.stage import Stage

router = APIRouter(prefix="/stages", dependencies=[Depends(worded)])


class Written:
    """What the form says."""

    def __init__(
        self,
        name_ru: Word = "",
        name_en: Word = "",
        kind: Annotated[str, Form(max_length=10)] = "open",
        hue: Annotated[int, Form()] = 1,
    ) -> None:
        self.name_ru, self.name_en, self.kind, self.hue = name_ru, name_en, kind, hue


Given = Annotated[Written, Depends()]


@router.get("/new")
async def new(
    request: Request, person: Admin, pipeline: Annotated[str, Query(max_length=100)]
) -> Response:
    return render(request, "pipelines/_stage_form", stage=None, pipeline=pipeline)


@router.post("")
async def create(
    request: Request, data: Db, person: Admin, given: Given, pipeline: Word = ""
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.add_stage(work, pipeline, **vars(given))
    return await keeping.changed(request, data)


@router.get("/{key}/edit")
async def edit(request: Request, data: Db, person: Admin, key: Key) -> Response:
    async with data.reading() as session:
        stage = (await desk(session)).stage(key)
    if stage is None:
        raise Stage.missing()
    return render(request, "pipelines/_stage_form", stage=stage, pipeline=stage.pipeline_key)


@router.put("/{key}")
async def update(
    request: Request, data: Db, person: Admin, key: Key, given: Given, seen: Word = ""
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.change_stage(work, key, seen=seen, **vars(given))
    return await keeping.changed(request, data)


@router.get("/{key}/retirement")
async def retiring(request: Request, data: Db, person: Admin, key: Key) -> Response:
    """Where its leads go is asked first."""
    async with data.reading() as session:
        known = await desk(session)
        stage = known.stage(key)
        if stage is None:
            raise Stage.missing()
        around = await keeping.leaving(session, known, [stage])
    return render(request, "pipelines/_leaving", one=stage, path=f"/stages/{key}", **around)


@router.post("/{key}/retirement")
async def retire(
    request: Request,
    data: Db,
    person: Admin,
    now: Now,
    key: Key,
    to: Word = "",
    done: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """And once more for each part of its leads."""
    async with data.unit_of_work(silent=True) as work:
        stages = await pipelines.retire_stage(work, key, to=to, now=now)
    return await keeping.move_on(
        request, data, stages, path=f"/stages/{key}", to=to, done=done, by=person, now=now,
        said=_("The stage is retired"),
    )  # fmt: skip


@router.post("/{key}/return")
async def restore(request: Request, data: Db, person: Admin, key: Key) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.bring_back_stage(work, key)
    return await keeping.changed(request, data)
