"""Giving a lead back to its process, whoever asks: a person, many at once, an answer."""

from collections.abc import Sequence
from datetime import datetime

from models.database import Work
from models.errors import Refused
from models.lead.lead import Lead
from models.process.state import Heard
from models.process.version import definition_of, newest


async def give_back(
    work: Work,
    lead: Lead,
    *,
    by: str,
    now: datetime,
    at: str = "same",
    read: Sequence[Heard] | None = None,
) -> None:
    """Unless told otherwise at the step where it stands, which reads what nobody has answered.
    Raises Refused."""
    state = lead.state
    if state is None:
        raise Refused("This lead has no process to go on with")
    heard = await lead.unanswered(now=now) if read is None else read
    definition = await definition_of(work.session, state.process, state.version)
    await lead.give_back(
        by=by, now=now, at=at, definition=definition, facts=await lead.facts(state, heard),
        read=heard,
    )  # fmt: skip


async def start_another(work: Work, lead: Lead, key: str, *, by: str, now: datetime) -> None:
    """From the first step of its newest version. Raises Refused."""
    number = await newest(work.session, key)
    if number is None:
        raise Refused("There is no such process")
    definition = await definition_of(work.session, key, number)
    await lead.start(definition, version=number, by=by, now=now)
