"""What was said and what became of it, as sentences: where there are no bubbles to see it in."""

from collections.abc import Callable

from markupsafe import Markup

from api import words
from api.language import gettext as _
from api.told import Told
from models.timeline import Action

Worded = Callable[[Told], Markup]


def _why(message: str, told: Told) -> Markup:
    return told.say(message, why=words.why_not_sent(str(told.given.get("because") or "")))


def _reacted(told: Told) -> Markup:
    if emoji := told.given.get("emoji"):
        return told.say(_("%(who)s reacted: %(emoji)s"), emoji="".join(emoji))
    return told.say(_("%(who)s took a reaction back"))


def _fetched(told: Told) -> Markup:
    known = {
        "ready": _("A file was fetched from Telegram"),
        "pending": _("%(who)s asks for the file once more"),
        "too_big": _("A file is too big for bots to fetch"),
    }
    said = known.get(str(told.given.get("state")), _("A file could not be fetched"))
    return told.say(said)


OF_MESSAGES: dict[Action, tuple[str, Worded]] = {
    Action.CLIENT_WROTE: ("message-square", lambda told: told.say(_("The client wrote"))),
    Action.CLIENT_EDITED: ("pencil", lambda told: told.say(_("The client edited a message"))),
    Action.CLIENT_REACTED: ("smile", _reacted),
    Action.MEDIA_FETCHED: ("download", _fetched),
    Action.MANAGER_WROTE: ("send", lambda told: told.say(_("%(who)s wrote to the client"))),
    Action.PROCESS_SAID: ("send", lambda told: told.say(_("The robot wrote to the client"))),
    Action.MESSAGE_SENT: ("check", lambda told: told.say(_("Telegram accepted the message"))),
    Action.MESSAGE_FAILED: ("circle-alert", lambda told: _why(_("Not sent: %(why)s"), told)),
    Action.MESSAGE_UNKNOWN: (
        "circle-question-mark", lambda told: told.say(_("It is unknown whether it arrived"))),
    Action.MESSAGE_CANCELLED: (
        "ban", lambda told: told.say(_("%(who)s: the message is taken back"))),
    Action.MESSAGE_REQUEUED: (
        "clock", lambda told: told.say(_("%(who)s: the message is to be sent once more"))),
    Action.MESSAGE_EDITED: ("pencil", lambda told: told.say(_("%(who)s edited a message"))),
    Action.MESSAGE_DELETED: ("trash-2", lambda told: told.say(_("%(who)s deleted a message"))),
    Action.MESSAGE_REACTED: ("smile", lambda told: told.say(_("%(who)s reacted to a message"))),
    Action.CHANGE_ASKED: (
        "clock", lambda told: told.say(_("%(who)s asks for a change of a message"))),
    Action.CHANGE_FAILED: (
        "circle-alert", lambda told: told.say(_("A change of a message was not made"))),
    Action.CHANGE_DROPPED: (
        "ban", lambda told: told.say(_("%(who)s gave up a change of a message"))),
}  # fmt: skip
