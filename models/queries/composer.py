"""What a person finds in a chat's composer: their draft, the script they walk through, the quick
actions. One statement: it is part of what opening a chat waits for."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.draft import Draft
from models.quick_action import IN_ORDER, QuickAction
from models.script import Walk
from models.user import User


class Composer(NamedTuple):
    draft: Draft | None
    walking: bool
    quick_actions: Sequence[QuickAction]


async def composer_of(session: AsyncSession, person: User, lead_id: int) -> Composer:
    def here(table: type[Draft] | type[Walk]) -> ColumnElement[bool]:
        return and_(col(table.user_id) == col(User.id), col(table.lead_id) == lead_id)

    query = (
        select(Draft, col(Walk.script_id), QuickAction)
        .select_from(User)
        .outerjoin(Draft, here(Draft))
        .outerjoin(Walk, here(Walk))
        .outerjoin(QuickAction, QuickAction.theirs(person))
        .where(col(User.id) == person.id)
        .order_by(*IN_ORDER)
    )
    rows = (await session.execute(query)).all()
    draft, script_id, _ = rows[0]
    return Composer(draft, script_id is not None, [row[2] for row in rows if row[2]])
