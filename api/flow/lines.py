"""How lines run between the steps: straight down, across to a step elsewhere, back up in a lane."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from api.flow.picture import (
    BETWEEN,
    HEIGHT,
    LABEL,
    LABEL_HEIGHT,
    LANE,
    MARGIN,
    SPLIT,
    WIDTH,
    Flow,
    Label,
    Line,
    Node,
    Point,
)
from api.flow.places import MEETING, Arrows, Labels, Places, Slot
from models.process.steps import Arrow

MOST_LANES = 16  # side by side; lines beyond that share the outermost


def lay_out(arrows: Arrows, start: str, labels: Labels) -> Flow:
    """`labels` are the widths of the words on arrows, by (step, via); an arrow without has none."""
    return _Lines(Places(arrows, start, labels)).flow()


class _Lines:
    def __init__(self, places: Places) -> None:
        self.at = places
        self.lanes: list[tuple[float, float, float]] = []  # x, from, to
        self.labels = [
            Label(step, slot.arrow.via, slot.x, places.bottom(step) + LABEL, width)
            for step in places.order
            for slot in places.slots[step].below
            if slot.arrow and (width := places.labels.get((step, slot.arrow.via)))
        ]

    def flow(self) -> Flow:
        drawn = [(step, slot) for step in self.at.order for slot in self._ways_out(step)]
        lines = [self._line(step, slot) for step, slot in drawn]
        return self._shifted(lines)

    def _ways_out(self, step: str) -> Iterable[Slot]:
        """What hangs below the step, then arrows without words that lead elsewhere."""
        own = self.at.slots[step]
        drawn = [slot.arrow for slot in own.below]
        rest = [arrow for arrow in self.at.arrows[step] if arrow not in drawn]
        return [*own.below, *(Slot(0, None, arrow, x=own.x) for arrow in rest)]

    def _line(self, step: str, slot: Slot) -> Line:
        arrow = slot.arrow
        assert arrow is not None
        rises = self.at.rises(step, arrow)
        if slot.step is not None:
            points = [*self._parted(step, slot), (slot.x, self.at.top(slot.step))]
        elif rises:
            points = self._up(step, slot, arrow)
        else:
            points = self._across(step, slot, arrow)
        return Line(
            step, arrow.via, arrow.to, tuple(_turns(points)),
            jump=rises or arrow.via == "jump", tip=slot.step is None,
        )  # fmt: skip

    def _parted(self, step: str, slot: Slot) -> list[Point]:
        """From the bottom of the box to where the slot's own line begins."""
        x, bottom = self.at.slots[step].x, self.at.bottom(step)
        return [(x, bottom), (x, bottom + SPLIT), (slot.x, bottom + SPLIT)]

    def _across(self, step: str, slot: Slot, arrow: Arrow) -> list[Point]:
        """Down to a step that stands under another one."""
        points, target = self._parted(step, slot), self.at.slots[arrow.to].x
        below = self.at.bottom(step) + SPLIT
        if slot.width:
            below = self.at.bottom(step) + LABEL + LABEL_HEIGHT / 2 + 4
            points.append((slot.x, below))
        met = self.at.met[self.at.rows[arrow.to]]
        above = self.at.top(arrow.to) - 10 - MEETING * met.index(arrow.to)
        between = range(self.at.rows[step] + 1, self.at.rows[arrow.to])
        if between:
            lane = self._lane(between, (below, above), slot.x, target) or 0
            points += [(lane, below), (lane, above)]
        else:
            points.append((slot.x, above))
        return [*points, (target, above), (target, self.at.top(arrow.to))]

    def _up(self, step: str, slot: Slot, arrow: Arrow) -> list[Point]:
        """Back to a step above: into its side by a lane beside it, else round the row above it."""
        own, target = self.at.slots[step].x, self.at.slots[arrow.to].x
        top = self.at.top(arrow.to)
        rows = range(self.at.rows[arrow.to], self.at.rows[step] + 1)
        sideways = [(self.at.rows[arrow.to], target)]
        if slot.width:
            begin = self.at.bottom(step) + LABEL + LABEL_HEIGHT / 2 + 4
            points = [*self._parted(step, slot), (slot.x, begin)]
        else:
            begin, points = self.at.top(step) + HEIGHT / 2, []
            sideways.append((self.at.rows[step], own))
        lane = self._lane(rows, (top, begin), slot.x, target, sideways)
        if lane is not None:
            points = points or [(own + _side(own, lane), begin)]
            middle = top + HEIGHT / 2
            return [*points, (lane, begin), (lane, middle), (target + _side(target, lane), middle)]
        begin = begin if slot.width else self.at.bottom(step) + SPLIT
        points = points or self._parted(step, slot)
        lane = self._lane(rows, (top - 10, begin), slot.x, target) or 0
        return [*points, (lane, begin), (lane, top - 10), (target, top - 10), (target, top)]

    def _lane(
        self,
        rows: range,
        span: Point,
        begin: float,
        end: float,
        sideways: Sequence[tuple[int, float]] = (),
    ) -> float | None:
        """The nearest x with no box of these rows and no other lane in the way.

        From there each of `sideways` (row, middle of a box) is reached without crossing a box; when
        that cannot be, None.
        """
        low, high = sorted(span)
        half = (WIDTH + BETWEEN) / 2
        boxes = {x for row in rows for x in self.at.in_row(row)}
        shifts = [half + n * LANE for n in range(min(len(self.lanes), MOST_LANES) + 1)]
        wanted = [x + side * shift for x in boxes for side in (1, -1) for shift in shifts]
        free = [
            x
            for x in (wanted if sideways else [begin, end, *wanted])
            if all(abs(x - box) >= half for box in boxes)
            and all(abs(x - lane) >= LANE or to < low or at > high for lane, at, to in self.lanes)
            and all(abs(x - it.x) > it.width / 2 or not low < it.y < high for it in self.labels)
            and all(self._clear(row, box, x) for row, box in sideways)
        ]
        # to the right it reads better than to the left
        nearest = min(free, key=lambda x: (abs(x - begin) + abs(x - end), -x), default=None)
        if nearest is None and not sideways:
            nearest = max(boxes) + shifts[-1]
        if nearest is not None:
            self.lanes.append((nearest, low, high))
        return nearest

    def _clear(self, row: int, box: float, x: float) -> bool:
        low, high = sorted((box, x))
        return not any(low < other < high for other in self.at.in_row(row))

    def _shifted(self, lines: Sequence[Line]) -> Flow:
        """Everything moved to where nothing is left of the margin."""
        edges = [(slot.x - WIDTH / 2, slot.x + WIDTH / 2) for slot in self.at.slots.values()]
        edges += [(one.x - one.width / 2, one.x + one.width / 2) for one in self.labels]
        edges += [(x, x) for line in lines for x, _ in line.points]
        by = MARGIN - min(left for left, _ in edges)
        depth = max(y for line in lines for _, y in line.points) if lines else 0
        return Flow(
            width=max(right for _, right in edges) + by + MARGIN,
            height=max(depth, max(map(self.at.bottom, self.at.order))) + MARGIN,
            pill=(self.at.slots[self.at.start].x + by, MARGIN),
            nodes=tuple(
                Node(step, self.at.slots[step].x + by - WIDTH / 2, self.at.top(step))
                for step in self.at.order
            ),
            lines=tuple(
                Line(one.step, one.via, one.to, tuple((x + by, y) for x, y in one.points),
                     jump=one.jump, tip=one.tip)
                for one in lines
            ),
            labels=tuple(
                Label(one.step, one.via, one.x + by, one.y, one.width) for one in self.labels
            ),
        )  # fmt: skip


def _side(box: float, lane: float) -> float:
    return WIDTH / 2 if lane > box else -WIDTH / 2


def _turns(points: Sequence[Point]) -> list[Point]:
    """Without the points where nothing turns."""
    moved = [points[0], *(here for before, here in pairwise(points) if here != before)]
    return [
        here
        for n, here in enumerate(moved)
        if n in (0, len(moved) - 1)
        or not (
            moved[n - 1][0] == here[0] == moved[n + 1][0]
            or moved[n - 1][1] == here[1] == moved[n + 1][1]
        )
    ]
