"""Charts as the server draws them: shapes in their own units, words beside them, and the same said
in a sentence for who does not see them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 560
LABEL = 140  # units for a name, before the bars
VALUE = 152  # units after them, for what they say
BAR, BETWEEN = 22, 38
LONGEST_NAME = 17  # characters: SVG does not cut a text
HIGH, TOP, BOTTOM = 150, 24, 26
LEFT = 8
MOST_TICKS = 8


@dataclass(frozen=True)
class Shape:
    """`tint` 1 is the full colour, higher ones are lighter."""

    x: float
    y: float
    width: float
    height: float
    tint: int = 1


@dataclass(frozen=True)
class Words:
    x: float
    y: float
    said: str
    kind: str = "value"
    anchor: str = "start"


@dataclass(frozen=True)
class Chart:
    """`said` is all of it in words; `legend` names the tints."""

    said: str
    height: float
    shapes: Sequence[Shape]
    words: Sequence[Words]
    lines: Sequence[tuple[float, float, float, float]] = ()
    legend: Sequence[tuple[int, str]] = ()
    width: int = WIDTH


@dataclass(frozen=True)
class Bar:
    """`parts` follow one another, each in its tint."""

    name: str
    parts: Sequence[float]
    said: str
    note: str = ""


def bars(rows: Sequence[Bar], *, said: str, legend: Sequence[str] = (), first: int = 1) -> Chart:
    """Lying bars, one row each, with what they say right behind them."""
    most = max((sum(one.parts) for one in rows), default=0) or 1
    room = WIDTH - LABEL - VALUE
    shapes, words = [], []
    for place, one in enumerate(rows):
        y, x = place * BETWEEN + 6, float(LABEL)
        for number, part in enumerate(one.parts):
            if part > 0:
                width = max(2.0, room * part / most)
                shapes.append(Shape(round(x, 1), y, round(width, 1), BAR, first + number))
                x += width + 2
        middle = y + BAR - 6
        words.append(Words(0, middle, cut(one.name), "name"))
        words.append(Words(round(x + 6, 1), middle, one.said))
        if one.note:
            words.append(Words(WIDTH - 2, middle, one.note, "note", "end"))
    return Chart(said, len(rows) * BETWEEN, shapes, words, legend=list(enumerate(legend, first)))


@dataclass(frozen=True)
class Pile:
    """One standing column; `said` stands over the highest."""

    name: str
    parts: Sequence[float]
    said: str


def columns(piles: Sequence[Pile], *, said: str, legend: Sequence[str] = ()) -> Chart:
    """Standing columns side by side: days, hours."""
    totals = [float(sum(one.parts)) for one in piles]
    most, highest = max(totals, default=0) or 1, totals.index(max(totals)) if totals else 0
    step = (WIDTH - LEFT * 2) / max(len(piles), 1)
    width = max(1.0, min(28.0, step * 0.7))
    every = -(-len(piles) // MOST_TICKS)
    shapes, words = [], []
    base = TOP + HIGH
    for place, one in enumerate(piles):
        x, y = LEFT + step * place + (step - width) / 2, float(base)
        for number, part in enumerate(one.parts, 1):
            if part > 0:
                height = max(1.0, HIGH * part / most)
                y -= height
                shape = Shape(round(x, 1), round(y, 1), round(width, 1), round(height, 1), number)
                shapes.append(shape)
        middle = round(x + width / 2, 1)
        if place % every == 0:
            words.append(Words(middle, base + 17, one.name, "note", "middle"))
        if place == highest and totals[place]:
            at = min(max(middle, 30), WIDTH - 30)
            words.append(Words(at, round(y - 6, 1), one.said, "value", "middle"))
    lines = [(0.0, base + 0.5, float(WIDTH), base + 0.5)]
    legend = list(legend)
    return Chart(said, base + BOTTOM, shapes, words, lines=lines, legend=list(enumerate(legend, 1)))


def cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
