"""The ledger's rows of one lead, as they are read: what was posted, with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.payment import Kind

PAGE = 20

ROWS = text(
    """
    select p.id, p.kind, p.amount, p.currency, p.paid_at, p.source, p.source_id, p.by,
        p.reason, r.by as undone_by, r.reason as undone_because, r.created_at as undone_at,
        c.id as became_id, c.amount as became, c.currency as became_currency,
        case when p.source = 'correction' then cast(nullif(p.source_id, '') as bigint) end
            as instead_of
    from payment p
    left join payment r on r.corrects_id = p.id
    left join payment c on c.source = 'correction' and c.source_id = cast(p.id as text)
    where p.lead_id = :lead and p.corrects_id is null and (cast(:below as bigint) is null
        or (p.paid_at, p.id) < (select paid_at, id from payment where id = :below))
    order by p.paid_at desc, p.id desc limit :most
    """
)


class Posting(NamedTuple):
    """`undone_…` says who reversed it and why; `became…` what was posted instead. What was itself
    posted instead of another names that as `instead_of`."""

    id: int
    kind: Kind
    amount: Decimal
    currency: str
    paid_at: datetime
    source: str
    source_id: str
    by: str
    reason: str | None
    undone_by: str | None
    undone_because: str | None
    undone_at: datetime | None
    became_id: int | None
    became: Decimal | None
    became_currency: str | None
    instead_of: int | None


@dataclass(frozen=True, kw_only=True)
class Postings:
    """`below` names the last of them when there are more."""

    rows: Sequence[Posting]
    below: int | None


async def postings(session: AsyncSession, lead_id: int, *, below: int | None = None) -> Postings:
    """The latest paid first."""
    values = {"lead": lead_id, "below": below, "most": PAGE + 1}
    found = [Posting(*row) for row in await session.execute(ROWS, values)]
    rows = found[:PAGE]
    return Postings(rows=rows, below=rows[-1].id if len(found) > PAGE else None)
