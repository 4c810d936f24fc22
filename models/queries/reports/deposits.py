"""Money by where its leads came from, and by day: sums of the ledger, never of two currencies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from models.lead.lead import Lead
from models.payment import Kind, Payment
from models.queries.reports.scope import Scope
from models.queries.reports.span import Span

Column = ColumnElement[Any] | Mapped[Any]
BY: Mapping[str, Column] = {
    "source": col(Lead.source),
    "campaign": col(Lead.campaign),
    "buyer": col(Lead.buyer),
    "spot": col(Lead.spot_id),
}


@dataclass(frozen=True)
class Sum:
    amount: Decimal = Decimal(0)
    count: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.amount + other.amount, self.count + other.count)


NONE = Sum()


@dataclass(frozen=True)
class Money:
    """What came in, by kind of the ledger, and what went out."""

    kinds: Mapping[Kind, Sum] = field(default_factory=dict)

    @property
    def sales(self) -> Sum:
        return self.kinds.get(Kind.SALE, NONE)

    @property
    def repeats(self) -> Sum:
        return self.kinds.get(Kind.REPEAT_SALE, NONE)

    @property
    def withdrawals(self) -> Sum:
        return self.kinds.get(Kind.WITHDRAWAL, NONE)

    @property
    def income(self) -> Sum:
        return self.sales + self.repeats

    @property
    def net(self) -> Decimal:
        return self.income.amount - self.withdrawals.amount

    @property
    def movements(self) -> int:
        return self.income.count + self.withdrawals.count


@dataclass(frozen=True)
class Deposits:
    """Of one currency: all of it, the same before, by what was asked (most income first; None are
    leads without any) and by day."""

    currency: str
    total: Money
    before: Money
    rows: Sequence[tuple[str | int | None, Money]]
    days: Sequence[tuple[date, Money]]


async def deposits(session: AsyncSession, scope: Scope, *, by: str) -> dict[str, Deposits]:
    """By currency, the one with most movements first."""
    # by turns: as two groupings of one statement all rows are sorted first, half a second of them
    day = cast(func.timezone(scope.span.zone, Payment.paid_at), Date)
    every = not scope.everything
    rows, days, before = _Ledger(), _Ledger(), _Ledger()
    await rows.read(session, _summed(scope, scope.span, BY[by]))
    await days.read(session, _summed(scope, scope.span, day, among_leads=every))
    nothing: Any = literal_column("1")
    await before.read(session, _summed(scope, scope.span.before, nothing, among_leads=every))
    totals = {currency: days.total(currency) for currency in {**days.kept, **before.kept}}
    found = {
        currency: Deposits(
            currency=currency,
            total=total,
            before=before.total(currency),
            rows=sorted(rows.of(currency).items(), key=_most),
            days=sorted(days.of(currency).items()),
        )
        for currency, total in totals.items()
    }
    return dict(sorted(found.items(), key=lambda one: (-one[1].total.movements, one[0])))


class _Ledger:
    """Sums by currency, key and kind."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[Any, dict[Kind, Sum]]] = defaultdict(lambda: defaultdict(dict))

    async def read(self, session: AsyncSession, query: Select[*tuple[Any, ...]]) -> None:
        """What was all reversed was not."""
        for currency, kind, amount, count, key in await session.execute(query):
            if amount or count:
                self.kept[currency][key][Kind(kind)] = Sum(amount, count)

    def of(self, currency: str) -> dict[Any, Money]:
        return {key: Money(kinds) for key, kinds in self.kept.get(currency, {}).items()}

    def total(self, currency: str) -> Money:
        summed: dict[Kind, Sum] = defaultdict(Sum)
        for kinds in self.kept.get(currency, {}).values():
            for kind, one in kinds.items():
                summed[kind] += one
        return Money(dict(summed))


def _most(row: tuple[Any, Money]) -> tuple[Decimal, bool, str]:
    key, money = row
    return (-money.income.amount, key is None, str(key))


def _summed(
    scope: Scope, span: Span, key: Any, *, among_leads: bool = True
) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(
        col(Payment.currency), col(Payment.kind), func.sum(col(Payment.amount)),
        func.sum(literal_column("payment.counts")), key.label("key"),
    ).where(col(Payment.paid_at) >= span.begins, col(Payment.paid_at) < span.ends)  # fmt: skip
    if among_leads:
        query = query.join(Lead, col(Lead.id) == Payment.lead_id).where(*scope.leads())
    return query.group_by(col(Payment.currency), col(Payment.kind), text("key"))
