"""Where each step stands: below all that lead down to it, its followers side by side below it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.flow.picture import BETWEEN, GAP, HEIGHT, LABELLED_GAP, MARGIN, PILL, WIDTH
from models.process.steps import Arrow

MEETING = 8  # the height that lines coming to a step from elsewhere take

Arrows = Mapping[str, Sequence[Arrow]]
Labels = Mapping[tuple[str, str], int]


@dataclass
class Slot:
    """A place below a step: of another step, or of a label whose line goes elsewhere."""

    width: float
    step: str | None = None
    arrow: Arrow | None = None
    below: list["Slot"] = field(default_factory=list)
    spread: float = 0  # what it and all below it take
    left: float = 0
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
        self.back: set[tuple[str, Arrow]] = set()
        for root in [start, *arrows]:
            if root not in self.order:
                self._walk(root)
        self.down = [
            (step, arrow)
            for step in self.order
            for arrow in self.arrows[step]
            if (step, arrow) not in self.back
        ]
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
                path.pop()
            elif arrow.to in (above for above, _ in path):
                self.back.add((step, arrow))
            elif arrow.to not in self.order:
                self.order.append(arrow.to)
                path.append((arrow.to, iter(self.arrows[arrow.to])))

    def _rows(self) -> dict[str, int]:
        rows = dict.fromkeys(self.order, 0)
        before: dict[str, int] = {}
        while rows != before:
            before = dict(rows)
            for step, arrow in self.down:
                rows[arrow.to] = max(rows[arrow.to], rows[step] + 1)
        return rows

    def _fill(self) -> None:
        """A step stands under the first that leads to it from right above."""
        parents: dict[str, tuple[str, Arrow]] = {}
        for step, arrow in self.down:
            if self.rows[step] + 1 == self.rows[arrow.to]:
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
        downwards = [self.slots[step] for step in sorted(self.order, key=self.rows.__getitem__)]
        for slot in reversed(downwards):
            for label in (one for one in slot.below if one.step is None):
                label.spread = label.width
            slot.spread = max(slot.width, _row_of(slot.below))
        left = 0.0
        for slot in downwards:
            if slot.arrow is None:  # the start, and what nothing leads down to
                slot.left = left
                left += slot.spread + BETWEEN
            at = slot.left + (slot.spread - _row_of(slot.below)) / 2
            for one in slot.below:
                one.left = at
                at += one.spread + BETWEEN
        for slot in reversed(downwards):
            for label in (one for one in slot.below if one.step is None):
                label.x = label.left + label.width / 2
            ends = [one.x for one in slot.below]
            slot.x = (ends[0] + ends[-1]) / 2 if ends else slot.left + slot.spread / 2

    def _met(self) -> dict[int, list[str]]:
        """By row, the steps that lines come to from elsewhere: each at a height of its own."""
        coming: dict[str, int] = defaultdict(int)
        for _, arrow in self.down:
            coming[arrow.to] += 1
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


def _row_of(slots: Sequence[Slot]) -> float:
    return sum(one.spread for one in slots) + BETWEEN * max(0, len(slots) - 1)
