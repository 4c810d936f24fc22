"""The ledger: rows are added, never changed, and every sum is its sum."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.errors import BrokenInput, Refused
from models.payment import Kind
from models.process.facts import Facts
from models.queries.card import card
from models.queries.inbox import belonging
from models.queries.view import Money, View
from models.timeline import Action
from tests.messenger.town import Town

PAID_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Ledger:
    """One lead's money, by its verbs."""

    def __init__(self, town: Town, lead_id: int) -> None:
        self.town, self.lead_id = town, lead_id

    async def posts(
        self,
        amount: str,
        *,
        event: str,
        kind: Kind = Kind.SALE,
        currency: str = "USD",
        **given: Any,
    ) -> int:
        """The row's id, however often the event is told."""
        async with self.town.database.unit_of_work() as work:
            lead = await work.locked_lead(self.lead_id)
            await lead.record_payment(
                kind, amount=Decimal(amount), currency=currency, source="network", source_id=event,
                by="robot:1", **{"paid_at": PAID_AT, **given},
            )  # fmt: skip
        found = await self._ask("select id from payment where source_id = :event", event=event)
        return int(found[0].id)

    async def reverses(self, payment: int, reason: str = "дважды") -> None:
        async with self.town.database.unit_of_work() as work:
            lead = await work.locked_lead(self.lead_id)
            await lead.reverse_payment(payment, by=self.town.igor.actor, reason=reason)

    async def corrects(
        self, payment: int, amount: str, *, currency: str = "USD", reason: str = "опечатка"
    ) -> None:
        async with self.town.database.unit_of_work() as work:
            lead = await work.locked_lead(self.lead_id)
            await lead.correct_payment(
                payment, amount=Decimal(amount), currency=currency, paid_at=PAID_AT,
                by=self.town.igor.actor, reason=reason,
            )  # fmt: skip

    async def sums(self) -> dict[tuple[str, str], tuple[int, Decimal]]:
        """What the card says."""
        lead = await self.town.lead(self.lead_id)
        async with self.town.database.reading() as session:
            shown = (await card(session, lead)).sums
        return {(one.kind, one.currency): (one.many, one.sum) for one in shown}

    async def facts(self) -> Facts:
        """What a process may ask about."""
        async with self.town.database.unit_of_work() as work:
            lead = await work.locked_lead(self.lead_id)
            return lead.facts_of(None, await lead.look(now=self.town.now))

    async def stands_in(self, **filtered: Any) -> bool:
        """The list of an admin, filtered."""
        async with self.town.database.reading() as session:
            inside, _ = await belonging(session, self.town.maria, View(**filtered), [self.lead_id])
        return bool(inside)

    async def told(self) -> list[str]:
        rows = await self._ask(
            "select kind from event where lead_id = :lead and kind like 'payment%' order by seq"
        )
        return [row.kind for row in rows]

    async def _ask(self, query: str, **values: Any) -> list[Any]:
        async with self.town.database.reading() as session:
            return list(await session.execute(text(query), {"lead": self.lead_id, **values}))


@pytest.fixture
async def ledger(town: Town) -> Ledger:
    return Ledger(town, await town.writes("Иван", "Привет"))


async def test_a_reversal_is_a_row_of_its_own_and_counts_back(ledger: Ledger):
    sale = await ledger.posts("50", event="a")
    await ledger.posts("20.50", event="b")
    assert await ledger.sums() == {("sale", "USD"): (2, Decimal("70.50"))}

    await ledger.reverses(sale)
    await ledger.reverses(sale)

    assert await ledger.sums() == {("sale", "USD"): (1, Decimal("20.50"))}
    assert await ledger.told() == [*["payment_recorded"] * 2, "payment_reversed"]


async def test_a_correction_is_one_act_and_said_twice_the_same(ledger: Ledger):
    sale = await ledger.posts("50", event="a")

    await ledger.corrects(sale, "60", currency="EUR")
    await ledger.corrects(sale, "60", currency="EUR")

    sums = await ledger.sums()
    assert sums == {("sale", "USD"): (0, Decimal(0)), ("sale", "EUR"): (1, Decimal(60))}
    assert await ledger.told() == ["payment_recorded", "payment_corrected"]
    with pytest.raises(Refused):
        await ledger.corrects(sale, "70")


async def test_a_process_hears_a_payment_but_not_its_reversal(ledger: Ledger):
    sale = await ledger.posts("50", event="a")
    async with ledger.town.database.unit_of_work() as work:
        lead = await work.locked_lead(ledger.lead_id)
        heard = await lead.heard(after=0, now=ledger.town.now)
    assert [one.name for one in heard if one.kind == "event"] == ["payment"]
    seq = heard[-1].seq

    await ledger.reverses(sale)

    async with ledger.town.database.unit_of_work() as work:
        lead = await work.locked_lead(ledger.lead_id)
        assert await lead.heard(after=seq, now=ledger.town.now) == []
    paid = (await ledger.facts()).payments
    assert (sum(one.counts for one in paid), sum(one.amount for one in paid)) == (0, 0)


@pytest.mark.parametrize("change", ["update payment set amount = 1", "delete from payment"])
async def test_the_database_itself_refuses_to_forget(ledger: Ledger, change: str):
    await ledger.posts("50", event="a")

    with pytest.raises(DBAPIError, match="only added to"):
        async with ledger.town.database.unit_of_work() as work:
            await work.execute(text(change))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("amount", {"amount": "0"}),
        ("amount", {"amount": "-5"}),
        ("amount", {"amount": "NaN"}),
        ("amount", {"amount": "1.005"}),
        ("amount", {"amount": "1e20"}),
        ("currency", {"currency": "ZZZ"}),
        ("paid_at", {"paid_at": datetime(1200, 1, 1, tzinfo=UTC)}),
        ("paid_at", {"paid_at": datetime.now(UTC) + timedelta(days=365)}),
    ],
)
async def test_what_no_ledger_should_hold_is_refused(
    ledger: Ledger, field: str, wrong: dict[str, Any]
):
    with pytest.raises(BrokenInput) as refused:
        await ledger.posts(**{"amount": "50", "event": "a", **wrong})

    assert list(refused.value.problems) == [field]
    assert await ledger.told() == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["post", "reverse", "correct"]),
        st.integers(0, 4),  # which event, or which of the rows
        st.sampled_from(["10", "20.25", "0.01"]),
        st.sampled_from(["USD", "EUR"]),
        st.sampled_from(list(Kind)),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
async def test_card_and_facts_say_what_the_raw_ledger_says(ledger: Ledger, acts: list[Any]):
    town = ledger.town
    town.passes(minutes=1)
    each = Ledger(town, await town.writes(f"Клиент {town.now}", "Привет"))
    posted: list[int] = []
    for act, n, amount, currency, kind in acts:
        try:
            if act == "post":
                posted.append(
                    await each.posts(amount, event=f"{each.lead_id}-{n}", kind=kind,
                                     currency=currency)
                )  # fmt: skip
            elif posted and act == "reverse":
                await each.reverses(posted[n % len(posted)])
            elif posted:
                await each.corrects(posted[n % len(posted)], amount, currency=currency)
        except Refused:
            pass

    # what is there is what was posted, less what was reversed
    rows = await each._ask("select *, payment.by from payment where lead_id = :lead")
    gone = {row.corrects_id for row in rows}
    left = [row for row in rows if row.id not in gone and row.corrects_id is None]
    many: Counter[tuple[str, str]] = Counter((row.kind, row.currency) for row in left)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in left:
        sums[row.kind, row.currency] += row.amount
    shown = {which: one for which, one in (await each.sums()).items() if any(one)}
    assert shown == {which: (many[which], much) for which, much in sums.items()}
    paid = (await each.facts()).payments
    for kind, currency in many:
        mine = [one for one in paid if (one.kind, one.currency) == (kind, currency)]
        counted = (sum(one.counts for one in mine), sum(one.amount for one in mine))
        assert counted == (many[kind, currency], sums[kind, currency])
    # so do the list's filters
    now_there = {which: much for which, much in sums.items() if which[0] != Kind.WITHDRAWAL}
    kinds = {kind for kind, _ in many}
    assert await each.stands_in(money=[Money.SALES]) == (Kind.SALE in kinds)
    assert await each.stands_in(money=[Money.NO_SALES]) == (Kind.SALE not in kinds)
    assert await each.stands_in(money=[Money.REPEATS]) == (Kind.REPEAT_SALE in kinds)
    assert await each.stands_in(money=[Money.WITHDRAWALS]) == (Kind.WITHDRAWAL in kinds)
    paid_in = sum(much for (_, currency), much in now_there.items() if currency == "USD")
    assert await each.stands_in(paid=paid_in + 1, paid_currency="USD") is False
    assert await each.stands_in(paid=paid_in, paid_currency="USD") == (
        "USD" in {row.currency for row in rows}
    )
    # an event is one row, and a row is reversed once at most
    assert len(rows) == len({(row.source, row.source_id) for row in rows})
    assert (await each.told()).count(Action.PAYMENT_RECORDED) == len(set(posted))
