"""A command about who leads, from the page that gave it to the answer it gets.

Every command carries the `move` that its page had seen. A lead that has moved on since is not
commanded: the answer is 409 with the state as it is now.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from api import messenger, words
from api.deps import Db, LeadId, Now, Seen, require, settings
from api.language import gettext as _
from api.rendering import render
from api.wire import what_left
from models.database import Work
from models.errors import LeadloomError, Outrun, Refused
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

    async def carried_out(self, verb: Verb) -> Response:
        """The state after it. A verb may return messages that were on their way already: they are
        waited for a little, and named."""
        problem, leaving, status = "", "", 200
        try:
            async with self.data.unit_of_work() as work:
                lead = await work.locked_lead(self.lead_id, visible_to=self.person, seen=self.seen)
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
