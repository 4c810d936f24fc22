"""Published processes: which there are, how they go, who is where. Nothing is changed here."""

import asyncio
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.deps import Db, Now, SignedIn
from api.flow.lines import lay_out
from api.flow.picture import Flow
from api.language import gettext, reader, reading
from api.rendering import reader_of, render
from api.steps import LONGEST_LABEL, Told, cut, width_of
from models.errors import Missing
from models.process.language import Process
from models.process.problem import Problem
from models.process.simulation import Result, run_scenarios
from models.process.version import Version, definition_of, known
from models.queries.board import at_steps, board, boards, version_of
from models.queries.card import stages

router = APIRouter()

Key = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,64}$")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
AnyNumber = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
AnyStep = Annotated[str | None, Query(max_length=64)]


@router.get("/processes")
async def index(request: Request, person: SignedIn, data: Db, now: Now) -> Response:
    async with data.reading() as session:
        found = await boards(session, person, now=now)
    return render(request, "processes/index", boards=found)


@router.get("/processes/{key}")
async def show(
    request: Request,
    key: Key,
    person: SignedIn,
    data: Db,
    now: Now,
    version: AnyNumber = None,
    step: AnyStep = None,
) -> Response:
    """The picture of a version, and beside it one step of it, or what there is about the whole."""
    async with data.reading() as session:
        found = await board(session, person, key, now=now)
        shown = await version_of(session, key, version or found.newest.number)
        counts = await at_steps(session, person, key, shown.number, now=now)
        process = await definition_of(session, key, shown.number)
        problems = await _problems(session, process, shown)
        names = await stages(session)
    if step is not None and step not in process.steps:
        raise Missing("There is no such step in this version")
    results = await asyncio.to_thread(_played, shown.source)
    with reading(reader_of(request)):
        locale = reader().locale
        told = Told(process, {one.key: one.name(locale) for one in names})
        return render(
            request, "processes/show", board=found, version=shown, process=process, told=told,
            flow=_flow(told), counts=counts, chosen=step, problems=problems, results=results,
            sentence=lambda one: one.sentence(gettext),
        )  # fmt: skip


@router.get("/processes/{key}/versions/{number}/source")
async def source(key: Key, number: Number, person: SignedIn, data: Db) -> Response:
    """The YAML as it was published."""
    async with data.reading() as session:
        found = await version_of(session, key, number)
    name = f"{key}-v{number}.yaml"
    return Response(
        found.source,
        media_type="application/yaml",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _flow(told: Told) -> Flow:
    steps = told.process.steps
    labels = {
        (step, arrow.via): width_of(cut(words, LONGEST_LABEL))
        for step in steps
        for arrow, words in told.arrows(step)
        if words
    }
    return lay_out(told.process.arrows(), told.process.start, labels)


async def _problems(session: AsyncSession, process: Process, version: Version) -> list[Problem]:
    """What is wrong with it today: a tag it sets may be gone since it was published."""
    sizes = {path: file["size"] for path, file in version.files.items()}
    return process.problems(await known(session, media=sizes))


@lru_cache(maxsize=128)
def _played(source: str) -> tuple[Result, ...]:
    """Its scenarios on today's interpreter. A version never changes, so once is enough."""
    return tuple(run_scenarios(Process.from_yaml(source)))
