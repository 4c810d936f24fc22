"""Where each step stands: below what mainly leads to it, its followers side by side below it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.flow.picture import BETWEEN, GAP, HEIGHT, LABELLED_GAP, MARGIN, PILL, WIDTH
from models.process.steps import Arrow

MEETING = 8  # the height that lines coming to a step from elsewhere take
# The step that these lead to stands straight below.
ONWARD = ("next", "jump")
# These decide how deep a step stands only when nothing else leads to it.
ASIDE = ("timeout", "writes", "cancelled", "failed", "nobody", "jump")

Arrows = Mapping[str, Sequence[Arrow]]
Labels = Mapping[tuple[str, str], int]
Extent = dict[float, tuple[float, float]]  # row to leftmost and rightmost; labels stand at halves


@dataclass
class Slot:
    """A place below a step: of another step, or of a label whose line goes elsewhere."""

    width: float
    step: str | None = None
    arrow: Arrow | None = None
    below: list["Slot"] = field(default_factory=list)
    extent: Extent = field(default_factory=dict)
    offset: float = 0  # from what it hangs below
    x: float = 0


class Places:
    def __init__(self, arrows: Arrows, start: str, labels: Labels) -> None:
        # where a jump leads others lead too, if anybody does: theirs are the straight lines
        self.arrows = {
            step: sorted(
                (one for one in out if one.to in arrows), key=lambda one: one.via == "jump"
            )
            for step, out in arrows.items()
        }
        self.start, self.labels = start, labels
        self.order: list[str] = []
        self._finished: list[str] = []
        self._back: set[tuple[str, Arrow]] = set()
        for root in [start, *arrows]:
            if root not in self.order:
                self._walk(root)
        self.rows = self._rows()
        self.slots = {step: Slot(WIDTH, step) for step in self.order}
        self._fill()
        self._place()
        self.met = self._met()
        self.tops = self._tops()

    def top(self, step: str) -> float:
        return self.tops[self.rows[step]]

    def bottom(self, step: str) -> float:
        return self.top(step) + HEIGHT

    def rises(self, step: str, arrow: Arrow) -> bool:
        """Whether its line goes back up, or along the row."""
        return self.rows[arrow.to] <= self.rows[step]

    def in_row(self, row: int) -> list[float]:
        """The middles of the boxes there."""
        return [self.slots[step].x for step in self.order if self.rows[step] == row]

    def _walk(self, root: str) -> None:
        """Steps in the order a reader meets them; arrows that lead back on their own way."""
        self.order.append(root)
        path = [(root, iter(self.arrows[root]))]
        while path:
            step, rest = path[-1]
            arrow = next(rest, None)
            if arrow is None:
                self._finished.append(step)
                path.pop()
            elif arrow.to in (above for above, _ in path):
                self._back.add((step, arrow))
            elif arrow.to not in self.order:
                self.order.append(arrow.to)
                path.append((arrow.to, iter(self.arrows[arrow.to])))

    def _rows(self) -> dict[str, int]:
        coming: dict[str, list[tuple[str, Arrow]]] = defaultdict(list)
        for step in self.order:
            for arrow in self.arrows[step]:
                if (step, arrow) not in self._back:
                    coming[arrow.to].append((step, arrow))
        rows: dict[str, int] = {}
        for step in reversed(self._finished):  # whatever leads down to a step comes before it
            ways = coming[step]
            mainly = [way for way in ways if way[1].via not in ASIDE] or ways
            rows[step] = max((rows[before] + 1 for before, _ in mainly), default=0)
        return rows

    def _fill(self) -> None:
        """A step stands under the first that leads to it from right above."""
        parents: dict[str, tuple[str, Arrow]] = {}
        for aside in (False, True):
            for step in self.order:
                for arrow in self.arrows[step]:
                    right_above = self.rows[step] + 1 == self.rows[arrow.to]
                    if right_above and (arrow.via in ASIDE) == aside:
                        parents.setdefault(arrow.to, (step, arrow))
        for step in self.order:
            for arrow in self.arrows[step]:
                if parents.get(arrow.to) == (step, arrow):
                    slot = self.slots[arrow.to]
                    slot.arrow = arrow
                    self.slots[step].below.append(slot)
                elif width := self.labels.get((step, arrow.via)):
                    self.slots[step].below.append(Slot(width, None, arrow))

    def _place(self) -> None:
        downwards = sorted(self.order, key=self.rows.__getitem__)
        for step in reversed(downwards):
            self._gather(self.slots[step], self.rows[step])
        taken: Extent = {}
        for step in downwards:
            slot = self.slots[step]
            if slot.arrow is None:  # the start, and what nothing leads down to
                slot.x = _beside(taken, slot.extent)
                _take(taken, slot.extent, slot.x)
            for one in slot.below:
                one.x = slot.x + one.offset

    def _gather(self, slot: Slot, row: int) -> None:
        """Puts all below it side by side, as close as they go, and itself above them."""
        taken: Extent = {}
        for one in slot.below:
            if one.step is None:
                one.extent = {row + 0.5: (-one.width / 2, one.width / 2)}
            else:
                width = self.labels.get((slot.step or "", one.arrow.via if one.arrow else ""), 0)
                one.extent[row + 0.5] = (-width / 2, width / 2)
            one.offset = _beside(taken, one.extent)
            _take(taken, one.extent, one.offset)
        straight = [one for one in slot.below if one.step and one.arrow and one.arrow.via in ONWARD]
        ends = straight or slot.below
        middle = (ends[0].offset + ends[-1].offset) / 2 if ends else 0
        for one in slot.below:
            one.offset -= middle
        slot.extent = {at: (left - middle, right - middle) for at, (left, right) in taken.items()}
        slot.extent[row] = (-slot.width / 2, slot.width / 2)

    def _met(self) -> dict[int, list[str]]:
        """By row, the steps that lines come to from elsewhere: each at a height of its own."""
        coming: dict[str, int] = defaultdict(int)
        for step in self.order:
            for arrow in self.arrows[step]:
                coming[arrow.to] += not self.rises(step, arrow)
        met: dict[int, list[str]] = defaultdict(list)
        for step in self.order:
            if coming[step] > (1 if self.slots[step].arrow else 0):
                met[self.rows[step]].append(step)
        return met

    def _tops(self) -> list[float]:
        labelled = {self.rows[step] for step, _ in self.labels if step in self.rows}
        labelled |= {self.rows[step] for step in self.order if len(self.slots[step].below) > 1}
        tops = [float(MARGIN + PILL + GAP)]
        for row in range(max(self.rows.values())):
            gap = LABELLED_GAP if row in labelled else GAP
            tops.append(tops[-1] + HEIGHT + gap + MEETING * len(self.met[row + 1]))
        return tops


def _beside(taken: Extent, extent: Extent) -> float:
    """How far to the right it must go to stand beside what is there."""
    return max(
        (taken[row][1] + BETWEEN - left for row, (left, _) in extent.items() if row in taken),
        default=0.0,
    )


def _take(taken: Extent, extent: Extent, by: float) -> None:
    for row, (left, right) in extent.items():
        before = taken.get(row, (left + by, right + by))
        taken[row] = (min(before[0], left + by), max(before[1], right + by))
