"""Who and what a conversation's lines speak of, named for the reader."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api import contact
from api.language import gettext as _
from api.language import reader
from api.words import in_words
from models.lead.lead import Lead
from models.process.language import Process
from models.process.version import definition_of
from models.queries.conversation import Bubble, Item, Line
from models.queries.desk import Desk
from models.stage import Stage
from models.timeline import CLIENT, ENGINE, TELEGRAM


@dataclass(frozen=True, kw_only=True)
class Cast:
    """`processes` are definitions by key: the lead's own version, else the newest."""

    lead: Lead
    names: Mapping[str, str]
    stages: Mapping[str, Stage]
    hues: Mapping[str, int]
    processes: Mapping[str, Process]
    desk: Desk

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

    def field(self, name: str) -> str:
        return contact.title(self.desk, name)

    def value(self, name: str, value: str) -> str:
        found = self.desk.own_field(name) if name.startswith("fields.") else None
        kind = found.kind if found else name
        return contact.said(kind, value)


def step_title(definition: Process | None, step: str | None) -> str:
    found = definition.steps.get(step or "") if definition else None
    return in_words(found.title, step or "") if found else step or ""


async def cast(session: AsyncSession, lead: Lead, desk: Desk, items: Sequence[Item] = ()) -> Cast:
    """Everybody these items name."""
    keys = {lead.process_key, *(key for item in items for key in _processes(item))}
    versions = {key: _version(lead, desk, key) for key in keys if key}
    return Cast(
        lead=lead,
        desk=desk,
        names=desk.names,
        stages={stage.key: stage for stage in desk.stages},
        hues={tag.name: tag.hue for tag in desk.tags},
        processes={
            key: await definition_of(session, key, number)
            for key, number in versions.items()
            if number
        },
    )


def names(items: Sequence[Item]) -> bool:
    """Whether they name anybody or anything besides the client."""
    return any(
        isinstance(item, Line)
        or item.reply
        or any(one.author != CLIENT or one.reactions for one in item.messages)
        for item in items
    )


def _processes(item: Item) -> Iterator[str | None]:
    """Those that an item names, or that spoke in it."""
    match item:
        case Bubble(messages=messages, reply=reply):
            actors = [one.author for one in messages] + ([reply.author] if reply else [])
        case Line(event=event):
            actors = [event.actor]
            yield event.particulars.get("process")
    for actor in actors:
        if actor.startswith("process:"):
            yield actor.partition(":")[2].partition("/")[0]


def _version(lead: Lead, desk: Desk, key: str) -> int | None:
    return lead.version if key == lead.process_key else desk.newest(key)
