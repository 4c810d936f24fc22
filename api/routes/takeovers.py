"""Who leads: taking a lead over, giving it back, pausing, skipping, starting, stopping."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import messenger
from api.cast import cast, step_title
from api.deps import Db, LeadId, Now, SignedIn, worded
from api.driving import Chosen, Command, Onward, Talker, what_is_read
from api.rendering import render
from models.database import Work
from models.errors import Missing, Refused
from models.giving_back import start_another
from models.lead.lead import Lead
from models.message import Message
from models.process.interpreter import NoSuchPlace
from models.process.language import Process
from models.process.state import Heard
from models.queries.card import process_of, seen_lead
from models.queries.desk import desk
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}", dependencies=[Depends(worded)])

Given = Annotated[Command, Depends()]
Key = Annotated[str, Query(max_length=64)]
Read = Annotated[list[int] | None, Query(max_length=1000)]
MORNING = time(9)


@router.post("/takeover")
async def create(given: Given) -> Response:
    """No automatic message leaves after this; the answer names those that were on their way."""

    async def take_over(_work: Work, lead: Lead) -> Sequence[Message]:
        return await lead.take_over(by=given.person.actor, now=given.now)

    return await given.carried_out(take_over, whatever_the_robot_does=True)


@router.delete("/takeover")
async def destroy(
    given: Given, at: Key = "same", step: Key = "", process: Key = "", read: Read = None
) -> Response:
    """Gives the lead back: at the same step, the next, the start, a named one, another process."""

    async def give_back(work: Work, lead: Lead) -> None:
        onward = Onward(at, step, process, read or ())
        await onward.go_on(work, lead, by=given.person, now=given.now)

    return await given.carried_out(give_back)


@router.get("/takeover/end")
async def edit(
    request: Request, data: Db, person: Talker, now: Now, chosen: Chosen, lead_id: LeadId
) -> Response:
    """The chooser of give back, in the card."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
        process = await process_of(session, lead)
        if process is not None and lead.mode == "manual":
            work = Work(session)
            around["chooser"] = await messenger.chooser(work, lead, process, now=now)
            heard = await lead.unanswered(now=now)
            around |= await _outlook(work, lead, process, at="same", read=heard, now=now)
    return render(request, "leads/_process", **around)


@router.get("/takeover/answer")
async def answer(request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId) -> Response:
    """Before an answer that gives the lead back: a chooser when the process would say something at
    once where it stands, or could not go on there; else nothing is asked."""
    async with data.reading() as session:
        lead, work = await seen_lead(session, lead_id, person), Work(session)
        process = await process_of(session, lead)
        if process is None or lead.step is None:
            raise Refused("This lead has no process to go on with")
        around: dict[str, Any] = {"lead": lead, "outlook": None, "path": f"/leads/{lead_id}"}
        heard = await lead.unanswered(now=now, but_words=True)
        with suppress(NoSuchPlace):
            around["outlook"] = seen = await messenger.outlook(
                work, lead, process, at="same", read=heard, now=now
            )
            around["outlook_step"] = step_title(process, seen.state.step)
            if seen.quiet:
                return render(request, "leads/_straight")
        known = await desk(session)
        chooser = await messenger.chooser(work, lead, process, now=now)
        ticked = frozenset(one.seq for one in heard)
        around |= {"chooser": replace(chooser, read=ticked), "startable": known.processes,
                   "cast": await cast(session, lead, known, ())}  # fmt: skip
    return render(request, "leads/_answer_back", **around)


@router.get("/takeover/preview")
async def preview(
    request: Request,
    data: Db,
    person: Talker,
    now: Now,
    lead_id: LeadId,
    at: Key = "same",
    step: Key = "",
    process: Key = "",
    read: Read = None,
) -> Response:
    """What would happen at once with what is chosen now."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        work = Work(session)
        if at == "process":
            around = await _outlook_of_another(work, lead, process, now=now)
        else:
            definition, heard = await what_is_read(work, lead, read or (), now=now)
            place = step if at == "step" else at
            around = await _outlook(work, lead, definition, at=place, read=heard, now=now)
    return render(request, "leads/_preview", **around)


@router.post("/pause")
async def pause(
    given: Given, span: Annotated[str, Query(pattern="^(15|60|morning|longer)$")]
) -> Response:
    """A person leads for a while; then the process goes on by itself. `longer` adds an hour."""

    async def take_over(_work: Work, lead: Lead) -> Sequence[Message]:
        until = _until(span, lead, given.person, now=given.now)
        return await lead.take_over(by=given.person.actor, now=given.now, until=until)

    return await given.carried_out(take_over)


@router.delete("/wait")
async def skip(given: Given) -> Response:
    async def skip_wait(work: Work, lead: Lead) -> None:
        definition = await process_of(work.session, lead)
        if definition is None or lead.state is None:
            raise Refused("There is no wait to skip")
        facts = await lead.facts(lead.state)
        await lead.skip_wait(
            by=given.person.actor, now=given.now, definition=definition, facts=facts
        )

    return await given.carried_out(skip_wait)


@router.get("/process")
async def show(
    request: Request, data: Db, person: SignedIn, chosen: Chosen, lead_id: LeadId
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
    return render(request, "leads/_process", **around)


@router.get("/process/new")
async def new(
    request: Request, data: Db, person: Talker, now: Now, chosen: Chosen, lead_id: LeadId, key: Key
) -> Response:
    """Before another process is started: what it says at once."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
        around |= await _outlook_of_another(Work(session), lead, key, now=now)
    around["starting"] = next(one for one in around["startable"] if one.key == key)
    return render(request, "leads/_process", **around)


@router.post("/process")
async def start(given: Given, key: Key) -> Response:
    return await given.carried_out(
        lambda work, lead: start_another(work, lead, key, by=given.person.actor, now=given.now)
    )


@router.delete("/process")
async def stop(given: Given) -> Response:
    return await given.carried_out(
        lambda _work, lead: lead.stop(by=given.person.actor, now=given.now)
    )


async def _outlook(
    work: Work, lead: Lead, process: Process, *, at: str, read: Sequence[Heard], now: datetime
) -> dict[str, Any]:
    try:
        found = await messenger.outlook(work, lead, process, at=at, read=read, now=now)
    except NoSuchPlace as error:
        raise Refused("The process has no such step") from error
    return {"outlook": found, "outlook_step": step_title(process, found.state.step)}


async def _outlook_of_another(work: Work, lead: Lead, key: str, *, now: datetime) -> dict[str, Any]:
    found = await messenger.outlook_of_another(work, lead, key, now=now)
    if found is None:
        raise Missing("There is no such process")
    process, seen = found
    return {"outlook": seen, "outlook_step": step_title(process, seen.state.step)}


def _until(span: str, lead: Lead, person: User, *, now: datetime) -> datetime:
    if span == "longer":
        return max(lead.manual_until or now, now) + timedelta(minutes=60)
    if span == "morning":
        there = now.astimezone(ZoneInfo(person.time_zone))
        return datetime.combine(there.date() + timedelta(days=1), MORNING, tzinfo=there.tzinfo)
    return now + timedelta(minutes=int(span))
