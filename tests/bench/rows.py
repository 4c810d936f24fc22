"""What a measure found: a row with its reference and its goal, printed and kept as JSON."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Row:
    """`value` and `reference` are in `unit`; `ratio` is value / reference, and what is judged.

    Without a reference the value itself is judged. `particulars` are for the reader.
    """

    id: str
    what: str
    unit: str
    value: float
    reference: float | None = None
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None
    particulars: dict[str, object] = field(default_factory=dict)


def at_least(least: float, **told: Any) -> Row:
    return _judged(f"≥ {least}", lambda judged: judged >= least, **told)


def at_most(most: float, *, goal: str = "", **told: Any) -> Row:
    return _judged(goal or f"≤ {most}", lambda judged: judged <= most, **told)


def _judged(
    goal: str,
    holds: Callable[[float], bool],
    *,
    value: float,
    reference: float | None = None,
    ratio: float | None = None,
    **told: Any,
) -> Row:
    if ratio is None and reference:
        ratio = value / reference
    judged = value if ratio is None else ratio
    return Row(
        value=value, reference=reference, ratio=ratio, goal=goal, holds=holds(judged), **told
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Of few values the highest ones stand for themselves."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def table(rows: Sequence[Row]) -> str:
    lines = [("", "what", "value", "reference", "ratio", "goal", "")]
    for row in rows:
        holds = {True: "holds", False: "MISSES", None: ""}[row.holds]
        lines.append(
            (
                row.id,
                row.what,
                f"{_number(row.value)} {row.unit}",
                "" if row.reference is None else f"{_number(row.reference)} {row.unit}",
                "" if row.ratio is None else f"{row.ratio:.2f}",
                row.goal,
                holds,
            )
        )
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    printed = []
    for line, described in zip(lines, [None, *rows], strict=True):
        cells = [
            cell.rjust(width) if 2 <= n <= 4 else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        printed.append("  ".join(cells).rstrip())
        if described is not None and described.particulars:
            said = ", ".join(f"{name} {_said(one)}" for name, one in described.particulars.items())
            printed.append(" " * (widths[0] + 2) + said)
    return "\n".join(printed)


def keep(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _said(value: object) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {_said(one)}" for name, one in value.items()) + ")"
    return _number(value) if isinstance(value, float) else str(value)
