"""Who sees which leads, asked of rows already in hand: the SQL predicate itself, run in Python.

A thousand streams times five events a second cannot each be a query, and a second wording of the
rule could disagree with the first.
"""

from collections.abc import Container, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

# private, but it is what SQLAlchemy itself judges loaded rows by; a test compares it with SQL
from sqlalchemy.orm.evaluator import _EvaluatorCompiler
from sqlmodel import col

from models.database import Database
from models.lead.lead import Lead
from models.queries.visibility import visible_leads
from models.timeline import Action
from models.user import Role, User

# Where an event says what visibility stood on before.
MOVES = {Action.OWNER_CHANGED: "owner_id", Action.LINE_CHANGED: "line"}
LOOK_BACK = 20  # events
NAMES = ("id", "seq", "owner_id", "team_id", "line")
# Of several moves the earliest one says what was before.
GLIMPSES = text(
    f"""
    select {", ".join(NAMES)}, (
        select jsonb_agg(jsonb_build_array(kind, particulars -> 'before') order by seq desc)
        from event where lead_id = lead.id and event.seq > lead.seq - :look_back
        and kind = any(:moves)) as moves
    from lead where id = any(:ids)
    """  # noqa: S608 - made of the names above
)


class Sight:
    """What one person may see, as of now."""

    def __init__(self, person: User) -> None:
        self._person_id = person.id
        self._rights = (person.role, person.team_id, person.line)
        self._judge = _judge(person.id or 0, *self._rights)

    def sees(self, lead: Lead) -> bool:
        return self._judge(lead) is True

    def alike(self, owners: Container[int | None]) -> Hashable:
        """Two with the same one see the same of leads that these people own: to the rule a person
        is their rights, and an owner."""
        return (self._person_id if self._person_id in owners else None, *self._rights)


# Putting the rule together takes thirty times what asking it takes.
@lru_cache(maxsize=4096)
def _judge(person_id: int, role: Role, team_id: int | None, line: int | None) -> Any:
    compiler: Any = _EvaluatorCompiler  # untyped
    person = User(id=person_id, login="", name="", role=role, team_id=team_id, line=line)
    return compiler(Lead).process(visible_leads(person))


@dataclass(frozen=True)
class Glimpse:
    """As much of a lead as decides who may see it, and the same before its last hand-over."""

    lead: Lead
    before: Lead | None

    @property
    def id(self) -> int:
        return self.lead.id or 0

    @property
    def owners(self) -> set[int | None]:
        return {self.lead.owner_id, self.before.owner_id if self.before else None}

    @property
    def seq(self) -> int:
        return self.lead.seq


async def seeing(session: AsyncSession, lead: Lead) -> list[User]:
    """Everybody who may see it now, by name."""
    query = select(User).where(col(User.disabled_at).is_(None)).order_by(col(User.name))
    people = (await session.execute(query)).scalars()
    return [one for one in people if Sight(one).sees(lead)]


async def glimpses(database: Database, ids: Iterable[int]) -> dict[int, Glimpse]:
    found, values = {}, {"ids": list(ids), "moves": list(MOVES), "look_back": LOOK_BACK}
    for row in await database.rows(GLIMPSES, values):
        before = {MOVES[kind]: value for kind, value in row.pop("moves") or ()}
        found[row["id"]] = Glimpse(_lead(row), _lead(row | before) if before else None)
    return found


def _lead(values: dict[str, Any]) -> Lead:
    return Lead(**values)
