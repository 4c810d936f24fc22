"""What is said in a chat: pages of it, a new message, and a person's word about one in doubt."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from pydantic import AwareDatetime
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import Response

from api import messenger
from api.cast import cast
from api.deps import Db, Files, LeadId, Now, SignedIn, worded
from api.driving import Back, Talker, back_after, not_outrun
from api.language import duration, midnight
from api.language import gettext as _
from api.rendering import render
from api.routes.media import PATIENCE, attached, dictated
from models.database import Work
from models.errors import Missing, NotAllowed, Outrun, Refused
from models.formatting import MESSAGE_LIMIT, parse_markup, split, utf16_length
from models.lead.content import LONGEST_CAPTION, Content
from models.lead.lead import Lead
from models.media import Media
from models.message import Message, State
from models.queries import conversation, places
from models.queries.card import seen_lead
from models.queries.desk import desk
from models.queries.library import again
from models.queries.people import named
from models.sniffing import LARGEST_FILE
from models.template import attachment
from models.timeline import Action, Event
from models.tool import Tool, tools_of
from models.user import User

router = APIRouter(dependencies=[Depends(worded)])

Place = Annotated[int | None, Query(ge=0, le=2**62)]
LONGEST_TEXT = 20_000
LONGEST_QUOTE = 1024
MOST_FILES = 10
LATEST = timedelta(days=366)
OF_LIBRARY = "media:"
ANSWERS = {State.SENT, State.QUEUED, State.FAILED}


class Page(NamedTuple):
    """What a browser says of the page that a message was written in."""

    key: str
    seen: int
    anyway: bool


@router.get("/leads/{lead_id}/messages")
async def index(
    request: Request,
    data: Db,
    person: SignedIn,
    lead_id: LeadId,
    before: Place = None,
    after: Place = None,
    since: Place = None,
    around: Place = None,
    on: date | None = None,
    unread_from: Place = None,
) -> Response:
    """An older page, a newer one, or what changed since the seq that the page has seen; another
    place of the conversation instead of what is shown: around a message, on a day, its end."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        if since is not None:
            changed = await messenger.changed(session, lead_id, since=since)
            return render(request, "leads/_changes", **(changed or {}))
        if on is not None:
            around = await places.since(session, lead_id, midnight(on))
        if after is not None:
            way, stretch = "newer", await conversation.after(session, lead_id, place=after)
        elif before is not None:
            way, stretch = "older", await conversation.before(session, lead_id, place=before)
        elif around is not None:
            way, stretch = "anew", await conversation.around(session, lead_id, place=around)
        else:
            way, stretch = "anew", await conversation.newest(session, lead_id)
        who = await cast(session, lead, await desk(session), stretch.items)
    return render(
        request, "leads/_stretch", lead=lead, stretch=stretch, cast=who, way=way, sought=around,
        unread_from=unread_from,
    )  # fmt: skip


@router.get("/leads/{lead_id}/messages/found")
async def find(
    data: Db, person: SignedIn, lead_id: LeadId, asked: Annotated[str, Query(alias="q")] = ""
) -> dict[str, list[str] | list[int]]:
    """Where the words stand in this conversation, newest first."""
    words = places.sought(asked)
    async with data.reading() as session:
        await seen_lead(session, lead_id, person)
        return {"words": words, "places": await places.of_words(session, lead_id, words)}


@router.post(
    "/leads/{lead_id}/messages", status_code=204, max_body_size=MOST_FILES * LARGEST_FILE + PATIENCE
)
async def create(
    data: Db,
    person: Talker,
    now: Now,
    storage: Files,
    lead_id: LeadId,
    key: Annotated[UUID, Form()],
    seen: Annotated[int, Form(ge=0)],
    text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
    reply_to: Annotated[int | None, Form(ge=1)] = None,
    quote: Annotated[str | None, Form(max_length=LONGEST_QUOTE)] = None,
    anyway: Annotated[bool, Form()] = False,
    files: Annotated[Sequence[UploadFile], File(max_length=MOST_FILES)] = (),
    kept: Annotated[Sequence[str], Form(max_length=MOST_FILES)] = (),
    voice: Annotated[UploadFile | None, File()] = None,
    preview: Annotated[bool, Form()] = True,
    later: Annotated[AwareDatetime | None, Form()] = None,
    silent: Annotated[bool, Form()] = False,
    back: Annotated[Back | None, Depends(back_after)] = None,
) -> None:
    """`key` is the bubble's id in the browser: said twice it is one message. `seen` is the seq
    that the page had seen: when a colleague has answered since, 409, unless sent `anyway`.
    `kept` are files of templates and of the lead's library, `voice` what was dictated. What is for
    `later` may be for a `silent` client only. With `back` the process goes on after it."""
    if later is not None and not now < later <= now + LATEST:
        raise Refused("Choose a time that is still to come, within a year")
    if later is not None and back is not None:
        raise Refused("The process goes on after an answer that leaves now")
    page = Page(key=str(key), seen=seen, anyway=anyway)
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        # before a file is kept: one that nothing names would lie there for ever
        if (files or voice) and not await is_news(Work(session), lead, person, page, now=now):
            return
        of_templates = [one for one in kept if not one.startswith(OF_LIBRARY)]
        asked = ((Tool.TEMPLATES, of_templates), (Tool.VOICE, voice))
        needed = {tool for tool, given in asked if given}
        if needed and not needed <= await tools_of(session, person):
            raise NotAllowed("Your line or team does not have this tool")
        ready = [await _kept(session, one, person, lead_id=lead_id) for one in kept]
    media = [await attached(file, storage, lead_id=lead_id, person=person) for file in files]
    media += ready
    if voice is not None:
        media.append(await dictated(voice, storage, lead_id=lead_id, person=person))
    said = parse_markup(text.strip())
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        if not await is_news(work, lead, person, page, now=now):
            return
        if back is not None:
            not_outrun(lead, back.seen)
        if reply_to is not None:
            answered = await _message(work, lead, reply_to)
            if quote and quote not in answered.text:
                raise Refused("The quote is not a part of that message")
        content = Content(
            text=said.text, entities=list(said.entities), media=media, reply_to_id=reply_to,
            quote=quote if reply_to else None, link_preview=preview,
            if_silent=silent and later is not None, gives_back=back is not None,
        )  # fmt: skip
        await lead.write(content, by=person, key=page.key, now=now, later=later)
        if back is not None:
            await back.onward.go_on(work, lead, by=person, now=now)


@router.post("/leads/{lead_id}/messages/length")
async def measure(
    person: Talker,
    lead_id: LeadId,
    text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
    files: Annotated[int, Form(ge=0, le=MOST_FILES)] = 0,
) -> dict[str, int]:
    """How long a text is for Telegram, its marks taken out, and how many messages it takes.
    Beside files it is their caption, or goes after them."""
    said = parse_markup(text.strip())
    length = utf16_length(said.text)
    if files:
        most, messages = LONGEST_CAPTION, 1 if length <= LONGEST_CAPTION else 1 + len(split(said))
    else:
        most, messages = MESSAGE_LIMIT, len(split(said))
    return {"length": length, "most": most, "messages": messages}


@router.delete("/leads/{lead_id}/messages/{message_id}", status_code=204)
async def destroy(data: Db, person: Talker, now: Now, lead_id: LeadId, message_id: LeadId) -> None:
    """Takes back what has not left yet."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.withdraw(message_id, by=person.actor, now=now)


@router.post("/leads/{lead_id}/messages/{message_id}/settlement", status_code=204)
async def settle(
    data: Db, person: Talker, now: Now, lead_id: LeadId, message_id: LeadId, answer: State
) -> None:
    """It arrived · send it again · forget it."""
    if answer not in ANSWERS:
        raise Refused("There is no such answer")
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.settle(message_id, answer, by=person.actor, now=now)


async def _kept(session: AsyncSession, name: str, person: User, *, lead_id: int) -> Media:
    """Of the lead's library, else of a template. Raises Missing."""
    number = name.removeprefix(OF_LIBRARY)
    if number == name:
        return await attachment(session, name, person, lead_id=lead_id)
    known = int(number) if number.isdigit() and len(number) < 19 else 0
    return await again(session, known, person, lead_id=lead_id)


async def _message(work: Work, lead: Lead, message_id: int) -> Message:
    message = await work.session.get(Message, message_id)
    if message is None or message.lead_id != lead.id:
        raise Missing("There is no such message")
    return message


async def is_news(work: Work, lead: Lead, person: User, page: Page, *, now: datetime) -> bool:
    """Not when the same was sent before. Raises Refused, Outrun."""
    if lead.blocked_at is not None:
        raise Refused("The client blocked the bot")
    if await lead.written(page.key):
        return False
    if not page.anyway:
        await refuse_if_answered(work, lead, person, seen=page.seen, now=now)
    return True


async def refuse_if_answered(
    work: Work, lead: Lead, person: User, *, seen: int, now: datetime
) -> None:
    """Raises Outrun when a colleague has written since the page was read."""
    query = (
        select(Event)
        .where(
            col(Event.lead_id) == lead.id,
            col(Event.seq) > seen,
            col(Event.kind) == Action.MANAGER_WROTE,
            col(Event.actor) != person.actor,
        )
        .order_by(col(Event.seq).desc())
        .limit(1)
    )
    answer = (await work.execute(query)).scalar_one_or_none()
    if answer is not None:
        names = await named(work.session, [answer.actor])
        raise Outrun(
            "%(name)s answered %(ago)s ago",
            name=names.get(answer.actor) or _("A colleague"),
            ago=duration(now - answer.at),
        )
