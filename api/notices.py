"""Notices as a page shows them: the bell's lines, and what tells a page that there is news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from api import sharing, words
from api.formatted import plain
from api.language import gettext as _
from models.notice import KINDS, TROUBLES, Kind, Notice
from models.queries.inbox import Listed
from models.queries.notices import MOST, Noticed, Told, is_for_all, microseconds
from models.queries.people import TALKING
from models.timeline import CLIENT, Action
from models.user import User

MOST_LINES = 3  # of a chat in the bell


@dataclass(frozen=True)
class Line:
    """`place` is where it stands in the conversation; `many` messages are told as one."""

    icon: str
    tone: str
    said: str
    at: datetime
    place: int
    many: int = 1


def news(lead: Listed) -> dict[str, Any] | None:
    """What is new in a chat, for everybody who sees it: whom it concerns their page knows.

    `at` is in microseconds, so that it compares with what was seen.
    """
    calls = {str(one): Kind.TASK for one in lead.reminded}
    calls |= {str(one): Kind.MENTION for one in lead.mentioned if str(one) not in calls}
    if lead.ignored_at or not (lead.unread or lead.notice or calls):
        return None
    return {
        "calls": calls,
        "called": {kind: _called_by_name(kind) for kind in sorted(set(calls.values()))},
        "owner": lead.owner_id,
        "manual": lead.mode == "manual",
        "unread": lead.unread,
        "kind": KINDS.get(lead.notice or "") if is_for_all(lead) else None,
        "at": microseconds(lead.last_action_at),
        "name": plain(lead.name),
        "text": plain(words.last_said(lead)) if lead.last_author == CLIENT else "",
        "said": _called(lead.notice, "" if lead.last_author == CLIENT else lead.last_text),
    }


def standing(person: User, leads: list[Listed], *, now: datetime) -> dict[str, Any]:
    """All that a page has to know to count, and to be heard, by itself."""
    hearing = person.hears
    return {
        "person": person.id,
        "talks": person.role in TALKING,
        "seen": microseconds(person.notices_seen_at) if person.notices_seen_at else 0,
        "now": microseconds(now),
        "quiet": int(person.quiet_until.timestamp() * 1000) if person.quiet_until else 0,
        "zone": person.time_zone,
        "hearing": hearing.model_dump(mode="json"),
        "most": MOST,
        "leads": {str(lead.id): news(lead) for lead in leads},
    }


def lines(told: Told, names: Mapping[str, str]) -> list[Line]:
    """The newest of what happened in a chat; messages that came one after another are one line."""
    found: list[Line] = []
    for wrote, each in groupby(told.noticed, lambda one: one.event.kind == Action.CLIENT_WROTE):
        run = list(each)
        found += [_wrote(run)] if wrote else [_line(one, names) for one in run]
    return found[:MOST_LINES]


def _wrote(run: list[Noticed]) -> Line:
    newest = run[0]
    said = newest.text or words.media(newest.kind)
    return Line("message-square", "", said, newest.event.at, newest.event.seq, len(run))


def _line(one: Noticed, names: Mapping[str, str]) -> Line:
    icon, tone, said = _worded(one, names)
    return Line(icon, tone, said, one.event.at, one.event.seq)


def _worded(one: Noticed, names: Mapping[str, str]) -> tuple[str, str, str]:
    given = one.event.particulars
    match one.event.kind:
        case Action.HANDED_OVER:
            why = words.why_manual(given.get("because"), given.get("reason"))
            return "hand", "manual", _named(_("The robot asks for a person"), why)
        case Action.MESSAGE_FAILED:
            return "circle-alert", "bad", _named(_("Not sent"), one.text)
        case Action.MESSAGE_UNKNOWN:
            said = _named(_("Unknown whether it arrived"), one.text)
            return "circle-question-mark", "warn", said
        case Action.CHANGE_FAILED:
            return "circle-alert", "bad", _named(_("A change was not made"), one.text)
        case Action.CLIENT_BLOCKED:
            return "ban", "bad", _("The client blocked the bot")
        case Action.NOTE_WRITTEN | Action.NOTE_EDITED:
            who = names.get(one.event.actor) or _("Robot")
            return "at-sign", "", _named(_("%(who)s mentions you") % {"who": who}, one.text)
        case Action.TASK_DUE:
            return "alarm-clock", "warn", _named(_("A task is due"), str(given.get("what", "")))
        case Action.OWNER_CHANGED:
            who = names.get(one.event.actor) or _("Robot")
            why = given.get("reason") or sharing.why_given(given.get("because")) or who
            return "user-check", "", _named(_("The chat was given to you"), why)
        case other:
            raise ValueError(f"nobody is told of {other}")


def _called(notice: str | None, text: str) -> str:
    said: dict[str, str] = {
        Notice.FAILED: _("Not sent"),
        Notice.UNKNOWN: _("Unknown whether it arrived"),
        Notice.BLOCKED: _("The client blocked the bot"),
        Notice.HANDED_OVER: _("The robot asks for a person"),
        Notice.ASSIGNED: _("The chat was given to you"),
        Notice.TASK_DUE: _("A task is due"),
    }
    what = said.get(notice or "", "")
    return plain(_named(what, text) if notice in TROUBLES else what)


def _called_by_name(kind: Kind) -> str:
    return _("A task is due") if kind == Kind.TASK else _("You are mentioned in a note")


def _named(what: str, which: str) -> str:
    return _("%(what)s: %(which)s") % {"what": what, "which": which} if which else what
