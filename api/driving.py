"""A command about who leads, from the page that gave it to the answer it gets.

Every command carries the `move` that its page had seen. A lead that has moved on since is not
commanded: the answer is 409 with the state as it is now.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from fastapi import Depends, Form, Request
from starlette.responses import Response

from api import messenger, words
from api.deps import Db, LeadId, Now, Seen, require, settings
from api.language import gettext as _
from api.rendering import render
from api.wire import what_left
from models.database import Work
from models.errors import LeadloomError, Outrun, Refused
from models.giving_back import give_back, start_another
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.message import Message, State
from models.process.interpreter import NoSuchPlace
from models.process.language import Process
from models.process.state import Heard
from models.queries.card import process_of, seen_lead
from models.queries.people import TALKING
from models.settings import Settings
from models.user import User

Talker = Annotated[User, Depends(require(*TALKING))]
Chosen = Annotated[Settings, Depends(settings)]
Verb = Callable[[Work, Lead], Awaitable[Sequence[Message] | None]]

NAMED = 60  # characters of a message by which an answer names it


class Command:
    """Who commands which lead, and what their page knew of it."""

    def __init__(
        self,
        request: Request,
        data: Db,
        person: Talker,
        now: Now,
        chosen: Chosen,
        lead_id: LeadId,
        seen: Seen,
    ) -> None:
        self.request, self.data, self.person, self.now = request, data, person, now
        self.chosen, self.lead_id, self.seen = chosen, lead_id, seen

    async def carried_out(self, verb: Verb, *, whatever_the_robot_does: bool = False) -> Response:
        """The state after it. A verb may return messages that were on their way already: they are
        waited for a little, and named. While the robot leads it may speak quicker than a person
        presses: `whatever_the_robot_does`, only another person's command outruns this one."""
        problem, leaving, status = "", "", 200
        try:
            async with self.data.unit_of_work() as work:
                lead = await work.locked_lead(self.lead_id, visible_to=self.person)
                if not (whatever_the_robot_does and lead.mode == Mode.AUTO):
                    not_outrun(lead, self.seen)
                on_the_wire = await verb(work, lead)
            ids = [message.id for message in on_the_wire or ()]
            left = await what_left(self.data, self.lead_id, ids, within=self.chosen.takeover_wait)
            leaving = _told(left)
        except (Outrun, Refused) as error:
            problem, status = said(error), error.status
        except NoSuchPlace:
            problem, status = _("The process has no such step"), Refused.status
        async with self.data.reading() as session:
            lead = await seen_lead(session, self.lead_id, self.person)
            around = await messenger.state(session, lead, self.person, self.chosen)
        around |= {"leaving": leaving, "problem": problem}
        return render(self.request, "leads/_state", status=status, **around)


@dataclass(frozen=True)
class Onward:
    """Where a process goes on: `at` is same, next, start, step or process; `read` are the seqs of
    what its step reads, None what nobody has answered."""

    at: str
    step: str = ""
    process: str = ""
    read: Sequence[int] | None = None

    async def go_on(self, work: Work, lead: Lead, *, by: User, now: datetime) -> None:
        """Raises Refused."""
        if self.at == "process":
            await start_another(work, lead, self.process, by=by.actor, now=now)
            return
        heard = None
        if self.read is not None:
            _definition, heard = await what_is_read(work, lead, self.read, now=now)
        at = self.step if self.at == "step" else self.at
        await give_back(work, lead, by=by.actor, now=now, at=at, read=heard)


class Back(NamedTuple):
    """The process goes on after an answer; `seen` is the `move` of the page that chose where."""

    onward: Onward
    seen: int | None


def back_after(
    back: Annotated[str, Form(pattern="^(|same|next|start|step|process)$")] = "",
    step: Annotated[str, Form(max_length=64)] = "",
    process: Annotated[str, Form(max_length=64)] = "",
    read: Annotated[Sequence[int], Form(max_length=1000)] = (),
    move: Annotated[int | None, Form(ge=0)] = None,
) -> Back | None:
    """Without a `move` nothing was chosen."""
    chosen = Onward(back, step, process, read if move is not None else None)
    return Back(chosen, move) if back else None


def not_outrun(lead: Lead, seen: int | None) -> None:
    """Raises Outrun unless the lead stands at the `move` that the page had seen."""
    if seen is not None and lead.move != seen:
        raise Outrun("The lead has moved on since you looked")


def said(error: LeadloomError) -> str:
    sentence = _(error.sentence)
    return sentence % error.particulars if error.particulars else sentence


async def what_is_read(
    work: Work, lead: Lead, chosen: Sequence[int], *, now: datetime
) -> tuple[Process, list[Heard]]:
    """The lead's definition, and the chosen ones of what the client wrote meanwhile."""
    definition = await process_of(work.session, lead)
    if definition is None or lead.state is None:
        raise Refused("This lead has no process to go on with")
    wanted = set(chosen)
    return definition, [one for one in await lead.meanwhile(now=now) if one.seq in wanted]


def _told(left: Sequence[Message]) -> str:
    """In words, where they may have arrived."""
    gone = ", ".join(_named(one) for one in left if one.state in (State.SENT, State.UNKNOWN))
    still = ", ".join(_named(one) for one in left if one.state == State.SENDING)
    told = [_("Left already: %(what)s") % {"what": gone}] if gone else []
    told += [_("Still on the way: %(what)s") % {"what": still}] if still else []
    return ". ".join(told)


def _named(message: Message) -> str:
    said = (message.text or words.media(message.kind)).split("\n")[0]
    return _("“%(words)s”") % {"words": said if len(said) <= NAMED else f"{said[:NAMED]}…"}
