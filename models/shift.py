"""Shifts: who is at work. A team works in them from when it is switched on; then leads are given
only to those on shift, and who goes off leaves theirs as the team has chosen.

A weekly plan starts and ends them by itself, once at each of its boundaries: what a person does by
hand holds until the next one.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from sqlalchemy import select
from sqlmodel import col

from models.database import Work
from models.errors import NotAllowed, Refused
from models.user import Role, Team, User

DAYS = 7
WHO_WORK = (Role.MANAGER, Role.TEAM_LEAD)  # in shifts


class OffShift(StrEnum):
    """What becomes of the leads of who goes off shift."""

    STAY = "stay"
    WAITING = "waiting"
    OPEN = "open"


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Span(BaseModel):
    """Of a weekday (Monday is 0), in the person's zone; one that ends before it begins ends on the
    next day."""

    model_config = ConfigDict(frozen=True)

    day: int = Field(ge=0, lt=DAYS)
    begins: Clock
    ends: Clock

    @model_validator(mode="after")
    def _takes_time(self) -> "Span":
        if self.begins == self.ends:
            raise ValueError("a shift that takes no time")
        return self

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        last = day + timedelta(days=self.ends < self.begins)
        return _moment(day, self.begins, zone), _moment(last, self.ends, zone)


PLAN: TypeAdapter[list[Span]] = TypeAdapter(Annotated[list[Span], Field(max_length=DAYS)])


def planned(plan: Sequence[Span], zone: ZoneInfo, at: datetime) -> bool:
    return any(begins <= at < ends for begins, ends in _around(plan, zone, at))


def next_boundary(plan: Sequence[Span], zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first moment later than `after` at which a span begins or ends."""
    moments = {moment for span in _around(plan, zone, after) for moment in span}
    return min((one for one in moments if one > after), default=None)


def works_in_shifts(person: User, team: Team | None) -> bool:
    return team is not None and team.shifts and person.role in WHO_WORK


def start(person: User, *, team: Team | None, now: datetime) -> None:
    """Twice changes nothing. Raises Refused."""
    if not works_in_shifts(person, team):
        raise Refused("Your team does not work in shifts")
    if person.on_shift_at is None:
        person.on_shift_at, person.going_off = now, None


def end(person: User, *, team: Team | None) -> None:
    """Their leads go on as the team has chosen: the relay sees to it, part by part."""
    if person.on_shift_at is not None:
        person.on_shift_at = None
        stay = team is None or not team.shifts or team.off_shift == OffShift.STAY
        person.going_off = None if stay or team is None else team.off_shift


def make_plan(person: User, spans: Sequence[Span], *, now: datetime) -> None:
    """Applied from its next boundary on; an empty one leaves shifts to the person."""
    person.shift_plan = [one.model_dump() for one in spans]
    person.plan_due_at = next_boundary(spans, zone_of(person), now)


def plan_of(person: User) -> list[Span]:
    return PLAN.validate_python(person.shift_plan)


def zone_of(person: User) -> ZoneInfo:
    return ZoneInfo(person.time_zone)


def may_decide(by: User, team_id: int | None) -> bool:
    """An admin decides for all, a team lead for the team."""
    own = team_id is not None and team_id == by.team_id
    return by.role == Role.ADMIN or (by.role == Role.TEAM_LEAD and own)


async def choose(work: Work, team_id: int, *, shifts: bool, off_shift: OffShift, by: User) -> None:
    """Switched off, nobody of the team is on shift any more, and no lead moves for it. Raises
    NotAllowed."""
    team = await work.session.get(Team, team_id, with_for_update=True)
    if team is None or not may_decide(by, team_id):
        raise NotAllowed("Your role may not do this")
    team.shifts, team.off_shift = shifts, off_shift
    if not shifts:
        people = select(User).where(User.team_id == team_id).order_by(col(User.id))
        for person in (await work.execute(people.with_for_update())).scalars():
            person.on_shift_at = person.going_off = None


async def keep_to_plan(work: Work, number: int, *, now: datetime) -> None:
    """At a boundary of the plan; a later round, or another relay, finds it done. After a time in
    which nobody looked it is what the plan says now."""
    person = await work.session.get_one(User, number, with_for_update=True)
    if person.plan_due_at is None or person.plan_due_at > now:
        return
    spans, zone = plan_of(person), zone_of(person)
    person.plan_due_at = next_boundary(spans, zone, now)
    team = await work.session.get(Team, person.team_id) if person.team_id else None
    if not works_in_shifts(person, team) or person.disabled_at:
        return
    if planned(spans, zone, now):
        start(person, team=team, now=now)
    else:
        end(person, team=team)


def _around(
    plan: Sequence[Span], zone: ZoneInfo, at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The spans of the days around, a week ahead."""
    today = at.astimezone(zone).date()
    for ahead in range(-1, DAYS + 1):
        day = today + timedelta(days=ahead)
        for one in plan:
            if one.day == day.weekday():
                yield one.on(day, zone)


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone)
