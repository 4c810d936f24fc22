"""The team's own fields of a contact: each with a key that processes say, names, and a kind."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import Text, select
from sqlmodel import Field, col

from models.columns import document, moment
from models.errors import BrokenInput, Missing
from models.stage import Named

if TYPE_CHECKING:
    from models.database import Work

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,6})?", re.ASCII)
SPACES = re.compile(r"[\s\u00a0\u202f]")
MOST_FIELDS = 100
MOST_OPTIONS = 100
LONGEST_NAME = 60
LONGEST_OPTION = 80
YES, NO = "yes", "no"


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    LINK = "link"


class OwnField(Named, table=True):
    """Its values stand in `lead.fields` as texts: a number with a point, a date as 2026-11-23, yes
    or no. A process may write anything there, and what it wrote is shown as it is."""

    __tablename__ = "own_field"

    key: str = Field(primary_key=True)
    kind: Kind = Field(sa_type=Text)
    options: list[str] = document(list)
    position: int
    retired_at: datetime | None = moment()

    @classmethod
    def missing(cls) -> Missing:
        return Missing("There is no such field")

    @property
    def stamp(self) -> str:
        return "|".join((super().stamp, *self.options))

    @property
    def path(self) -> str:
        """As processes name it."""
        return f"fields.{self.key}"

    def checked(self, typed: str) -> str:
        """As it is kept; empty is no value. Raises ValueError with a sentence."""
        typed = typed.strip()
        if not typed:
            return ""
        match self.kind:
            case Kind.NUMBER:
                return _number(typed)
            case Kind.DATE:
                return _date(typed)
            case Kind.YES_NO if typed not in (YES, NO):
                raise ValueError("Choose yes or no")
            case Kind.CHOICE if typed not in self.options:
                raise ValueError("Choose one from the list")
            case Kind.LINK:
                return _link(typed)
        return typed

    def change(self, *, name_ru: str, name_en: str, options: Sequence[str]) -> None:
        """Its key and kind stay: values of leads and processes name them. Raises BrokenInput."""
        names = " ".join(name_ru.split()), " ".join(name_en.split())
        problems = {}
        if not all(names) or max(map(len, names)) > LONGEST_NAME:
            problems["name"] = "Name it in both languages, with at most 60 characters"
        kept = list(dict.fromkeys(one for one in map(str.strip, options) if one))
        if self.kind == Kind.CHOICE:
            if not 2 <= len(kept) <= MOST_OPTIONS:
                problems["options"] = "A choice has from 2 to 100 options, one on a line"
            elif max(map(len, kept)) > LONGEST_OPTION:
                problems["options"] = "An option has at most 80 characters"
        if problems:
            raise BrokenInput("The field is not saved", problems)
        self.name_ru, self.name_en = names
        self.options = kept if self.kind == Kind.CHOICE else []


async def add(
    work: "Work", key: str, kind: Kind, *, name_ru: str, name_en: str, options: Sequence[str]
) -> OwnField:
    """Raises BrokenInput."""
    key = key.strip()
    field = OwnField(key=key, kind=kind, name_ru="", name_en="", position=0)
    field.change(name_ru=name_ru, name_en=name_en, options=options)
    if not KEY.fullmatch(key):
        problem = "A key is small latin letters, digits and _"
        raise BrokenInput("The field is not saved", {"key": problem})
    if await work.session.get(OwnField, key) is not None:
        raise BrokenInput("The field is not saved", {"key": "There is a field with this key"})
    positions = (await work.execute(select(col(OwnField.position)))).scalars().all()
    if len(positions) >= MOST_FIELDS:
        raise BrokenInput("The field is not saved", {"key": "There are 100 fields already"})
    field.position = max(positions, default=0) + 1
    work.add(field)
    return field


async def locked(work: "Work", key: str) -> OwnField:
    """Raises Missing."""
    found = await work.session.get(OwnField, key, with_for_update=True)
    if found is None:
        raise OwnField.missing()
    return found


async def put_in_order(work: "Work", wanted: Sequence[str]) -> None:
    """Those that are not named stay behind the others."""
    query = select(OwnField).order_by(col(OwnField.position), col(OwnField.key)).with_for_update()
    found = list((await work.execute(query)).scalars())
    places = {key: place for place, key in enumerate(wanted)}
    for position, field in enumerate(
        sorted(found, key=lambda one: places.get(one.key, len(places))), start=1
    ):
        field.position = position


def _number(typed: str) -> str:
    bare = SPACES.sub("", typed).replace("−", "-")
    if not NUMBER.fullmatch(bare):
        raise ValueError("Write a number, like 12 or 3.5")
    return f"{Decimal(bare.replace(',', '.')).normalize():f}"


def _date(typed: str) -> str:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise ValueError("There is no such day") from None
    if not 1900 <= found.year <= 2100:
        raise ValueError("The year is between 1900 and 2100")
    return found.isoformat()


def _link(typed: str) -> str:
    try:
        found = urlsplit(typed)
        good = found.scheme in ("http", "https") and bool(found.hostname) and " " not in typed
    except ValueError:
        good = False
    if not good:
        raise ValueError("A link begins with https:// or http://")
    return typed
