"""Deposits: what came in and went out, by where its leads came from and by day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import words
from api.charts import Bar, Pile, bars, columns
from api.language import gettext as _
from api.language import money, ngettext, number, plain_date
from api.reports.question import Question
from api.reports.sheet import (
    Card,
    Cell,
    Choice,
    Figure,
    Report,
    Sheet,
    change,
    counted,
    share,
    tone,
)
from api.words import N_
from models.queries.reports.deposits import BY, Deposits, Money, deposits
from models.queries.reports.scope import Scope
from models.spot import Spot

NOT_PAID = N_("Nothing was paid in that currency in these days")
CHARTED = 8  # rows; the table has them all


async def report(session: AsyncSession, scope: Scope, asked: Question) -> Report:
    by = asked.chosen(asked.by, BY, N_("Deposits are not counted by that"))
    found = await deposits(session, scope, by=by)
    if not found:
        asked.chosen(asked.currency, (), NOT_PAID)
        return Report(
            nothing=(
                _("No payments in these days"),
                _("Sales, repeat sales and withdrawals of the leads' ledgers are counted here."),
            )
        )
    currency = asked.chosen(asked.currency, found, NOT_PAID)
    of = found[currency]
    named: Mapping[Any, str] = {}
    if by == "spot":
        spots = await session.execute(select(col(Spot.id), col(Spot.name)))
        named = dict(spots.all())
    return Report(
        figures=list(_figures(of)),
        choices=[Choice(one, asked.at(currency=one), one == currency) for one in found]
        if len(found) > 1
        else (),
        cards=[
            _by(of, scope, asked, by, named),
            _days(of, scope),
        ],
    )


def _figures(of: Deposits) -> Iterator[Figure]:
    total, before = of.total, of.before
    for name, now, then in (
        (_("First deposits"), total.sales, before.sales),
        (_("Repeat deposits"), total.repeats, before.repeats),
    ):
        yield Figure(
            name, money(now.amount, of.currency), change(now.amount, then.amount),
            tone(now.amount, then.amount), _payments(now.count),
        )  # fmt: skip
    out, then = total.withdrawals, before.withdrawals
    yield Figure(
        _("Withdrawals"), money(out.amount, of.currency), change(out.amount, then.amount),
        tone(out.amount, then.amount, less=True), _payments(out.count),
    )  # fmt: skip
    mean = total.income.amount / total.income.count if total.income.count > 0 else 0
    hint = _("on average %(sum)s a deposit") % {"sum": money(round(mean), of.currency)}
    yield Figure(
        _("Net"), money(total.net, of.currency), change(total.net, before.net),
        tone(total.net, before.net), hint if mean else "",
    )  # fmt: skip


def _by(of: Deposits, scope: Scope, asked: Question, by: str, named: Mapping[Any, str]) -> Card:
    def name(key: Any) -> str:
        return named.get(key, str(key)) if key is not None else _("not known")

    def leads(key: Any) -> str:
        whose = {"owner": [scope.person.id]} if scope.alone else {}
        return scope.view.but(**{by: [key]}, **whose).at() if key is not None else ""

    charted = [(name(key), one) for key, one in of.rows[:CHARTED]]
    if rest := of.rows[CHARTED:]:
        charted.append((_("the others"), _together(one for _key, one in rest)))
    whole = of.total.income.amount
    chart = bars(
        [
            Bar(
                called,
                (float(one.sales.amount), float(one.repeats.amount)),
                money(one.income.amount, of.currency),
                share(float(one.income.amount), float(whole)),
            )
            for called, one in charted
        ],
        said=_said(charted, of.currency),
        legend=(_("first"), _("repeat")),
    )
    heads = {by: words.field(by) for by in BY}
    rows = [
        [Cell(name(key), name(key), leads(key)), *_cells(one, of.currency)] for key, one in of.rows
    ]
    return Card(
        title=_("Deposits, %(currency)s") % {"currency": of.currency},
        chart=chart,
        sheet=Sheet(
            key="origins",
            heads=[heads[by], *_heads()],
            units=_units(of.currency),
            rows=rows,
            total=[Cell(_("Together"), _("Together")), *_cells(of.total, of.currency)],
        ),
        choices=[Choice(heads[one], asked.at(by=one), one == by) for one in BY],
    )


def _days(of: Deposits, scope: Scope) -> Card:
    paid = dict(of.days)
    every = [(day, paid.get(day, Money())) for day in scope.span.days]
    piles = [
        Pile(
            plain_date(day),
            (float(one.sales.amount), float(one.repeats.amount)),
            money(one.income.amount, of.currency),
        )
        for day, one in every
    ]
    best = max(every, key=lambda one: one[1].income.amount)
    said = _("Deposits by day: %(sum)s in %(days)s days, the most on %(day)s, %(most)s") % {
        "sum": money(of.total.income.amount, of.currency), "days": len(every),
        "day": plain_date(best[0]), "most": money(best[1].income.amount, of.currency),
    }  # fmt: skip
    return Card(
        title=_("By day"),
        hint=_("by the moment of the payment, in your time zone"),
        chart=columns(piles, said=said, legend=(_("first"), _("repeat"))),
        sheet=Sheet(
            key="days",
            heads=[_("Day"), *_heads()],
            units=_units(of.currency),
            rows=[[_day(day), *_cells(one, of.currency)] for day, one in reversed(of.days)],
            total=[Cell(_("Together"), _("Together")), *_cells(of.total, of.currency)],
            shown=366,
        ),
    )


def _day(day: date) -> Cell:
    return Cell(day, plain_date(day))


def _heads() -> Sequence[str]:
    sums = (_("First deposits"), _("Repeat deposits"), _("Withdrawals"))
    return [*(said for one in sums for said in (_("Number"), one)), _("Net")]


def _units(currency: str) -> Sequence[str]:
    return ["", *["", currency] * 3, currency]


def _cells(one: Money, currency: str) -> Iterator[Cell]:
    for each in (one.sales, one.repeats, one.withdrawals):
        yield counted(each.count)
        yield Cell(each.amount, money(each.amount, currency))
    yield Cell(one.net, money(one.net, currency), tone="bad" if one.net < 0 else "strong")


def _payments(count: int) -> str:
    return ngettext("%(num)s payment", "%(num)s payments", count) % {"num": number(count)}


def _together(parts: Iterator[Money]) -> Money:
    kinds: dict[Any, Any] = {}
    for part in parts:
        for kind, one in part.kinds.items():
            kinds[kind] = kinds[kind] + one if kind in kinds else one
    return Money(kinds)


def _said(charted: Sequence[tuple[str, Money]], currency: str) -> str:
    each = ", ".join(f"{name} {money(one.income.amount, currency)}" for name, one in charted)
    return _("Deposits: %(each)s") % {"each": each}
