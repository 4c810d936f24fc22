"""The board of deals: a pipeline's stages as columns, page by page, and what they hold.

A board has the same view as the chat list: `pipeline` says which one is shown, `stage` which of
its columns, everything else which leads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.lead import Lead
from models.payment import LeadMoney
from models.queries.desk import Desk
from models.queries.inbox import Chat, chats, page
from models.queries.search import search
from models.queries.view import View, conditions
from models.queries.visibility import visible_leads
from models.stage import Pipeline, Stage
from models.user import User

PAGE = 30

Money = tuple[str, Decimal]  # currency and sum


class Deal(NamedTuple):
    """A lead on the board. `paid` are sales and repeat sales, by currency."""

    chat: Chat
    stage: str
    paid: Sequence[Money] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """`after` is the cursor of its next page; None: this was the last."""

    stage: Stage
    deals: Sequence[Deal]
    after: str | None


class Tally(NamedTuple):
    """All that stands in a column, not only what is shown."""

    leads: int = 0
    paid: Sequence[Money] = ()
    withdrawn: Sequence[Money] = ()


def pipeline_of(view: View, known: Desk) -> Pipeline:
    """The one that the view names, else the first."""
    asked = known.pipeline(view.pipeline) if view.pipeline else None
    return asked or known.ways[0][0]


def stages_of(view: View, known: Desk) -> list[Stage]:
    """Won and lost ones last; those that are retired, too: a lead may still be there."""
    key = pipeline_of(view, known).key
    there = [one for one in known.stages if one.pipeline_key == key]
    chosen = [one for one in there if one.key in view.stage] or there
    return sorted(chosen, key=lambda one: one.kind == "lost")


async def found_by(session: AsyncSession, person: User, view: View) -> list[int] | None:
    """The leads that the search finds; none when nothing is searched for."""
    if not view.q.strip():
        return None
    found = await search(session, person, view.q)
    return [
        *(chat.lead.id for chat in (*found.chats, *found.tagged)),
        *(hit.chat.lead.id for hit in found.hits),
    ]


async def columns(
    session: AsyncSession, person: User, view: View, stages: Iterable[Stage], *, now: datetime
) -> list[Column]:
    """The first page of each; of what is retired only where leads are left."""
    found = await found_by(session, person, view)
    made = [
        await column(session, person, view, stage, found=found, now=now) for stage in stages
    ]  # fmt: skip
    return [one for one in made if one.deals or not one.stage.retired_at]


async def column(
    session: AsyncSession,
    person: User,
    view: View,
    stage: Stage,
    *,
    now: datetime,
    found: Sequence[int] | None = None,
    after: str | None = None,
) -> Column:
    """Raises Refused for a cursor that is none of ours."""
    listed = await page(
        session, person, view.but(pipeline=None, stage=[stage.key]), after=after, size=PAGE,
        now=now, also=_among(found),
    )  # fmt: skip
    deals = await _deals(session, dict.fromkeys(listed.chats, stage.key))
    return Column(stage=stage, deals=deals, after=listed.after)


async def cards(
    session: AsyncSession, person: User, view: View, ids: Sequence[int], *, now: datetime
) -> list[Deal]:
    """Those of these leads that stand in the view, wherever on the board."""
    query = _standing(person, view, now=now, found=await found_by(session, person, view))
    query = query.with_only_columns(col(Lead.id), col(Lead.stage_key)).where(col(Lead.id).in_(ids))
    stage = dict((await session.execute(query)).all())
    return await _deals(session, {one: stage[one.lead.id] for one in await chats(session, stage)})


async def tallies(
    session: AsyncSession, person: User, view: View, stages: Iterable[Stage], *, now: datetime
) -> dict[str, Tally]:
    """By stage, of all leads that the person sees in the view."""
    keys = [stage.key for stage in stages]
    found = await found_by(session, person, view)
    of_them = _standing(person, view, now=now, found=found).where(col(Lead.stage_key).in_(keys))
    counting = of_them.with_only_columns(col(Lead.stage_key), func.count())
    counted = (await session.execute(counting.group_by(Lead.stage_key))).all()
    many: dict[str, int] = dict(counted)
    paid, withdrawn = func.sum(LeadMoney.paid), func.sum(LeadMoney.withdrawal_sum)
    joined = of_them.join(LeadMoney, col(LeadMoney.lead_id) == Lead.id)
    summing = joined.with_only_columns(Lead.stage_key, LeadMoney.currency, paid, withdrawn)
    by = (Lead.stage_key, LeadMoney.currency)
    sums = (await session.execute(summing.group_by(*by))).all()
    return {
        key: Tally(
            many.get(key, 0),
            _most((currency, came) for stage, currency, came, _ in sums if stage == key),
            _most((currency, went) for stage, currency, _, went in sums if stage == key),
        )
        for key in keys
    }


def altogether(found: Mapping[str, Tally]) -> Tally:
    paid: dict[str, Decimal] = {}
    for tally in found.values():
        for currency, amount in tally.paid:
            paid[currency] = paid.get(currency, Decimal()) + amount
    return Tally(sum(tally.leads for tally in found.values()), _most(paid.items()))


def _standing(
    person: User, view: View, *, now: datetime, found: Sequence[int] | None
) -> Select[Any]:
    among = conditions(view.but(pipeline=None), person, now=now)
    return select(Lead).where(visible_leads(person), *among, *_among(found))


def _among(found: Sequence[int] | None) -> Sequence[ColumnElement[bool]]:
    return () if found is None else (col(Lead.id).in_(found),)


async def _deals(session: AsyncSession, found: Mapping[Chat, str]) -> list[Deal]:
    """With what each has paid, in one question for all."""
    money: dict[int, list[Money]] = {}
    query = select(LeadMoney.lead_id, LeadMoney.currency, LeadMoney.paid)
    ids = [chat.lead.id for chat in found]
    for lead_id, currency, paid in await session.execute(
        query.where(col(LeadMoney.lead_id).in_(ids))
    ):
        money.setdefault(lead_id, []).append((currency, paid))
    return [Deal(chat, key, _most(money.get(chat.lead.id, ()))) for chat, key in found.items()]


def _most(money: Iterable[Money]) -> tuple[Money, ...]:
    return tuple(sorted((one for one in money if one[1]), key=lambda one: -one[1]))
