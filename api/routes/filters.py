"""Views of the chat list under a name: to keep one, to call it otherwise, to give it up."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from api.deps import Db, LeadId, SignedIn, worded
from models.queries.view import View
from models.saved_filter import SavedFilter

router = APIRouter(prefix="/filters", dependencies=[Depends(worded)])

Name = Annotated[str, Form(max_length=200)]
Shared = Annotated[bool, Form()]


@router.post("")
async def create(
    data: Db,
    person: SignedIn,
    view: Annotated[str, Form(max_length=8000)] = "",
    name: Name = "",
    is_shared: Shared = False,
) -> Response:
    async with data.unit_of_work() as work:
        await SavedFilter.keep(work, View.of(view), name=name, is_shared=is_shared, by=person)
    return _changed()


@router.put("/{number}")
async def update(
    data: Db, person: SignedIn, number: LeadId, name: Name = "", is_shared: Shared = False
) -> Response:
    async with data.unit_of_work() as work:
        kept = await SavedFilter.of(work, number, by=person)
        kept.call(name)
        kept.is_shared = is_shared
    return _changed()


@router.delete("/{number}")
async def destroy(data: Db, person: SignedIn, number: LeadId) -> Response:
    """The leads stay where they are, and so does the view that is open."""
    async with data.unit_of_work() as work:
        kept = await SavedFilter.of(work, number, by=person)
        await work.session.delete(kept)
    return _changed()


def _changed() -> Response:
    """The list draws itself anew: its tabs are others now."""
    return Response(status_code=204, headers={"HX-Trigger": "list-changed"})
