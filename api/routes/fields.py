"""The team's own fields of a contact: named, ordered, retired. An administrator's page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from api import contact
from api.deps import Db, Now, require, worded
from api.rendering import render
from models import own_field
from models.errors import Outrun
from models.own_field import Kind, OwnField
from models.queries.desk import desk
from models.user import Role, User

router = APIRouter(prefix="/fields", dependencies=[Depends(worded)])

Admin = Annotated[User, Depends(require(Role.ADMIN))]
Key = Annotated[str, Path(max_length=60)]
Word = Annotated[str, Form(max_length=200)]
Lines = Annotated[str, Form(max_length=20_000)]
Keys = Annotated[str, Form(pattern=r"^\w{1,60}(,\w{1,60})*$", max_length=8000)]


@router.get("")
async def index(request: Request, data: Db, person: Admin, again: bool = False) -> Response:
    return await _list(request, data, "fields/_changed" if again else "fields/index")


@router.get("/new")
async def new(request: Request, person: Admin) -> Response:
    return render(request, "fields/_form", one=None, kinds=list(Kind))


@router.post("")
async def create(
    request: Request,
    data: Db,
    person: Admin,
    kind: Annotated[Kind, Form()],
    key: Word = "",
    name_ru: Word = "",
    name_en: Word = "",
    options: Lines = "",
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await own_field.add(
            work, key, kind, name_ru=name_ru, name_en=name_en, options=options.splitlines()
        )
    return await _list(request, data, "fields/_changed")


@router.put("/order")
async def order(request: Request, data: Db, person: Admin, numbers: Keys) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await own_field.put_in_order(work, numbers.split(","))
    return await _list(request, data, "fields/_changed")


@router.get("/{key}/edit")
async def edit(request: Request, data: Db, person: Admin, key: Key) -> Response:
    async with data.reading() as session:
        one = (await desk(session)).own_field(key)
    if one is None:
        raise OwnField.missing()
    return render(request, "fields/_form", one=one, kinds=list(Kind))


@router.put("/{key}")
async def update(
    request: Request,
    data: Db,
    person: Admin,
    key: Key,
    name_ru: Word = "",
    name_en: Word = "",
    options: Lines = "",
    seen: Lines = "",
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        one = await own_field.locked(work, key)
        if seen != one.stamp:
            raise Outrun("Somebody else has just changed this")
        one.change(name_ru=name_ru, name_en=name_en, options=options.splitlines())
    return await _list(request, data, "fields/_changed")


@router.post("/{key}/retirement")
async def retire(request: Request, data: Db, person: Admin, now: Now, key: Key) -> Response:
    """Values stay where they are, and are read."""
    async with data.unit_of_work(silent=True) as work:
        one = await own_field.locked(work, key)
        one.retired_at = one.retired_at or now
    return await _list(request, data, "fields/_changed")


@router.post("/{key}/return")
async def restore(request: Request, data: Db, person: Admin, key: Key) -> Response:
    async with data.unit_of_work(silent=True) as work:
        (await own_field.locked(work, key)).retired_at = None
    return await _list(request, data, "fields/_changed")


async def _list(request: Request, data: Db, template: str) -> Response:
    async with data.reading() as session:
        known = (await desk(session)).own_fields
    there = [one for one in known if not one.retired_at]
    gone = [one for one in known if one.retired_at]
    return render(request, template, there=there, gone=gone, kind_of=contact.kind_of)
