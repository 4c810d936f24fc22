"""Reports: a page each, and each of their tables as CSV."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api import lists, words
from api.deps import Db, Now, SignedIn, worded
from api.language import gettext as _
from api.language import reader
from api.rendering import render
from api.reports import answers, deposits, funnel, load
from api.reports.question import Question, days
from api.reports.sheet import Report
from api.words import N_
from models.errors import BrokenInput, Missing
from models.queries.choices import Choices, choices, tags
from models.queries.reports.scope import Scope
from models.queries.view import NOBODY
from models.user import Role, Team, User

router = APIRouter(prefix="/reports", dependencies=[Depends(worded)])

Made = Callable[[AsyncSession, Scope, Question], Awaitable[Report]]
REPORTS: Mapping[str, tuple[str, Made]] = {
    "deposits": (N_("Deposits"), deposits.report),
    "funnel": (N_("Funnel"), funnel.report),
    "answers": (N_("Answers"), answers.report),
    "load": (N_("Load"), load.report),
}
TIMELESS = ("load",)  # of this moment, not of a period
FIRST = next(iter(REPORTS))


@router.get("")
async def index() -> Response:
    return RedirectResponse(f"/reports/{FIRST}", 303)


@router.get("/filter")
async def panel(
    request: Request,
    data: Db,
    person: SignedIn,
    report: Annotated[str, Query(max_length=20)] = FIRST,
) -> Response:
    asked = Question.of(_known(report), request.url)
    async with data.reading() as session:
        offered = await choices(session, person)
        teams = await _teams(session, person)
    fields = [
        (name, said, pairs, next(iter(getattr(asked.view, name)), None))
        for name, said, pairs in _offered(offered, person)
    ]
    fields.append(("line", words.field("line"), [(1, "1"), (2, "2")], asked.view.line))
    fields.append(("team", _("Team"), teams if len(teams) > 1 else [], asked.team))
    own = [name for name, *_rest in fields]
    return render(request, "reports/_filter", asked=asked, fields=fields, own=own)


@router.get("/{name}")
async def show(request: Request, data: Db, person: SignedIn, now: Now, name: str) -> Response:
    asked = Question.of(_known(name), request.url)
    around: dict[str, Any] = {
        "asked": asked, "timeless": asked.name in TIMELESS, "at": now,
        "reports": [(key, title) for key, (title, _made) in REPORTS.items()],
    }  # fmt: skip
    async with data.reading() as session:
        known = await tags(session) if asked.view.tag else ()
        chips = await lists.chips(session, asked.view, known)
        around |= {"chips": chips, "teams": await _teams(session, person) if asked.team else ()}
        try:
            scope = asked.scope(person, now)
            report = await REPORTS[asked.name][1](session, scope, asked)
        except BrokenInput as error:
            around |= {"report": None, "problem": error, "span": None, "days": _("Days")}
            return render(request, "reports/show", status=error.status, **around)
    around |= {"report": report, "problem": None, "span": scope.span, "days": days(scope.span)}
    return render(request, "reports/show", **around)


@router.get("/{name}/{sheet}.csv")
async def download(
    request: Request, data: Db, person: SignedIn, now: Now, name: str, sheet: str
) -> Response:
    """Raises Missing, BrokenInput."""
    asked = Question.of(_known(name), request.url)
    async with data.reading() as session:
        scope = asked.scope(person, now)
        report = await REPORTS[asked.name][1](session, scope, asked)
    found = report.sheet(sheet)
    if found is None:
        raise Missing("There is no such page")
    lines = found.csv(russian=reader().locale == "ru")
    called = f"leadloom-{asked.name}-{sheet}"
    if asked.name not in TIMELESS:
        called += f"-{scope.span.first}-{scope.span.last}"
    headers = {
        "Content-Disposition": f'attachment; filename="{called}.csv"', "Cache-Control": "no-store",
    }  # fmt: skip
    return StreamingResponse(lines, headers=headers, media_type="text/csv; charset=utf-8")


def _offered(found: Choices, person: User) -> Iterator[tuple[str, str, list[tuple[Any, str]]]]:
    """(name, its word, what there is as pairs of value and name)."""
    yield "spot", words.field("spot"), [(one.id, one.name) for one in found.spots]
    for name, values in (
        ("source", found.sources), ("campaign", found.campaigns), ("buyer", found.buyers),
    ):  # fmt: skip
        yield name, words.field(name), [(one, one) for one in values]
    if person.role != Role.MANAGER:
        people = [(one.id, one.name) for one in found.owners]
        yield "owner", words.field("owner"), [(NOBODY, _("nobody's")), *people]
    yield "tag", _("Tag"), [(one.id, one.name) for one in found.tags]


def _known(name: str) -> str:
    if name not in REPORTS:
        raise Missing("There is no such page")
    return name


async def _teams(session: AsyncSession, person: User) -> list[tuple[int, str]]:
    """For who sees leads of more than one."""
    if person.role in (Role.MANAGER, Role.TEAM_LEAD):
        return []
    query = select(col(Team.id), col(Team.name)).order_by(col(Team.name))
    return [(number, name) for number, name in await session.execute(query)]
