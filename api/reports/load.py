"""Load: what each person has on the desk now, and who waits for them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.charts import Bar, bars
from api.language import duration, full, local, number
from api.language import gettext as _
from api.reports.question import Question
from api.reports.sheet import Card, Cell, Figure, Report, Sheet, counted
from models.queries.reports.load import LONG, TOO_LONG, Load, everything, load
from models.queries.reports.scope import Scope
from models.queries.view import NOBODY, Archive, Promised, Tab

CHARTED = 12


async def report(session: AsyncSession, scope: Scope, asked: Question) -> Report:
    loads = await load(session, scope)
    if not loads:
        return Report(nothing=(_("Nobody has a lead here"), _("Choose another filter, or none.")))
    waiting = [one for one in loads if one.waiting][:CHARTED]
    chart = bars(
        [
            Bar(
                _name(one),
                (one.too_long, one.long - one.too_long, one.waiting - one.long),
                number(one.waiting),
                duration(scope.now - one.since) if one.since else "",
            )
            for one in waiting
        ],
        said=_("Waiting now: %(each)s")
        % {"each": ", ".join(f"{_name(one)} {one.waiting}" for one in waiting)},
        legend=(_("over 30 min"), _("10 to 30 min"), _("less")),
    )
    heads = [
        _("Manager"), _("Leads"), _("Manual"), _("Unread"), _("Waiting"), _("Longest"),
        _("Over 10 min"), _("Over 30 min"), _("Tasks overdue"), _("On shift since"),
    ]  # fmt: skip
    together = everything(loads)
    return Report(
        figures=list(_figures(together, scope)),
        cards=[
            Card(
                title=_("Who waits for whom"),
                hint=_("the longest wait on the right") if waiting else "",
                chart=chart if waiting else None,
                sheet=Sheet(
                    key="people",
                    heads=heads,
                    units=["", "", "", "", "", _("s")],
                    rows=[_row(one, scope) for one in loads],
                    total=_row(together, scope, _("Together")) if len(loads) > 1 else None,
                ),
            )
        ],
    )


def _figures(all_: Load, scope: Scope) -> Iterator[Figure]:
    def where(**filters: Any) -> str:
        return _list(None, scope, **filters)

    yield Figure(_("Leads"), number(all_.leads), href=where(), hint=_("outside of the archive"))
    yield Figure(_("Led by people"), number(all_.manual), href=where(tab=Tab.MANUAL))
    yield Figure(_("Unread"), number(all_.unread), href=where(tab=Tab.UNREAD))
    longest = duration(scope.now - all_.since) if all_.since else ""
    yield Figure(
        _("Waiting now"), number(all_.waiting), href=where(waiting=0),
        hint=_("the longest %(time)s") % {"time": longest} if longest else "",
    )  # fmt: skip
    yield Figure(
        _("Waiting over 30 min"), number(all_.too_long),
        href=where(waiting=_minutes(TOO_LONG)), tone="bad" if all_.too_long else "",
    )  # fmt: skip


def _row(one: Load, scope: Scope, called: str = "") -> Sequence[Cell]:
    whose = None if called else (one.who.id if one.who else NOBODY)
    name = called or _name(one)
    waited = scope.now - one.since if one.since else None
    tone = "bad" if one.too_long else "warn" if one.long else ""
    return [
        Cell(name, name, _list(whose, scope) if one.leads else ""),
        counted(one.leads, _list(whose, scope)),
        counted(one.manual, _list(whose, scope, tab=Tab.MANUAL)),
        counted(one.unread, _list(whose, scope, tab=Tab.UNREAD)),
        counted(one.waiting, _list(whose, scope, waiting=0)),
        Cell(waited, duration(waited) if waited else "", tone=tone),
        counted(one.long, _list(whose, scope, waiting=_minutes(LONG)), "warn"),
        counted(one.too_long, _list(whose, scope, waiting=_minutes(TOO_LONG)), "bad"),
        counted(one.overdue, _list(whose, scope, task=Promised.OVERDUE), "bad"),
        Cell(
            local(one.at_work).replace(tzinfo=None) if one.at_work else None,
            full(one.at_work) if one.at_work else "",
        ),
    ]


def _list(whose: int | None, scope: Scope, **filters: Any) -> str:
    if scope.team is not None:
        return ""  # the list knows no team
    if whose is None and scope.alone:
        whose = scope.person.id
    owner = {} if whose is None else {"owner": [whose]}
    return scope.view.but(archive=Archive.OPEN, **owner, **filters).at()


def _minutes(span: Any) -> int:
    return int(span.total_seconds() // 60)


def _name(one: Load) -> str:
    return one.who.name if one.who else _("nobody's")
