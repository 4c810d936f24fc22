"""The funnel: how far the leads that came in these days have got."""

from collections.abc import Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api.charts import Bar, bars
from api.language import gettext as _
from api.language import number, reader, took
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
from models.queries.reports.funnel import Funnel, Passed, funnel, pipelines
from models.queries.reports.scope import Scope
from models.stage import Stage


async def report(session: AsyncSession, scope: Scope, asked: Question) -> Report:
    ways = await pipelines(session)
    known = {one.key: one for one in ways}
    chosen = asked.chosen(asked.pipeline, known, N_("There is no such pipeline"))
    found, before = await funnel(session, scope, chosen)
    choices = [
        Choice(one.name(reader().locale), asked.at(pipeline=one.key), one.key == chosen)
        for one in ways
        if one.retired_at is None or one.key == chosen
    ]
    if len(choices) < 2:
        choices = []
    if not found.leads:
        return Report(
            choices=choices,
            nothing=(_("Nobody came in these days"), _("Choose a longer period, or no filter.")),
        )
    return Report(
        figures=list(_figures(found, before)),
        choices=choices,
        cards=[_card(found, scope)],
    )


def _figures(found: Funnel, before: Funnel) -> Iterator[Figure]:
    yield Figure(
        _("New leads"), number(found.leads), change(found.leads, before.leads),
        tone(found.leads, before.leads),
    )  # fmt: skip
    yield Figure(
        _("Won"), number(found.won), change(found.won, before.won), tone(found.won, before.won),
        _("%(share)s of the leads") % {"share": share(found.won, found.leads) or "0%"},
    )  # fmt: skip
    yield Figure(
        _("Lost"), number(found.given_up), change(found.given_up, before.given_up),
        tone(found.given_up, before.given_up, less=True),
        _("%(share)s of the leads") % {"share": share(found.given_up, found.leads) or "0%"},
    )  # fmt: skip
    if found.gone:
        yield Figure(_("In another pipeline now"), number(found.gone))


def _card(found: Funnel, scope: Scope) -> Card:
    charted = [
        Bar(
            _name(one.stage),
            (one.reached,),
            number(one.reached),
            _("%(share)s of the last") % {"share": part} if part else "",
        )
        for one, part in zip(found.steps, _shares(found), strict=True)
    ]
    said = ", ".join(f"{_name(one.stage)} {one.reached}" for one in found.steps)
    return Card(
        title=_("Funnel by stage"),
        hint=_("leads that came in these days: who reached a stage or further"),
        chart=bars(charted, said=_("Funnel by stage: %(each)s") % {"each": said}),
        sheet=Sheet(
            key="stages",
            heads=[
                _("Stage"), _("Reached"), _("Of the last"), _("Of all"), _("Are there now"),
                _("Time to reach, median"),
            ],
            units=["", "", "%", "%", "", _("s")],
            rows=[
                *(
                    _row(one, found, scope, part)
                    for one, part in zip(found.steps, _shares(found), strict=True)
                ),
                *(_row(one, found, scope, "") for one in found.lost),
            ],
        ),
    )  # fmt: skip


def _shares(found: Funnel) -> Iterator[str]:
    """Of who reached the stage before."""
    last = 0
    for one in found.steps:
        yield share(one.reached, last)
        last = one.reached


def _row(one: Passed, found: Funnel, scope: Scope, part: str) -> Sequence[Cell]:
    name = _name(one.stage)
    steps = one.stage.kind != "lost"
    of_all = share(one.reached, found.leads) if steps else ""
    return [
        Cell(name, name),
        counted(one.reached) if steps else Cell(None, ""),
        Cell(_number(part), part),
        Cell(_number(of_all), of_all),
        counted(one.here, _list(one.stage, scope)),
        Cell(one.median, took(one.median) if one.median else ""),
    ]


def _number(percent: str) -> int | None:
    return int(percent.removesuffix("%")) if percent else None


def _list(stage: Stage, scope: Scope) -> str:
    if scope.team is not None:
        return ""  # the list knows no team
    whose = {"owner": [scope.person.id]} if scope.alone else {}
    days = {"created_from": scope.span.first, "created_to": scope.span.last}
    return scope.view.but(stage=[stage.key], **days, **whose).at()


def _name(stage: Stage) -> str:
    return stage.name(reader().locale)
