"""What a person has begun to write to a client: theirs alone, on each of their devices."""

from datetime import datetime

from sqlalchemy import BigInteger, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import stamped
from models.database import Work
from models.lead.lead import Lead
from models.queries.visibility import visible_leads
from models.user import User

GLIMPSE = 100  # characters of a draft in the list's row
MOST = 500


class Draft(SQLModel, table=True):
    """`version` is a word of the browser that wrote it: by it a browser knows its own again."""

    __tablename__ = "draft"

    user_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="user_account.id")
    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id", index=True)
    text: str
    version: str
    saved_at: datetime = stamped()

    @classmethod
    async def of(cls, session: AsyncSession, person: User, lead_id: int) -> "Draft | None":
        return await session.get(cls, (person.id, lead_id))


async def save(work: Work, lead_id: int, text: str, *, by: User, version: str) -> None:
    """The later one holds; an empty text is no draft."""
    if not text.strip():
        mine = (col(Draft.user_id) == by.id, col(Draft.lead_id) == lead_id)
        await work.execute(delete(Draft).where(*mine))
        return
    row = insert(Draft).values(user_id=by.id, lead_id=lead_id, text=text, version=version)
    anew = {"text": text, "version": version, "saved_at": func.now()}
    await work.execute(row.on_conflict_do_update(index_elements=["user_id", "lead_id"], set_=anew))


async def begun(session: AsyncSession, person: User) -> dict[int, str]:
    """The first words of all that the person has begun, by lead, newest first."""
    query = (
        select(col(Draft.lead_id), func.left(Draft.text, GLIMPSE))
        .join(Lead, col(Lead.id) == Draft.lead_id)
        .where(col(Draft.user_id) == person.id, visible_leads(person))
        .order_by(col(Draft.saved_at).desc())
        .limit(MOST)
    )
    return {row[0]: row[1] for row in await session.execute(query)}
