"""The lead's money: posted, reversed, corrected. Said twice nothing changes."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from models.errors import BrokenInput, Missing, Refused
from models.lead.row import LeadRow
from models.payment import LONGEST_REASON, Kind, Payment, Source, check
from models.timeline import Action


class Paying(LeadRow):
    async def record_payment(
        self,
        kind: Kind,
        *,
        amount: Decimal,
        currency: str,
        paid_at: datetime,
        source: str,
        source_id: str,
        by: str,
    ) -> None:
        """A repeat of the same source event is the same row, and no second line. Raises Refused."""
        now = datetime.now(UTC)
        currency = currency.upper()
        check(amount, currency, paid_at, now=now)
        fresh = await self._post(
            kind=kind, amount=amount, currency=currency, paid_at=paid_at,
            source=source, source_id=source_id, by=by,
        )  # fmt: skip
        if fresh:
            self.record(
                Action.PAYMENT_RECORDED, by=by, at=now, kind=kind, amount=str(amount),
                currency=currency, paid_at=paid_at.isoformat(),
            )  # fmt: skip
            self.ring()

    async def reverse_payment(self, payment_id: int, *, by: str, reason: str) -> None:
        """As if it had never been posted. No process hears of it: what one has done because of the
        payment stays done, but it counts no more. Raises Missing, Refused."""
        said = _reason(reason)
        posted = await self._posted(payment_id)
        if await self._reverse(posted, by=by, reason=said):
            self.record(
                Action.PAYMENT_REVERSED, by=by, kind=posted.kind, amount=str(posted.amount),
                currency=posted.currency, reason=said,
            )  # fmt: skip

    async def correct_payment(
        self,
        payment_id: int,
        *,
        amount: Decimal,
        currency: str,
        paid_at: datetime,
        by: str,
        reason: str,
    ) -> None:
        """Reversed and posted anew in one act; its kind stays. Raises Missing, Refused."""
        said, currency, now = _reason(reason), currency.upper(), datetime.now(UTC)
        check(amount, currency, paid_at, now=now)
        posted = await self._posted(payment_id)
        after = (amount, currency, paid_at)
        if (posted.amount, posted.currency, posted.paid_at) == after:
            return
        if not await self._reverse(posted, by=by, reason=said):
            if await self._replacement(posted) == after:
                return
            raise Refused("This payment has been corrected already")
        await self._post(
            kind=posted.kind, amount=amount, currency=currency, paid_at=paid_at,
            source=Source.CORRECTION, source_id=str(posted.id), by=by, reason=said,
        )  # fmt: skip
        self.record(
            Action.PAYMENT_CORRECTED, by=by, at=now, kind=posted.kind, reason=said,
            amount=str(amount), currency=currency,
            was_amount=str(posted.amount), was_currency=posted.currency,
        )  # fmt: skip

    async def _posted(self, payment_id: int) -> Payment:
        payment = await self.work.session.get(Payment, payment_id)
        if payment is None or payment.lead_id != self.id:
            raise Missing("There is no such payment")
        if payment.corrects_id is not None:
            raise Refused("A reversal is not corrected: post the payment anew")
        return payment

    async def _reverse(self, posted: Payment, *, by: str, reason: str) -> bool:
        return await self._post(
            kind=posted.kind, amount=-posted.amount, currency=posted.currency,
            paid_at=posted.paid_at, source=Source.REVERSAL, source_id=str(posted.id), by=by,
            corrects_id=posted.id, reason=reason,
        )  # fmt: skip

    async def _replacement(self, posted: Payment) -> tuple[Decimal, str, datetime] | None:
        query = select(Payment).where(
            col(Payment.source) == Source.CORRECTION, col(Payment.source_id) == str(posted.id)
        )
        row: Payment | None = (await self.work.execute(query)).scalar_one_or_none()
        return (row.amount, row.currency, row.paid_at) if row else None

    async def _post(self, **values: object) -> bool:
        """Whether there was none yet."""
        row = insert(Payment).values(lead_id=self.id, **values).on_conflict_do_nothing()
        return (await self.work.execute(row.returning(col(Payment.id)))).first() is not None


def _reason(reason: str) -> str:
    reason = reason.strip()
    problem = ""
    if not reason:
        problem = "Say why: a colleague will read it"
    elif len(reason) > LONGEST_REASON:
        problem = "At most %(most)s characters fit here"
    if problem:
        raise BrokenInput("The payment is not changed", {"reason": problem}, most=LONGEST_REASON)
    return reason
