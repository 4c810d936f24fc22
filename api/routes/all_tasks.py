"""The page of tasks: one's own, a colleague's, the team's; by when they are due."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import ColumnElement
from sqlmodel import col
from starlette.responses import Response

from api import messenger
from api.deps import Db, Now, SignedIn, worded
from api.language import gettext as _
from api.language import local, midnight
from api.rendering import render
from api.tasks import chips
from models.queries.notices import moment
from models.queries.people import named
from models.queries.tasks import MOST, PAGE, Page, Shown, closed, counts, loads, open_ones
from models.task import Task
from models.user import Role, User

router = APIRouter(prefix="/tasks", dependencies=[Depends(worded)])

TEAM = "team"
LEADING = (Role.ADMIN, Role.TEAM_LEAD)
MOST_AT_ONCE = 500  # rows of a list that is asked for again
Who = Annotated[str, Query(max_length=20)]
Many = Annotated[int, Query(ge=1, le=MOST_AT_ONCE)]
Span = tuple[datetime | None, datetime | None]


class Row(NamedTuple):
    """A task of the list, and the group that begins with it."""

    shown: Shown
    group: str | None


@router.get("")
async def index(
    request: Request, person: SignedIn, data: Db, now: Now, who: Who = "mine", many: Many = PAGE,
    after: str | None = None, only_list: bool = False,
) -> Response:  # fmt: skip
    """The page; only its list, when it is asked for again; or the next rows of it."""
    who, among = _whose(person, who)
    spans = _spans(now)
    async with data.reading() as session:
        page = await open_ones(session, person, *among, after=after, size=many)
        around: dict[str, Any] = {"many": {}, "loads": []}
        if after is None:
            around["many"] = await counts(session, person, spans, *among)
            if person.role in LEADING:
                around["loads"] = await loads(session, person, now=now, today=_day(now, 0),
                                              tomorrow=_day(now, 1))  # fmt: skip
        around["names"] = await named(session, (one.task.by for one in page.tasks))
    template = "tasks/_rows" if after else "tasks/_list" if only_list else "tasks/index"
    return render(
        request, template, who=who, rows=list(_grouped(page, spans, after=after)), at=now,
        more=page.after, most=MOST, groups=_groups(), chips=chips(), leading=person.role in LEADING,
        may_drive=messenger.may_drive(person), **around,
    )  # fmt: skip


@router.get("/closed")
async def index_closed(
    request: Request, person: SignedIn, data: Db, who: Who = "mine", after: str | None = None
) -> Response:
    who, among = _whose(person, who)
    async with data.reading() as session:
        page = await closed(session, person, *among, after=after)
    return render(
        request, "tasks/_closed", page=page, who=who, may_drive=messenger.may_drive(person)
    )


def _whose(person: User, who: str) -> tuple[str, list[ColumnElement[bool]]]:
    """Whoever leads nobody sees their own; a colleague is named by their number."""
    if person.role in LEADING and who == TEAM:
        return TEAM, []
    if person.role in LEADING and who.isdigit() and len(who) < 19:
        return who, [col(Task.assignee_id) == int(who)]
    return "mine", [col(Task.assignee_id) == person.id]


def _day(now: datetime, ahead: int) -> datetime:
    """When it begins for the reader, so many days from today."""
    return midnight(local(now).date() + timedelta(days=ahead))


def _spans(now: datetime) -> dict[str, Span]:
    """When what stands in each group is due: not before, and before."""
    tomorrow, after, week = (_day(now, ahead) for ahead in (1, 2, 7))
    return {
        "overdue": (None, now), "today": (now, tomorrow), "tomorrow": (tomorrow, after),
        "week": (after, week), "later": (week, None),
    }  # fmt: skip


def _groups() -> Mapping[str, tuple[str, str]]:
    """Their icons and names."""
    return {
        "overdue": ("circle-alert", _("Overdue")), "today": ("calendar", _("Today")),
        "tomorrow": ("calendar", _("Tomorrow")), "week": ("calendar", _("Within a week")),
        "later": ("calendar-clock", _("Later")),
    }  # fmt: skip


def _grouped(page: Page, spans: Mapping[str, Span], *, after: str | None) -> Iterator[Row]:
    """A page that goes on in a group does not begin it again."""
    before = _group(moment(int(after.partition(".")[0])), spans) if after else None
    for one in page.tasks:
        group = _group(one.task.due_at, spans)
        yield Row(one, group if group != before else None)
        before = group


def _group(at: datetime, spans: Mapping[str, Span]) -> str:
    return next(name for name, (_begins, ends) in spans.items() if ends is None or at < ends)
