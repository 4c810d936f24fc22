"""Who and what a conversation's lines speak of, named for the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.language import gettext as _
from api.language import reader
from api.words import in_words
from models.lead.lead import Lead
from models.process.language import Process
from models.process.version import definition_of, newest
from models.queries.card import stages
from models.queries.conversation import Bubble, Item, Line
from models.queries.people import named
from models.stage import Stage, Tag
from models.timeline import CLIENT, ENGINE, TELEGRAM


@dataclass(frozen=True, kw_only=True)
class Cast:
    """`processes` are definitions by key: the lead's own version, else the newest."""

    lead: Lead
    names: Mapping[str, str]
    stages: Mapping[str, Stage]
    hues: Mapping[str, int]
    processes: Mapping[str, Process]

    def who(self, actor: str | None) -> str:
        if actor == CLIENT:
            return self.lead.first_name or self.lead.name
        if actor == TELEGRAM:
            return "Telegram"
        if actor is None or actor == ENGINE or actor.startswith("process:"):
            return _("Robot")
        return self.names.get(actor) or (
            _("Robot") if actor.startswith("robot:") else _("somebody")
        )

    def user(self, number: int | None) -> str:
        return self.names.get(f"user:{number}", _("somebody")) if number else _("nobody")

    def step(self, actor: str) -> str:
        """The step that spoke, of `process:first_contact/ask`; empty for everybody else."""
        kind, _colon, place = actor.partition(":")
        process, _slash, step = place.partition("/")
        return self.title(process, step) if kind == "process" else ""

    def title(self, process: str | None, step: str | None) -> str:
        definition = self.processes.get(process or "")
        return step_title(definition, step)

    def process(self, key: str | None) -> str:
        definition = self.processes.get(key or "")
        return in_words(definition.title, key or "") if definition else key or ""

    def stage(self, key: str | None) -> str:
        found = self.stages.get(key or "")
        return found.name(reader().locale) if found else key or ""


def step_title(definition: Process | None, step: str | None) -> str:
    found = definition.steps.get(step or "") if definition else None
    return in_words(found.title, step or "") if found else step or ""


async def cast(session: AsyncSession, lead: Lead, items: Sequence[Item] = ()) -> Cast:
    """Everybody these items name. Only lines speak of stages and tags."""
    actors = {lead.mode_by, lead.last_author}
    keys = {lead.process_key}
    lines = any(isinstance(item, Line) for item in items)
    for item in items:
        match item:
            case Bubble(messages=messages, reply=reply):
                actors |= {one.author for one in messages} | ({reply.author} if reply else set())
                actors |= {each.get("by") for one in messages for each in one.reactions}
            case Line(event=event):
                actors.add(event.actor)
                keys.add(event.particulars.get("process"))
                for side in ("before", "after"):
                    actors.add(f"user:{event.particulars.get(side)}")
    keys |= {(one or "").partition(":")[2].partition("/")[0] for one in actors
             if (one or "").startswith("process:")}  # fmt: skip
    if lead.owner_id:
        actors.add(f"user:{lead.owner_id}")
    tags = await session.execute(select(col(Tag.name), col(Tag.hue))) if lines else ()
    return Cast(
        lead=lead,
        names=await named(session, actors),
        stages={stage.key: stage for stage in await stages(session)} if lines else {},
        hues={row[0]: row[1] for row in tags},
        processes={
            key: found for key in keys if key and (found := await _process(session, lead, key))
        },
    )


async def _process(session: AsyncSession, lead: Lead, key: str) -> Process | None:
    number = lead.version if key == lead.process_key else await newest(session, key)
    return await definition_of(session, key, number) if number else None
