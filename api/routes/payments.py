"""The ledger on the card: read, posted by hand, corrected and reversed with a reason."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api import ledger, messenger
from api.deps import Db, LeadId, Now, SignedIn, require, settings, worded
from api.driving import Talker
from api.language import local
from api.rendering import render
from models.database import Database
from models.errors import Missing, Refused
from models.lead.lead import Lead
from models.payment import LONGEST_REASON, Kind, Payment, Source
from models.queries.card import seen_lead
from models.queries.ledger import postings
from models.queries.people import named
from models.settings import Settings
from models.user import Role, User

router = APIRouter(prefix="/leads/{lead_id}/payments", dependencies=[Depends(worded)])

CORRECTS = (Role.TEAM_LEAD, Role.ADMIN)
Corrector = Annotated[User, Depends(require(*CORRECTS))]
Chosen = Annotated[Settings, Depends(settings)]
Typed = Annotated[str, Form(max_length=ledger.LONGEST_TYPED)]
Reason = Annotated[str, Form(max_length=LONGEST_REASON * 4)]
USUAL = "USD"


@router.get("")
async def index(
    request: Request,
    data: Db,
    person: SignedIn,
    lead_id: LeadId,
    below: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await _rows(session, lead, person, below=below)
    return render(request, "leads/_payment_rows", lead=lead, **around)


@router.get("/new")
async def new(
    request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId, currency: str = USUAL
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
    return render(
        request, "leads/_payment_form", lead=lead, posted=None, key=uuid4().hex,
        paid_at=local(now), chosen=currency, most=local(now),
    )  # fmt: skip


@router.post("")
async def create(
    request: Request,
    data: Db,
    person: Talker,
    now: Now,
    chosen: Chosen,
    lead_id: LeadId,
    key: Annotated[str, Form(pattern="^[0-9a-f]{32}$")],
    kind: Annotated[Kind, Form()],
    amount: Typed = "",
    currency: Typed = "",
    paid_at: Typed = "",
) -> Response:
    """The form's key posts once, however often it is pressed."""
    much, code, moment = ledger.posting(amount, currency, paid_at, now=now)
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.record_payment(
            kind, amount=much, currency=code, paid_at=moment, source=Source.HAND,
            source_id=f"{lead_id}:{key}", by=person.actor,
        )  # fmt: skip
    return await _paid(request, data, person, chosen, lead_id)


@router.get("/{number}/correction")
async def edit(
    request: Request, data: Db, person: Corrector, now: Now, lead_id: LeadId, number: LeadId
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        posted = await _posted(session, lead, number)
    return render(
        request, "leads/_payment_form", lead=lead, posted=posted, key="",
        paid_at=local(posted.paid_at), chosen=posted.currency, most=local(now),
    )  # fmt: skip


@router.put("/{number}")
async def update(
    request: Request,
    data: Db,
    person: Corrector,
    now: Now,
    chosen: Chosen,
    lead_id: LeadId,
    number: LeadId,
    amount: Typed = "",
    currency: Typed = "",
    paid_at: Typed = "",
    reason: Reason = "",
) -> Response:
    much, code, moment = ledger.posting(amount, currency, paid_at, now=now)
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        posted = await work.session.get(Payment, number)
        if posted and moment == posted.paid_at.replace(second=0, microsecond=0):
            moment = posted.paid_at  # a form shows no seconds
        await lead.correct_payment(
            number, amount=much, currency=code, paid_at=moment, by=person.actor, reason=reason
        )
    return await _paid(request, data, person, chosen, lead_id)


@router.get("/{number}/reversal")
async def ask(
    request: Request, data: Db, person: Corrector, lead_id: LeadId, number: LeadId
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        posted = await _posted(session, lead, number)
    return render(request, "leads/_payment_reversal", lead=lead, posted=posted)


@router.post("/{number}/reversal")
async def reverse(
    request: Request,
    data: Db,
    person: Corrector,
    chosen: Chosen,
    lead_id: LeadId,
    number: LeadId,
    reason: Reason = "",
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.reverse_payment(number, by=person.actor, reason=reason)
    return await _paid(request, data, person, chosen, lead_id)


async def _posted(session: AsyncSession, lead: Lead, number: int) -> Payment:
    posted = await session.get(Payment, number)
    if posted is None or posted.lead_id != lead.id:
        raise Missing("There is no such payment")
    if posted.corrects_id is not None:
        raise Refused("A reversal is not corrected: post the payment anew")
    return posted


async def _rows(
    session: AsyncSession, lead: Lead, person: User, *, below: int | None = None
) -> dict[str, Any]:
    found = await postings(session, lead.id or 0, below=below)
    actors = {actor for one in found.rows for actor in (one.by, one.undone_by)}
    return {
        "postings": found, "names": await named(session, actors),
        "may_correct": person.role in CORRECTS,
    }  # fmt: skip


async def _paid(
    request: Request, data: Database, person: User, chosen: Settings, lead_id: int
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        around = await messenger.state(session, lead, person, chosen)
        rows = await _rows(session, lead, person)
    return render(request, "leads/_paid", **(around | rows))
