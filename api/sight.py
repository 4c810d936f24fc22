"""Who sees which leads, asked of rows already in hand: the SQL predicate itself, run in Python.

A thousand streams times five events a second cannot each be a query, and a second wording of the
rule could disagree with the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

# private, but it is what SQLAlchemy itself judges loaded rows by; a test compares it with SQL
from sqlalchemy.orm.evaluator import _EvaluatorCompiler
from sqlmodel import col

from models.lead.lead import Lead
from models.queries.visibility import visible_leads
from models.timeline import Action, Event
from models.user import User

# Where an event says what visibility stood on before.
MOVES = {Action.OWNER_CHANGED: "owner_id", Action.LINE_CHANGED: "line"}
LOOK_BACK = 20  # events


class Sight:
    """What one person may see, as of now."""

    def __init__(self, person: User) -> None:
        compiler: Any = _EvaluatorCompiler  # untyped
        self._judge = compiler(Lead).process(visible_leads(person))

    def sees(self, lead: Lead) -> bool:
        return self._judge(lead) is True


@dataclass(frozen=True)
class Glimpse:
    """As much of a lead as decides who may see it, and the same before its last hand-over."""

    lead: Lead
    before: Lead | None

    @property
    def id(self) -> int:
        return self.lead.id or 0

    @property
    def seq(self) -> int:
        return self.lead.seq


async def glimpses(session: AsyncSession, ids: Iterable[int]) -> dict[int, Glimpse]:
    columns = (Lead.id, Lead.seq, Lead.owner_id, Lead.team_id, Lead.line)
    query = select(*(col(each) for each in columns)).where(col(Lead.id).in_(list(ids)))
    now = {row.id: _lead(row._mapping) for row in await session.execute(query)}
    moved = (
        select(Event)
        .join(Lead, col(Lead.id) == Event.lead_id)
        .where(col(Event.lead_id).in_(list(now)), col(Event.seq) > Lead.seq - LOOK_BACK)
        .where(col(Event.kind).in_(list(MOVES)))
        .order_by(col(Event.seq).desc())
    )
    before: dict[int, dict[str, object]] = {}
    for event in (await session.execute(moved)).scalars():
        before.setdefault(event.lead_id, {})[MOVES[event.kind]] = event.particulars.get("before")
    return {
        id: Glimpse(lead, _lead(_values(lead) | before[id]) if id in before else None)
        for id, lead in now.items()
    }


def _values(lead: Lead) -> dict[str, object]:
    return {name: getattr(lead, name) for name in ("id", "seq", "owner_id", "team_id", "line")}


def _lead(values: object) -> Lead:
    return Lead(**dict(values))  # type: ignore[call-overload]
