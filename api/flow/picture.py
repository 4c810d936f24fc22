"""The picture of a process: boxes, lines and labels in pixels. Nothing of it knows a colour."""

from dataclasses import dataclass

WIDTH, HEIGHT = 216, 52  # of a box
BETWEEN = 24  # two boxes side by side
GAP, LABELLED_GAP = 32, 66  # two rows, without and with labels between
MARGIN, PILL = 24, 28  # around everything; the height of what stands above the first step
LANE = 14  # from a lane to a box, and between two lanes
SPLIT, LABEL = 18, 33  # below a box: where its lines part, and the middle of their labels
LABEL_HEIGHT = 20

Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """`x`, `y` are its upper left corner."""

    step: str
    x: float
    y: float


@dataclass(frozen=True)
class Label:
    """`x`, `y` are its middle."""

    step: str
    via: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Line:
    """A jump is dashed. What does not simply come from the box above ends with a tip."""

    step: str
    via: str
    to: str
    points: tuple[Point, ...]
    jump: bool = False
    tip: bool = False

    @property
    def path(self) -> str:
        """For the `d` of an SVG path."""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.points)

    @property
    def head(self) -> str:
        """The tip at its end, as a path."""
        (fx, fy), (x, y) = self.points[-2:]
        dx, dy = (x > fx) - (x < fx), (y > fy) - (y < fy)
        ax, ay = x - 8 * dx, y - 8 * dy
        return f"M{x:g} {y:g}L{ax + 5 * dy:g} {ay + 5 * dx:g}L{ax - 5 * dy:g} {ay - 5 * dx:g}z"


@dataclass(frozen=True)
class Flow:
    """`pill` is the middle of the top of what stands above the first step."""

    width: float
    height: float
    pill: Point
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
