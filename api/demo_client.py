"""What a team lead of the demo has set right: what was paid, and who is the same human."""

from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from models.grouping import join
from models.lead.lead import Lead
from models.queries.ledger import postings
from models.user import User


async def less_came(lead: Lead, *, by: User) -> None:
    """The bank took a part of what was paid last."""
    paid = (await postings(lead.work.session, lead.id)).rows[0]
    await lead.correct_payment(
        paid.id, amount=Decimal(1450), currency=paid.currency, paid_at=paid.paid_at, by=by.actor,
        reason="Банк удержал комиссию, зачислено 1450",
    )  # fmt: skip
    lead.set_field("fields.budget", "5000", by=by.actor)


async def known_before(lead: Lead, *, by: User) -> None:
    """An old chat of the archive is the same human's."""
    old = select(Lead).where(col(Lead.archived_at).is_not(None)).order_by(col(Lead.id)).limit(1)
    former: Lead | None = (await lead.work.execute(old)).scalar_one_or_none()
    if former is not None:
        former.first_name, former.last_name = lead.first_name, lead.last_name
        await join(lead.work, former.id, lead.id, by=by)
