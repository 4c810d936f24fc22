"""The ledger's lines of the timeline, as sentences."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from api import words
from api.language import gettext as _
from api.language import money
from api.told import Told, when


def recorded(told: Told) -> Markup:
    said = f"{words.payment(str(told.given['kind']))} {_money(told.given)}"
    posted = told.say(
        _("%(who)s: %(said)s") if told.event.actor.startswith("user:") else "%(said)s", said=said
    )
    paid = told.given.get("paid_at")
    if paid is None or told.event.at - datetime.fromisoformat(paid) < timedelta(days=1):
        return posted
    return posted + Markup(" · ") + escape(when(paid))


def undone(told: Told) -> Markup:
    said = f"{words.payment(str(told.given['kind']))} {_money(told.given)}"
    return told.say(_("%(who)s reversed: %(said)s"), said=said) + _because(told)


def corrected(told: Told) -> Markup:
    return told.say(
        _("%(who)s corrected: %(kind)s %(before)s → %(after)s"),
        kind=escape(words.payment(str(told.given["kind"]))),
        before=escape(_money(told.given, "was_")),
        after=_money(told.given),
    ) + _because(told)


def _because(told: Told) -> Markup:
    """An erased lead's line has no reason any more."""
    reason = told.given.get("reason")
    return Markup(" · ") + escape(reason) if reason else Markup("")


def _money(given: Mapping[str, Any], of: str = "") -> str:
    return money(Decimal(str(given[f"{of}amount"])), str(given[f"{of}currency"]))
