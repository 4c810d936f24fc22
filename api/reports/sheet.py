"""A report's parts: figures, charts with their tables, and the same tables as CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from api.charts import Chart
from api.language import number

BOM = "\ufeff"  # without it Excel takes the text for another encoding
# A spreadsheet runs what begins like this, wherever the words came from.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
AT_ONCE = 500  # lines of one chunk

Value = str | int | float | Decimal | date | datetime | timedelta | None


@dataclass(frozen=True)
class Cell:
    """`value` is what a spreadsheet gets, `said` what a page shows."""

    value: Value
    said: str
    href: str = ""
    tone: str = ""

    @property
    def right(self) -> bool:
        return isinstance(self.value, datetime) or not isinstance(self.value, str | date)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The first column names the row. `total` is the last line. `units` stand behind the heads of a
    file, where a cell cannot say them."""

    key: str
    heads: Sequence[str]
    units: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    shown: int = 100  # rows of the page; a file has all

    def csv(self, *, russian: bool) -> Iterator[str]:
        """In chunks. A Russian Excel reads semicolons and decimal commas."""
        lines = io.StringIO()
        writer = csv.writer(lines, delimiter=";" if russian else ",")
        lines.write(BOM)
        units = (*self.units, *[""] * (len(self.heads) - len(self.units)))
        heads = [
            f"{head}, {unit}" if unit else head
            for head, unit in zip(self.heads, units, strict=True)
        ]
        writer.writerow(plain(head, russian=russian) for head in heads)
        for place, row in enumerate((*self.rows, *([self.total] if self.total else ())), 1):
            writer.writerow(plain(cell.value, russian=russian) for cell in row)
            if place % AT_ONCE == 0:
                yield lines.getvalue()
                lines.seek(0)
                lines.truncate()
        yield lines.getvalue()


@dataclass(frozen=True)
class Figure:
    """One number that is looked at first. `tone` is what its change means: ok or bad."""

    name: str
    said: str
    change: str = ""
    tone: str = ""
    hint: str = ""
    href: str = ""


@dataclass(frozen=True)
class Choice:
    said: str
    href: str
    on: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    title: str
    hint: str = ""
    chart: Chart | None = None
    sheet: Sheet
    choices: Sequence[Choice] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """`nothing` says why there is nothing to show, and what would be."""

    figures: Sequence[Figure] = ()
    cards: Sequence[Card] = ()
    choices: Sequence[Choice] = field(default=())
    nothing: tuple[str, str] | None = None

    def sheet(self, key: str) -> Sheet | None:
        return next((one.sheet for one in self.cards if one.sheet.key == key), None)


def plain(value: Value, *, russian: bool) -> str:
    """For a spreadsheet: times are seconds, words never a formula."""
    match value:
        case None:
            return ""
        case timedelta():
            return str(round(value.total_seconds()))
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
        case str():
            return f"'{value}" if value.startswith(FORMULA) else value
        case float() | Decimal():
            return str(value).replace(".", ",") if russian else str(value)
        case _:
            return str(value)


def counted(value: int, href: str = "", tone: str = "") -> Cell:
    return Cell(value, number(value), href if value else "", tone if value else "")


def share(part: int | float, of: int | float) -> str:
    """18%; nothing of nothing."""
    return f"{round(100 * part / of)}%" if of else ""


def change(now: float | Decimal, before: float | Decimal) -> str:
    """+12%, −9% against before; nothing when there was nothing, or it is the same."""
    if not before or now == before:
        return ""
    percent = round(100 * (float(now) - float(before)) / abs(float(before)))
    return f"{'+' if percent > 0 else '−'}{abs(percent)}%" if percent else ""


def tone(now: float | Decimal, before: float | Decimal, *, less: bool = False) -> str:
    """Whether the change is to the good; `less` is better of waiting."""
    if not before or now == before:
        return ""
    return "ok" if (now < before) == less else "bad"
