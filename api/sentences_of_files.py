"""What was done to a lead's files, as sentences."""

from markupsafe import Markup, escape

from api import words
from api.language import gettext as _
from api.told import Told


def renamed(told: Told) -> Markup:
    return told.say(
        _("%(who)s renamed a file: %(before)s → %(after)s"),
        before=escape(told.given.get("before") or "–"), after=told.given.get("after"),
    )  # fmt: skip


def hidden(told: Told) -> Markup:
    return told.say(_("%(who)s hid a file from the library: %(name)s"), name=_called(told))


def shown(told: Told) -> Markup:
    return told.say(_("%(who)s put a file back into the library: %(name)s"), name=_called(told))


def deleted(told: Told) -> Markup:
    return told.say(_("%(who)s deleted a file: %(name)s"), name=_called(told))


def _called(told: Told) -> str:
    return str(told.given.get("name") or words.media(str(told.given.get("kind"))))
