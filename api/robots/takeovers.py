"""Taking a lead over from its process, and giving it back."""

from datetime import timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response

from api.deps import Db, LeadId, Now, settings
from api.robots.bearer import Driver
from api.robots.leads import now_is
from api.robots.problems import ANSWERS, OUTRUN
from api.robots.shapes import GiveBackAsked, LeadTold, TakeoverAsked, TakeoverTold, leaving
from api.wire import what_left
from models.errors import Outrun, Refused
from models.lead.lead import Lead
from models.queries.card import process_of
from models.settings import Settings
from models.token import TokenCall

router = APIRouter(
    prefix="/leads/{lead_id}/takeover", tags=["takeover"], responses=ANSWERS | OUTRUN
)

LONGEST_PAUSE = timedelta(days=366)

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", pattern=r"^[!-~]{1,200}$",
        description="a repeat with the same key takes nothing over again, for two days",
    ),
]  # fmt: skip


@router.post("")
async def create(
    robot: Driver,
    data: Db,
    now: Now,
    chosen: Annotated[Settings, Depends(settings)],
    lead_id: LeadId,
    response: Response,
    asked: TakeoverAsked | None = None,
    key: Key = None,
) -> TakeoverTold:
    """Take the lead over: after the answer no automatic message leaves but those it names.

    Taken over already, with the same end: nothing happens. It waits up to three seconds for what
    is on the wire.
    """
    asked = asked or TakeoverAsked()
    if asked.until is not None and not now < asked.until <= now + LONGEST_PAUSE:
        raise Refused("The end of the pause is past, or more than a year away")
    digest = sha256(f"takeover {lead_id} {asked.model_dump_json()}".encode()).digest()
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        before = await TokenCall.earlier(work.session, robot, key, asked=digest) if key else None
        if before is None:
            _not_outrun(lead, asked.move)
            on_the_wire = await lead.take_over(by=robot.actor, now=now, until=asked.until)
            ids = [message.id or 0 for message in on_the_wire]
            if key:
                await TokenCall.remember(
                    work, robot, key, asked=digest, answered={"leaving": ids}, now=now
                )
        else:
            ids = before["leaving"]
            response.headers["Idempotency-Replayed"] = "true"
    left = await what_left(data, lead_id, ids, within=chosen.takeover_wait)
    return TakeoverTold(lead=await now_is(data, lead_id), leaving=[leaving(one) for one in left])


@router.delete("")
async def destroy(
    robot: Driver, data: Db, now: Now, lead_id: LeadId, asked: Annotated[GiveBackAsked, Query()]
) -> LeadTold:
    """Give the lead back to its process. A lead that the process leads already stays as it is."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        _not_outrun(lead, asked.move)
        definition, state = await process_of(work.session, lead), lead.state
        if definition is None or state is None:
            raise Refused("This lead has no process to go on with")
        heard = await lead.unanswered(now=now) if asked.read else []
        await lead.give_back(
            by=robot.actor, now=now, at=asked.at, definition=definition,
            facts=await lead.facts(state, heard), read=heard,
        )  # fmt: skip
    return await now_is(data, lead_id)


def _not_outrun(lead: Lead, seen: int | None) -> None:
    if seen is not None and lead.move != seen:
        raise Outrun("The lead has moved on since you looked")
