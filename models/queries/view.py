"""A view of the chat list: a tab, what is filtered, how it is sorted; and the address it has."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import ColumnElement, and_, literal_column, not_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.lead.dealing import LeadTag
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.payment import MOST, LeadMoney
from models.pin import Pin
from models.stage import Stage
from models.user import User

NOBODY = 0  # among managers: leads that nobody has
MOST_VALUES = 100  # of one field
DAY = timedelta(days=1)
# Written out: with a parameter in its place the planner cannot see that a partial index will do.
LED_BY = {mode: col(Lead.mode) == literal_column(f"'{mode.value}'") for mode in Mode}


class Tab(StrEnum):
    ALL = "all"
    MINE = "mine"
    PINNED = "pinned"
    MANUAL = "manual"
    AUTO = "auto"
    UNREAD = "unread"
    IGNORED = "ignored"


class Sort(StrEnum):
    LAST = "last"
    WAITING = "waiting"


class Promised(StrEnum):
    """Which open tasks a lead has."""

    ANY = "any"
    OVERDUE = "overdue"


class Archive(StrEnum):
    OPEN = "open"
    ONLY = "only"
    ANY = "any"


class Money(StrEnum):
    """What the ledger says of a lead."""

    SALES = "sales"
    NO_SALES = "no_sales"
    REPEATS = "repeats"
    WITHDRAWALS = "withdrawals"


Short = Annotated[str, Field(max_length=200)]
Number = Annotated[int, Field(ge=0, le=2**62)]
Numbers = Annotated[list[Number], Field(max_length=MOST_VALUES)]
Words = Annotated[list[Short], Field(max_length=MOST_VALUES)]


def _pointed(typed: Any) -> Any:
    return typed.replace(",", ".").replace(" ", "") if isinstance(typed, str) else typed


class View(BaseModel):
    """Fields are the address's own words. Of a list any value will do, but `tag_all` wants each
    and `tag_none` none; dates are whole days of the reader's zone; `waiting` is in minutes.

    Of `money` each is wanted; `paid` is the least sum of sales and repeat sales, in
    `paid_currency` or in any one.

    `archive=any` hides nothing at all: what is archived and what is ignored is there, too.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    tab: Tab = Tab.ALL
    sort: Sort = Sort.LAST
    archive: Archive = Archive.OPEN
    tag: Numbers = []
    tag_all: Numbers = []
    tag_none: Numbers = []
    pipeline: Short | None = None
    stage: Words = []
    process: Short | None = None
    version: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    step: Short | None = None
    mode: Mode | None = None
    owner: Numbers = []
    line: Annotated[int, Field(ge=1, le=2)] | None = None
    spot: Numbers = []
    country: Words = []
    buyer: Words = []
    source: Words = []
    campaign: Words = []
    money: Annotated[list[Money], Field(max_length=len(Money))] = []
    paid: Annotated[Decimal, BeforeValidator(_pointed), Field(ge=0, le=MOST)] | None = None
    paid_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    created_from: date | None = None
    created_to: date | None = None
    active_from: date | None = None
    active_to: date | None = None
    waiting: Annotated[int, Field(ge=0, le=525_600)] | None = None
    task: Promised | None = None
    q: Short = ""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:
        """A form sends its empty fields as well."""
        if not isinstance(given, dict):
            return given
        blank: tuple[Any, ...] = (None, "", [], [""])
        return {name: _filled(value) for name, value in given.items() if value not in blank}

    @classmethod
    def of(cls, query: str) -> "View":
        """From an address's query; the plain list when it is none."""
        given: dict[str, Any] = {}
        for name, values in parse_qs(query).items():
            field = cls.model_fields.get(name)
            given[name] = values if field and isinstance(field.default, list) else values[-1]
        try:
            return cls.model_validate(given)
        except ValidationError:
            return cls()

    @property
    def query(self) -> str:
        """The address's query: only what differs from the plain list, always in one order."""
        return urlencode(self.pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        given = self.model_dump(mode="json", exclude_defaults=True)
        return [
            (name, str(one))
            for name, value in given.items()
            for one in (value if isinstance(value, list) else [value])
        ]

    def at(self, path: str = "/leads") -> str:
        return f"{path}?{self.query}" if self.query else path

    def but(self, **changes: Any) -> "View":
        return View.model_validate(self.model_dump() | changes)

    @property
    def leading_tag(self) -> "tuple[int | None, View]":
        """A tag that every lead of the view has, and what else is asked: its leads can be read in
        the list's order."""
        if len(self.tag) == 1:
            return self.tag[0], self.but(tag=[])
        if self.tag_all:
            return self.tag_all[0], self.but(tag_all=self.tag_all[1:])
        return None, self

    @property
    def moving(self) -> bool:
        """What stands in it may change with the clock alone."""
        return self.waiting is not None or self.task == Promised.OVERDUE

    @property
    def filters(self) -> dict[str, Any]:
        """What is filtered besides the tab: name → value."""
        around = {"tab", "sort", "archive", "q"}
        return self.model_dump(exclude_defaults=True, exclude=around)

    def toggled(self, name: str, value: Any) -> "View":
        """With one more value in a list, or without it."""
        values = getattr(self, name)
        rest = [one for one in values if one != value]
        return self.but(**{name: rest if value in values else [*values, value]})

    def only_filters(self) -> "View":
        """As it is kept under a name: a search is not part of it."""
        return self.but(q="")

    def unfiltered(self) -> "View":
        return View(tab=self.tab, sort=self.sort, archive=self.archive)


def conditions(view: View, person: User, *, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Which of the leads that the person may see stand in the view."""
    yield from _standing(view)
    match view.tab:
        case Tab.MINE:
            yield col(Lead.owner_id) == person.id
        case Tab.PINNED:
            pinned = select(Pin.lead_id).where(col(Pin.user_id) == person.id)
            yield col(Lead.id).in_(pinned)
        case Tab.MANUAL:
            yield LED_BY[Mode.MANUAL]
        case Tab.AUTO:
            yield LED_BY[Mode.AUTO]
        case Tab.UNREAD:
            yield col(Lead.unread) > literal_column("0")
    yield from _tags(view)
    yield from _values(view)
    yield from _money(view)
    yield from _moments(view, ZoneInfo(person.time_zone), now)


def _standing(view: View) -> Iterator[ColumnElement[bool]]:
    if view.archive != Archive.ANY:
        archived, ignored = col(Lead.archived_at), col(Lead.ignored_at)
        yield archived.is_not(None) if view.archive == Archive.ONLY else archived.is_(None)
        yield ignored.is_not(None) if view.tab == Tab.IGNORED else ignored.is_(None)
    elif view.tab == Tab.IGNORED:
        yield col(Lead.ignored_at).is_not(None)


def _tags(view: View) -> Iterator[ColumnElement[bool]]:
    if view.tag:
        yield _tagged(view.tag)
    for one in view.tag_all:
        yield _tagged([one])
    if view.tag_none:
        yield not_(_tagged(view.tag_none))


def _tagged(ids: list[int]) -> ColumnElement[bool]:
    one = aliased(LeadTag)  # the list may be that of a tag already
    return select(one.lead_id).where(one.tag_id.in_(ids), one.lead_id == Lead.id).exists()


def _values(view: View) -> Iterator[ColumnElement[bool]]:
    if view.process is not None:  # who has left a process is not in it any more
        yield and_(col(Lead.process_key) == view.process, col(Lead.step).is_not(None))
    if view.mode is not None:
        yield LED_BY[view.mode]
    for name in ("version", "step", "line"):
        if (value := getattr(view, name)) is not None:
            yield getattr(Lead, name) == value
    for name in ("country", "buyer", "source", "campaign"):
        if values := getattr(view, name):
            yield getattr(Lead, name).in_(values)
    if view.pipeline is not None:
        of_it = select(Stage.key).where(Stage.pipeline_key == view.pipeline)
        yield col(Lead.stage_key).in_(of_it)
    if view.stage:
        yield col(Lead.stage_key).in_(view.stage)
    if view.spot:
        yield col(Lead.spot_id).in_(view.spot)
    if view.owner:
        theirs = col(Lead.owner_id).in_([one for one in view.owner if one != NOBODY])
        yield or_(theirs, col(Lead.owner_id).is_(None)) if NOBODY in view.owner else theirs


def _money(view: View) -> Iterator[ColumnElement[bool]]:
    counted = {
        Money.SALES: LeadMoney.sales,
        Money.REPEATS: LeadMoney.repeat_sales,
        Money.WITHDRAWALS: LeadMoney.withdrawals,
    }
    none: ColumnElement[int] = literal_column("0")
    for one in view.money:
        if one == Money.NO_SALES:
            yield not_(_of_money(col(LeadMoney.sales) > none))
        else:
            yield _of_money(col(counted[one]) > none)
    if view.paid is not None:
        least = col(LeadMoney.paid) >= view.paid
        if view.paid_currency:
            least = and_(least, col(LeadMoney.currency) == view.paid_currency)
        yield _of_money(least)


def _of_money(what: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(LeadMoney.lead_id).where(col(LeadMoney.lead_id) == Lead.id, what).exists()


def _moments(view: View, zone: ZoneInfo, now: datetime) -> Iterator[ColumnElement[bool]]:
    begins = {col(Lead.created_at): view.created_from, col(Lead.last_action_at): view.active_from}
    ends = {col(Lead.created_at): view.created_to, col(Lead.last_action_at): view.active_to}
    for moment, day in begins.items():
        if day is not None:
            yield moment >= datetime.combine(day, time(), tzinfo=zone)
    for moment, day in ends.items():
        if day is not None:
            yield moment < datetime.combine(day + DAY, time(), tzinfo=zone)
    if view.waiting is not None:
        yield col(Lead.waiting_since) <= now - timedelta(minutes=view.waiting)
    if view.task is not None:
        yield col(Lead.task_due_at).is_not(None)
    if view.task == Promised.OVERDUE:
        yield col(Lead.task_due_at) <= now


def _filled(value: Any) -> Any:
    return [one for one in value if one != ""] if isinstance(value, list) else value
