"""Pipelines, and the stages of each in their order. Kept by administrators; team leads look."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from api import keeping
from api.deps import Db, Now, require, worded
from api.language import gettext as _
from api.rendering import render
from models import pipelines
from models.queries.desk import desk
from models.stage import Pipeline
from models.user import Role, User

router = APIRouter(prefix="/pipelines", dependencies=[Depends(worded)])

Looks = Annotated[User, Depends(require(Role.ADMIN, Role.TEAM_LEAD))]
Admin = Annotated[User, Depends(require(Role.ADMIN))]
Key = Annotated[str, Path(max_length=100)]
Word = Annotated[str, Form(max_length=200)]
Keys = Annotated[str, Form(pattern=r"^\w{1,100}(,\w{1,100})*$", max_length=8000)]


@router.get("")
async def index(request: Request, data: Db, person: Looks, again: bool = False) -> Response:
    if again:  # what was begun is left
        return await keeping.changed(request, data)
    async with data.reading() as session:
        around = await keeping.ways(session)
    return render(request, "pipelines/index", **around)


@router.get("/new")
async def new(request: Request, person: Admin) -> Response:
    return render(request, "pipelines/_form", way=None)


@router.post("")
async def create(
    request: Request, data: Db, person: Admin, name_ru: Word = "", name_en: Word = ""
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.add_pipeline(work, name_ru=name_ru, name_en=name_en)
    return await keeping.changed(request, data)


@router.put("/order")
async def order(request: Request, data: Db, person: Admin, numbers: Keys) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.put_pipelines_in_order(work, numbers.split(","))
    return await keeping.changed(request, data)


@router.put("/{key}/order")
async def order_stages(
    request: Request, data: Db, person: Admin, key: Key, numbers: Keys
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.put_stages_in_order(work, key, numbers.split(","))
    return await keeping.changed(request, data)


@router.get("/{key}/edit")
async def edit(request: Request, data: Db, person: Admin, key: Key) -> Response:
    async with data.reading() as session:
        way = (await desk(session)).pipeline(key)
    if way is None:
        raise Pipeline.missing()
    return render(request, "pipelines/_form", way=way)


@router.put("/{key}")
async def update(
    request: Request,
    data: Db,
    person: Admin,
    key: Key,
    name_ru: Word = "",
    name_en: Word = "",
    seen: Word = "",
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.rename_pipeline(work, key, name_ru=name_ru, name_en=name_en, seen=seen)
    return await keeping.changed(request, data)


@router.get("/{key}/retirement")
async def retiring(request: Request, data: Db, person: Admin, key: Key) -> Response:
    """Where its leads go is asked first."""
    async with data.reading() as session:
        known = await desk(session)
        way = known.pipeline(key)
        if way is None:
            raise Pipeline.missing()
        stages = [one for one in known.stages if one.pipeline_key == key]
        around = await keeping.leaving(session, known, stages)
    return render(request, "pipelines/_leaving", one=way, path=f"/pipelines/{key}", **around)


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
        stages = await pipelines.retire_pipeline(work, key, to=to, now=now)
    return await keeping.move_on(
        request, data, stages, path=f"/pipelines/{key}", to=to, done=done, by=person, now=now,
        said=_("The pipeline is retired"),
    )  # fmt: skip


@router.post("/{key}/return")
async def restore(request: Request, data: Db, person: Admin, key: Key) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await pipelines.bring_back_pipeline(work, key)
    return await keeping.changed(request, data)
