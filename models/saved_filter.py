"""Views of the chat list kept under a name: for oneself, or for everybody."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import identity, reference, stamped
from models.database import Work
from models.errors import Missing, Refused
from models.queries.view import View
from models.user import User

LONGEST_NAME = 40
MOST_KEPT = 30  # by one person
MOST_SHOWN = 40


class SavedFilter(SQLModel, table=True):
    """`query` is a view's address. Whoever opens a shared one sees their own leads in it."""

    __tablename__ = "saved_filter"

    id: int = identity()
    owner_id: int = reference("user_account.id", nullable=False, index=True)
    name: str
    query: str
    is_shared: bool = Field(default=False)
    created_at: datetime = stamped()

    @classmethod
    async def keep(
        cls, work: Work, view: View, *, name: str, is_shared: bool, by: User
    ) -> "SavedFilter":
        """Raises Refused."""
        mine = select(func.count()).where(col(SavedFilter.owner_id) == by.id)
        if (await work.execute(mine)).scalar_one() >= MOST_KEPT:
            raise Refused("At most %(most)s filters are kept: delete one first", most=MOST_KEPT)
        kept = cls(owner_id=by.id, name="", query=view.only_filters().query, is_shared=is_shared)
        kept.call(name)
        work.add(kept)
        await work.flush()
        return kept

    @classmethod
    async def of(cls, work: Work, number: int, *, by: User) -> "SavedFilter":
        """Locked, for a change by who made it. Raises Missing."""
        mine = (col(SavedFilter.id) == number, col(SavedFilter.owner_id) == by.id)
        query = select(SavedFilter).where(*mine).with_for_update()
        found: SavedFilter | None = (await work.execute(query)).scalar_one_or_none()
        if found is None:
            raise Missing("There is no such filter, or it is not yours to change")
        return found

    @classmethod
    async def seen_by(cls, session: AsyncSession, person: User) -> list["SavedFilter"]:
        """One's own first, then those that colleagues share."""
        mine = col(SavedFilter.owner_id) == person.id
        query = select(SavedFilter).where(or_(mine, SavedFilter.is_shared))
        query = query.order_by(mine.desc(), SavedFilter.name).limit(MOST_SHOWN)
        return list((await session.execute(query)).scalars())

    def call(self, name: str) -> None:
        name = " ".join(name.split())
        if not name:
            raise Refused("The filter needs a name")
        if len(name) > LONGEST_NAME:
            raise Refused("At most %(most)s characters fit here", most=LONGEST_NAME)
        self.name = name

    @property
    def view(self) -> View:
        return View.of(self.query)
