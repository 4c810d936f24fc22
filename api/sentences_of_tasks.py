"""What happened to the tasks of a lead, as sentences."""

from datetime import datetime

from markupsafe import Markup, escape

from api.language import gettext as _
from api.language import upcoming
from api.told import Told


def created(told: Told) -> Markup:
    said, whom = _about(_("%(who)s set a task: %(what)s"), told), told.given.get("assignee")
    return said + escape(
        f", {_ahead(told.given['due_at'])}" + (f", {told.cast.user(whom)}" if whom else "")
    )


def reworded(told: Told) -> Markup:
    return told.say(
        _("%(who)s changed a task: %(before)s → %(after)s"),
        before=escape(_quoted(told, "before")),
        after=_quoted(told, "after"),
    )


def assigned(told: Told) -> Markup:
    return told.say(
        _("The task %(what)s: %(before)s → %(after)s"),
        what=escape(_quoted(told)),
        before=escape(told.cast.user(told.given.get("before"))),
        after=told.cast.user(told.given.get("after")),
    )


def moved(told: Told) -> Markup:
    return told.say(
        _("%(who)s moved the task %(what)s: %(before)s → %(after)s"),
        what=escape(_quoted(told)),
        before=escape(_ahead(told.given["was_due_at"])),
        after=_ahead(told.given["due_at"]),
    )


def due(told: Told) -> Markup:
    return _about(_("A task is due: %(what)s"), told)


def done(told: Told) -> Markup:
    return _with_result(_about(_("%(who)s did the task %(what)s"), told), told)


def cancelled(told: Told) -> Markup:
    return _with_result(_about(_("%(who)s cancelled the task %(what)s"), told), told)


def reopened(told: Told) -> Markup:
    return _about(_("%(who)s opened the task %(what)s again"), told)


def _about(message: str, told: Told) -> Markup:
    return told.say(message, what=_quoted(told))


def _with_result(said: Markup, told: Told) -> Markup:
    result = told.given.get("result")
    return said + Markup(" · ") + escape(result) if result else said


def _quoted(told: Told, name: str = "what") -> str:
    return _("“%(words)s”") % {"words": told.given.get(name, "")}


def _ahead(until: object) -> str:
    return upcoming(datetime.fromisoformat(str(until)))
