"""What happened to a lead, as a sentence for the one who reads it.

The timeline keeps an action and particulars, never words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from api import sentences_of_files, sentences_of_money, sentences_of_tasks, sharing, words
from api.language import gettext as _
from api.language import ngettext
from api.told import Cast, Told, when
from models.timeline import Action, Event


@dataclass(frozen=True)
class Line:
    """One line of the timeline: icon, tone (auto, manual, money or none), and the sentence. An act
    of several parts has a line for each of them."""

    icon: str
    tone: str
    said: Markup
    parts: tuple["Line", ...] = ()


def line(event: Event, cast: Cast) -> Line | None:
    """None for what is seen in a bubble already, for what tells a reader nothing or is erased, and
    for a part of an act, which has its own line with all of them."""
    template = _TEMPLATES.get(event.kind)
    if template is None or event.particulars.keys() & {"act", "erased"}:
        return None
    icon, tone, worded = template
    parts = tuple(_parts(event, cast)) if "parts" in event.particulars else ()
    return Line(icon, tone or _tone(event.actor), worded(Told(event, cast)), parts)


def _parts(event: Event, cast: Cast) -> Iterator[Line]:
    kinds = [one["kind"] for one in event.particulars["parts"]]
    if Action.MANAGER_WROTE in kinds:
        yield Line("send", "", escape(_("a message to the client")))
    if Action.MESSAGE_CANCELLED in kinds:
        yield Line("ban", "", escape(_("the message is taken back")))
    for one in event.particulars["parts"]:
        part = Event(lead_id=event.lead_id, seq=event.seq, kind=Action(one["kind"]),
                     actor=event.actor, at=event.at, particulars=one["particulars"])  # fmt: skip
        if said := line(part, cast):
            yield said


def _tone(by: str) -> str:
    kind = by.partition(":")[0]
    return {"user": "manual", "process": "auto", "engine": "auto"}.get(kind, "")


def _stage(told: Told) -> Markup:
    before, after = (told.given.get(one) for one in ("before", "after"))
    return told.say(
        _("Stage: %(before)s → %(after)s"),
        before=escape(told.cast.stage(before)),
        after=told.cast.stage(after),
    )


def _owner(told: Told) -> Markup:
    before, after = (told.given.get(one) for one in ("before", "after"))
    said = told.say(
        _("Manager: %(before)s → %(after)s"),
        before=escape(told.cast.user(before)),
        after=told.cast.user(after),
    )
    return said + _why(told)


def _line(told: Told) -> Markup:
    before, after = (told.given.get(one) for one in ("before", "after"))
    said = told.say(_("Line: %(before)s → %(after)s"), before=escape(before), after=after)
    return said + _why(told)


def _why(told: Told) -> Markup:
    """Why it was given: by itself, or in a person's own words."""
    given = str(told.given.get("reason", ""))
    reason = _("“%(words)s”") % {"words": given} if given else ""
    said = [sharing.why_given(told.given.get("because")), reason]
    return Markup("").join(Markup(" · ") + escape(one) for one in said if one)


def _tag(told: Told) -> Markup:
    name = str(told.given.get("tag", ""))
    drawn = Markup('<span class="tag" data-h="{}">{}</span>').format(
        told.cast.hues.get(name, 6), name
    )
    if told.event.kind == Action.TAG_ADDED:
        return told.say(_("%(who)s added the tag %(tag)s"), tag=drawn)
    return told.say(_("%(who)s took off the tag %(tag)s"), tag=drawn)


def _field(told: Told) -> Markup:
    field = str(told.given.get("field", ""))
    before, after = (told.given.get(name) for name in ("before", "after"))
    return told.say(
        _("%(field)s: %(before)s → %(after)s"),
        field=escape(told.cast.field(field)),
        before=escape(told.cast.value(field, str(before)) if before else "–"),
        after=told.cast.value(field, str(after)) if after else "–",
    )


def _taken(told: Told) -> Markup:
    until, because = told.given.get("until"), words.why_manual(told.given.get("because"))
    if told.event.actor == "engine" and because:
        return told.say(_("A person leads: %(why)s"), why=escape(because))
    if until:
        return told.say(_("%(who)s took the chat over until %(until)s"), until=when(until))
    return told.say(_("%(who)s took the chat over"))


def _pause(told: Told) -> Markup:
    if until := told.given.get("until"):
        return told.say(_("%(who)s set the pause to %(until)s"), until=when(until))
    return told.say(_("%(who)s took the chat over without an end"))


def _handed(told: Told) -> Markup:
    why = words.why_manual(told.given.get("because"), told.given.get("reason"))
    return told.say(_("The robot asks for a person: %(why)s"), why=escape(why))


def _given_back(told: Told) -> Markup:
    step = told.cast.title(told.process, told.given.get("step"))
    if told.event.actor == "engine":
        return told.say(_("The pause is over, the robot leads from the step %(step)s"), step=step)
    said = told.say(_("%(who)s handed back to auto, the step %(step)s"), step=step)
    if read := int(told.given.get("read") or 0):
        heard = ngettext("it reads %(n)s message", "it reads %(n)s messages", read)
        return said + Markup(" · ") + escape(heard % {"n": read})
    return said


def _started(told: Told) -> Markup:
    key = str(told.given.get("process", ""))
    return told.say(
        _("The process %(process)s began, version %(version)s"),
        process=told.cast.process(key),
        version=escape(told.given.get("version", "")),
    )


def _stopped(told: Told) -> Markup:
    key = str(told.given.get("process", ""))
    return told.say(_("%(who)s stopped the process %(process)s"), process=told.cast.process(key))


def _step(message: str, told: Told) -> Markup:
    return told.say(message, step=told.cast.title(told.process, told.given.get("step")))


def _opened(told: Told) -> Markup:
    if spot := told.given.get("spot"):
        return told.say(_("The client came by the spot %(spot)s"), spot=spot)
    return told.say(_("The client came"))


def _pressed(told: Told) -> Markup:
    button = told.given.get("text") or told.given.get("button") or ""
    return told.say(_("The client pressed %(button)s"), button=button)


def _quoted(told: Told) -> str:
    return _("“%(words)s”") % {"words": told.given.get("name", "")}


_TEMPLATES = {
    Action.LEAD_OPENED: ("user-round", "", _opened),
    Action.CLIENT_PRESSED: ("circle-check", "", _pressed),
    Action.CLIENT_BLOCKED: ("ban", "", lambda told: told.say(_("The client blocked the bot"))),
    Action.CLIENT_UNBLOCKED: (
        "circle-check", "", lambda told: told.say(_("The client unblocked the bot"))),
    Action.STAGE_CHANGED: ("flag", "", _stage),
    Action.TAG_ADDED: ("tag", "", _tag),
    Action.TAG_REMOVED: ("tag", "", _tag),
    Action.OWNER_CHANGED: ("user-check", "", _owner),
    Action.LINE_CHANGED: ("users", "", _line),
    Action.FIELD_CHANGED: ("pencil", "", _field),
    Action.FILE_RENAMED: ("pencil", "", sentences_of_files.renamed),
    Action.FILE_HIDDEN: ("eye-off", "", sentences_of_files.hidden),
    Action.FILE_SHOWN: ("eye", "", sentences_of_files.shown),
    Action.FILE_DELETED: ("trash-2", "", sentences_of_files.deleted),
    Action.NOTE_WRITTEN: ("file-text", "", lambda told: told.say(_("%(who)s wrote a note"))),
    Action.NOTE_EDITED: ("pencil", "", lambda told: told.say(_("%(who)s edited a note"))),
    Action.NOTE_PINNED: ("pin", "", lambda told: told.say(_("%(who)s pinned a note"))),
    Action.NOTE_UNPINNED: ("pin-off", "", lambda told: told.say(_("%(who)s unpinned a note"))),
    Action.NOTE_DELETED: ("trash-2", "", lambda told: told.say(_("%(who)s deleted a note"))),
    Action.NOTE_RESTORED: ("undo-2", "", lambda told: told.say(
        _("%(who)s brought a note back"))),
    Action.PAYMENT_RECORDED: ("banknote", "money", sentences_of_money.recorded),
    Action.PAYMENT_REVERSED: ("undo-2", "", sentences_of_money.undone),
    Action.PAYMENT_CORRECTED: ("banknote", "", sentences_of_money.corrected),
    Action.TASK_CREATED: ("list-checks", "", sentences_of_tasks.created),
    Action.TASK_REWORDED: ("list-checks", "", sentences_of_tasks.reworded),
    Action.TASK_ASSIGNED: ("user-check", "", sentences_of_tasks.assigned),
    Action.TASK_MOVED: ("calendar-clock", "", sentences_of_tasks.moved),
    Action.TASK_DUE: ("alarm-clock", "", sentences_of_tasks.due),
    Action.TASK_DONE: ("circle-check", "", sentences_of_tasks.done),
    Action.TASK_CANCELLED: ("ban", "", sentences_of_tasks.cancelled),
    Action.TASK_REOPENED: ("undo-2", "", sentences_of_tasks.reopened),
    Action.PERSON_JOINED: ("users", "", lambda told: told.say(
        _("%(who)s: the same person as in the chat %(lead)s"),
        lead=f"№ {told.given.get('lead', '')}")),
    Action.PERSON_PARTED: ("user", "", lambda told: told.say(
        _("%(who)s: another person than in the other chats"))),
    Action.CLIENT_EXPORTED: ("download", "", lambda told: told.say(
        _("%(who)s exported the client's data"))),
    Action.CLIENT_ERASED: ("trash-2", "", lambda told: told.say(
        _("%(who)s erased the client's data"))),
    Action.EVENT_HAPPENED: ("zap", "", lambda told: told.say(
        _("Event %(event)s"), event=words.happening(str(told.given.get("name", ""))))),
    Action.PROCESS_STARTED: ("workflow", "auto", _started),
    Action.STEP_ENTERED: ("corner-down-left", "auto", lambda told: _step(
        _("Step %(step)s"), told)),
    Action.PROCESS_ENDED: ("circle-stop", "auto", lambda told: told.say(
        _("The process has ended"))),
    Action.PROCESS_STOPPED: ("circle-stop", "", _stopped),
    Action.HANDED_OVER: ("hand", "manual", _handed),
    Action.TAKEN_OVER: ("hand", "manual", _taken),
    Action.GIVEN_BACK: ("bot", "auto", _given_back),
    Action.PAUSE_CHANGED: ("circle-pause", "manual", _pause),
    Action.WAIT_SKIPPED: ("skip-forward", "", lambda told: _step(
        _("%(who)s skipped the wait at the step %(step)s"), told)),
    Action.PROCESS_MIGRATED: ("shuffle", "", lambda told: told.say(
        _("%(who)s moved the lead to version %(version)s"),
        version=told.given.get("version", ""))),
    Action.QUICK_ACTION_RUN: ("zap", "", lambda told: told.say(
        _("%(who)s: quick action %(name)s"), name=_quoted(told))),
    Action.QUICK_ACTION_UNDONE: ("undo-2", "", lambda told: told.say(
        _("%(who)s took back the quick action %(name)s"), name=_quoted(told))),
    Action.ARCHIVED: ("archive", "", lambda told: told.say(
        _("%(who)s put the chat into the archive"))),
    Action.UNARCHIVED: ("archive-restore", "", lambda told: told.say(
        _("%(who)s took the chat out of the archive"))),
    Action.IGNORED: ("eye-off", "", lambda told: told.say(_("%(who)s ignores the chat"))),
    Action.HEEDED: ("eye", "", lambda told: told.say(
        _("%(who)s does not ignore the chat any more"))),
    Action.DISMISSED: ("check-check", "", lambda told: told.say(
        _("%(who)s marked the chat read without an answer"))),
    Action.MESSAGE_SETTLED: ("circle-check", "", lambda told: told.say(
        _("%(who)s: the message arrived") if told.given.get("arrived")
        else _("%(who)s: the message counts as not sent"))),
}  # fmt: skip
