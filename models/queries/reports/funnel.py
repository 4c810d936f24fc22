"""A pipeline's stages for the leads that came in the span: how far they have got, where they stand.

A lead has *reached* a stage when it stands there or further, or ever did: the furthest it has been
counts, so going back takes nothing away, and a stage that was jumped over counts as passed. A lost
stage is no step of the way: who went there has reached what they had before. The time is from the
lead's coming to its first move there or further; who began there did not move.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.lead import Lead
from models.queries.reports.scope import Scope
from models.queries.reports.span import Span
from models.stage import Pipeline, Stage
from models.timeline import Action, Event

LOST = 0  # the rank of a stage that leads nowhere; steps begin with 1


@dataclass(frozen=True)
class Passed:
    """`here` stand there now; `median` is the time to reach it, of those who moved; the first stage
    has none."""

    stage: Stage
    reached: int
    here: int
    median: timedelta | None


@dataclass(frozen=True)
class Funnel:
    """`leads` came in the span and are or were in the pipeline; `gone` of them are in another one
    now. `won` have reached a won stage. `steps` in their order; in `lost` nobody is `reached`."""

    leads: int
    won: int
    gone: int
    steps: Sequence[Passed]
    lost: Sequence[Passed]

    @property
    def given_up(self) -> int:
        return sum(one.here for one in self.lost)


async def pipelines(session: AsyncSession) -> list[Pipeline]:
    """In their order, retired ones last."""
    query = select(Pipeline).order_by(col(Pipeline.retired_at).is_not(None), Pipeline.position)
    return list((await session.execute(query)).scalars())


async def funnel(session: AsyncSession, scope: Scope, pipeline: str) -> tuple[Funnel, Funnel]:
    """Of the span, and of as many days before it; those without medians."""
    query = select(Stage).where(col(Stage.pipeline_key) == pipeline).order_by(col(Stage.position))
    stages = list((await session.execute(query)).scalars())
    now = await _funnel(session, scope, scope.span, stages)
    return now, await _funnel(session, scope, scope.span.before, stages, timed=False)


async def _funnel(
    session: AsyncSession,
    scope: Scope,
    span: Span,
    stages: Sequence[Stage],
    *,
    timed: bool = True,
) -> Funnel:
    steps = [one for one in stages if one.kind != "lost"]
    ranks = {one.key: rank for rank, one in enumerate(steps, 1)}
    ranks |= {one.key: LOST for one in stages if one.kind == "lost"}
    if not ranks:
        return Funnel(0, 0, 0, (), ())
    many = len(steps)
    later = range(2, many + 1) if timed else ()  # who is at the first step did not move there
    of = _leads(scope, span, ranks, later).subquery().c
    reached = [func.count().filter(of.furthest >= rank) for rank in range(1, many + 1)]
    medians = [
        func.percentile_cont(0.5).within_group(of[f"moved_{rank}"] - of.created_at)
        for rank in later
    ]
    here = [func.count().filter(of.stage_key == one.key) for one in stages]
    query = select(func.count(), *reached, *medians, *here).where(of.furthest.is_not(None))
    leads, *counts = (await session.execute(query)).one()
    reached_by, rest = counts[:many], counts[many:]
    times = [None, *rest[: len(later)]] if later else [None] * many
    standing = dict(zip((one.key for one in stages), rest[len(later) :], strict=True))
    passed = [
        Passed(one, got, standing[one.key], median)
        for one, got, median in zip(steps, reached_by, times, strict=True)
    ]
    return Funnel(
        leads=leads,
        won=next((one.reached for one in passed if one.stage.kind == "won"), 0),
        gone=leads - sum(standing.values()),
        steps=[one for one in passed if one.reached or not one.stage.retired_at],
        lost=[
            Passed(one, 0, standing[one.key], None)
            for one in stages
            if one.kind == "lost" and (standing[one.key] or not one.retired_at)
        ],
    )


def _leads(scope: Scope, span: Span, ranks: dict[str, int], timed: Iterable[int]) -> Any:
    """Each lead of the span with the furthest rank it ever had (none: never in this pipeline), and
    when it first moved to each of the `timed` ranks or further."""

    def rank(key: Any) -> ColumnElement[Any]:
        return case(ranks, value=key)

    came = (
        select(col(Lead.id), col(Lead.created_at), col(Lead.stage_key))
        .where(
            col(Lead.created_at) >= span.begins, col(Lead.created_at) < span.ends, *scope.leads()
        )
        .cte("came")
    )  # fmt: skip
    said = col(Event.particulars)
    moves = (
        select(
            col(Event.lead_id),
            col(Event.at),
            rank(said["before"].astext).label("left"),
            rank(said["after"].astext).label("got"),
        )
        .join(came, came.c.id == Event.lead_id)
        .where(col(Event.kind) == literal_column(f"'{Action.STAGE_CHANGED.value}'"))
        .subquery()
    )
    got = moves.c.got
    path = (
        select(
            moves.c.lead_id,
            func.max(func.greatest(moves.c.left, got)).label("furthest"),
            *(func.min(moves.c.at).filter(got >= one).label(f"moved_{one}") for one in timed),
        )
        .group_by(moves.c.lead_id)
        .subquery()
    )
    return select(
        came.c.created_at,
        came.c.stage_key,
        func.greatest(rank(came.c.stage_key), path.c.furthest).label("furthest"),
        *(path.c[f"moved_{one}"] for one in timed),
    ).select_from(came.outerjoin(path, path.c.lead_id == came.c.id))
