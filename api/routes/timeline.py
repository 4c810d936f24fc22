"""All that happened to a lead: a page with a filter, and the same as a file."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from api import timeline as told
from api.cast import cast
from api.days import day
from api.deps import Db, LeadId, SignedIn, worded
from api.language import midnight, reader, reading
from api.rendering import render, wants_fragment
from api.reports.sheet import BOM, plain
from models.database import Database
from models.errors import Refused
from models.lead.lead import Lead
from models.queries import timeline
from models.queries.bubbles import Line
from models.queries.card import seen_lead
from models.queries.desk import Desk, desk
from models.queries.timeline import ACTORS, GROUPS, Question
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/timeline", dependencies=[Depends(worded)])

Place = Annotated[int | None, Query(ge=1, le=2**62)]
AT_ONCE = 500  # lines of a file that are read together
COLUMNS = ("at", "seq", "group", "kind", "who", "said", "text", "actor")


class Sought:
    """What a page asks for, by its address; days are the reader's."""

    def __init__(
        self,
        group: Annotated[list[str] | None, Query(max_length=20)] = None,
        actor: Annotated[str, Query(max_length=40)] = "",
        since: Annotated[str, Query(max_length=10)] = "",
        until: Annotated[str, Query(max_length=10)] = "",
    ) -> None:
        self.groups, self.actor, self.since, self.until = group or [], actor, since, until
        known = actor in ("", *ACTORS) or actor.startswith("user:")
        if not known or not set(self.groups) <= set(GROUPS):
            raise Refused("There is no such choice")
        first, last = day(since), day(until)
        self.question = Question(
            groups=frozenset(self.groups), actor=actor,
            since=midnight(first) if first else None,
            until=midnight(last + timedelta(days=1)) if last else None,
        )  # fmt: skip

    def address(self, **other: object) -> str:
        said = {"actor": self.actor, "since": self.since, "until": self.until} | other
        pairs = [("group", one) for one in self.groups]
        return urlencode([*pairs, *((name, value) for name, value in said.items() if value)])


Asked = Annotated[Sought, Depends()]


@router.get("")
async def index(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, asked: Asked, after: Place = None
) -> Response:
    """The page, or what happened before that."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        found = await timeline.page(session, lead_id, asked.question, after=after)
        around = await desk(session)
        who = await cast(session, lead, around, [Line(event=one.event) for one in found.happened])
        people = [] if after else await timeline.people(session, lead_id)
    entries = [told.entry(one, who) for one in found.happened]
    template = "timeline/_entries" if after else "timeline/index"
    if after is None and wants_fragment(request):
        template = "timeline/_found"
    return render(
        request, template, lead=lead, entries=entries, after=found.after, asked=asked,
        groups=told.groups(), actors=told.actors(),
        people=sorted((who.who(one), one) for one in people),
    )  # fmt: skip


@router.get("/export")
async def export(
    data: Db,
    person: SignedIn,
    lead_id: LeadId,
    asked: Asked,
    form: Annotated[Literal["csv", "json"], Query()] = "csv",
) -> Response:
    """The same lines, all of them, made while they are downloaded."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await desk(session)
    rows = _rows(data, person, lead, around, asked.question)
    body = _as_csv(rows, russian=reader().locale == "ru") if form == "csv" else _as_json(rows)
    headers = {
        "Content-Disposition": f'attachment; filename="leadloom-timeline-{lead_id}.{form}"',
        "Cache-Control": "no-store",
    }
    mime = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    return StreamingResponse(body, headers=headers, media_type=mime)


async def _rows(
    data: Database, person: User, lead: Lead, around: Desk, asked: Question
) -> AsyncIterator[dict[str, Any]]:
    """Worded for who asks: a body is made when the request's own reading is over. Ends where the
    lead is not theirs to see any more."""
    seen_as, after = reader(), None
    while True:
        async with data.reading() as session:
            lead = await seen_lead(session, lead.id, person)
            found = await timeline.page(session, lead.id, asked, after=after, size=AT_ONCE)
            who = await cast(
                session, lead, around, [Line(event=one.event) for one in found.happened]
            )
        with reading(seen_as):
            rows = [told.exported(one, who) for one in found.happened]
        for row in rows:
            yield row
        if (after := found.after) is None:
            return


async def _as_csv(rows: AsyncIterator[dict[str, Any]], *, russian: bool) -> AsyncIterator[str]:
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";" if russian else ",")
    lines.write(BOM)
    writer.writerow(COLUMNS)
    async for row in rows:
        writer.writerow(plain(row[name], russian=russian) for name in COLUMNS)
        yield lines.getvalue()
        lines.seek(0)
        lines.truncate()
    yield lines.getvalue()


async def _as_json(rows: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    begun = "["
    async for row in rows:
        yield begun + json.dumps(row, ensure_ascii=False, default=str)
        begun = ",\n"
    yield "[]" if begun == "[" else "]"
