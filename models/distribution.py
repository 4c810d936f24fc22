"""To whom a lead goes by itself: by turns, or to who has least to do.

Of each team and line one row says how. It is locked while somebody is chosen, so that two leads
handed over at once do not both choose the same next one. Locks are taken in this order: leads, the
distribution, people.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Index, Select, Text, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col

from models.columns import count, defaulting, identity, reference

if TYPE_CHECKING:
    from models.database import Work


class Way(StrEnum):
    NOBODY = "nobody"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


# A lead that somebody has to think of.
OPEN = (
    "archived_at is null and ignored_at is null and (mode = 'manual' or waiting_since is not null)"
)


class Distribution(SQLModel, table=True):
    """`most_open`: who has that many open leads gets no more. `on_hand_over` and `on_new` say when
    a lead of nobody is given by itself. `given` counts all that were."""

    __tablename__ = "distribution"
    __table_args__ = (
        Index(
            "distribution_of", "team_id", "line",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: int = identity()
    team_id: int | None = reference("team.id")
    line: int
    way: Way = defaulting(Way.NOBODY.value, sa_type=Text)
    most_open: int | None = None
    on_hand_over: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    on_new: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    given: int = count()


class Turn(SQLModel, table=True):
    """The number of the last lead that a person got by this distribution."""

    __tablename__ = "distribution_turn"

    distribution_id: int = Field(
        sa_type=BigInteger, primary_key=True, foreign_key="distribution.id"
    )
    person_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="user_account.id")
    number: int = count()


async def distribution_of(work: "Work", *, team_id: int | None, line: int) -> Distribution | None:
    """Locked; none where leads are given by hand."""
    query = _of(team_id, line).where(col(Distribution.way) != Way.NOBODY)
    return (await work.execute(query.with_for_update())).scalar_one_or_none()


async def set_up(work: "Work", *, team_id: int | None, line: int) -> Distribution:
    """Locked; where there was none it is there from now on, and gives to nobody by itself."""
    query = _of(team_id, line).with_for_update()
    found: Distribution | None = (await work.execute(query)).scalar_one_or_none()
    if found is None:
        row = insert(Distribution).values(team_id=team_id, line=line)
        await work.execute(row.on_conflict_do_nothing())
        found = (await work.execute(query)).scalar_one()
    return found


def _of(team_id: int | None, line: int) -> Select[Distribution]:
    return select(Distribution).where(
        col(Distribution.team_id).is_not_distinct_from(team_id), col(Distribution.line) == line
    )


# Whose turn it is, of those who may be given one: who has had none goes first. Locked against the
# end of their shift.
NEXT = """
    select u.id from user_account u left join team t on t.id = u.team_id
        left join distribution_turn d on d.person_id = u.id and d.distribution_id = :distribution
    where u.role = 'manager' and u.disabled_at is null and u.id is distinct from :but
        and (u.line is null or u.line = :line)
        and (cast(:team as bigint) is null or u.team_id = :team)
        and (t.shifts is not true or u.on_shift_at is not null)
        and (cast(:most as int) is null or (select count(*) from (
            select from lead where owner_id = u.id and {open} limit :most) open) < :most)
    order by {first} d.number nulls first, u.id limit 1 for share of u
"""
LEAST = f"(select count(*) from lead where owner_id = u.id and {OPEN}),"  # noqa: S608
WAYS = {
    Way.ROUND_ROBIN: text(NEXT.format(open=OPEN, first="")),
    Way.LEAST_BUSY: text(NEXT.format(open=OPEN, first=LEAST)),
}


async def whose_turn(
    work: "Work", given: Distribution, *, way: Way, but: int | None = None
) -> int | None:
    """The person, who had their turn with it; None when there is nobody."""
    if way == Way.NOBODY:
        return None
    values: dict[str, Any] = {
        "distribution": given.id, "team": given.team_id, "line": given.line,
        "most": given.most_open, "but": but,
    }  # fmt: skip
    person = (await work.execute(WAYS[way], values)).scalar()
    if person is None:
        return None
    given.given += 1
    turn = {"distribution_id": given.id, "person_id": person, "number": given.given}
    row = insert(Turn).values(turn)
    await work.execute(
        row.on_conflict_do_update(
            index_elements=["distribution_id", "person_id"], set_={"number": given.given}
        )
    )
    return int(person)
