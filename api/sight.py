"""Who sees which leads, asked of rows already in hand: the SQL predicate itself, run in Python.

A thousand streams times five events a second cannot each be a query, and a second wording of the
rule could disagree with the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
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
NAMES = ("id", "seq", "owner_id", "team_id", "line")
# Of several moves the earliest one says what was before.
_moves = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_array(Event.kind, Event.particulars["before"]),
                col(Event.seq).desc(),
            )
        )
    )
    .where(col(Event.lead_id) == Lead.id, col(Event.seq) > Lead.seq - LOOK_BACK)
    .where(col(Event.kind).in_(list(MOVES)))
    .correlate(Lead)
    .scalar_subquery()
)
GLIMPSES = select(*(getattr(Lead, name) for name in NAMES), _moves).where(
    col(Lead.id) == any_(bindparam("ids", type_=ARRAY(BigInteger)))
)


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
    found = {}
    for *values, moves in await session.execute(GLIMPSES, {"ids": list(ids)}):
        now = dict(zip(NAMES, values, strict=True))
        before = {MOVES[kind]: value for kind, value in moves or ()}
        found[now["id"]] = Glimpse(_lead(now), _lead(now | before) if before else None)
    return found


def _lead(values: object) -> Lead:
    return Lead(**dict(values))  # type: ignore[call-overload]
