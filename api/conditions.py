"""A condition of a process in words, in the reader's language."""

from collections.abc import Callable, Iterable
from typing import Any

from babel import Locale

from api.language import gettext as _
from api.language import number, reader, tongue
from models.process import conditions as told
from models.process.comparisons import Amount, PaymentsMatch, ReplyMatch, TextMatch, TimeMatch
from models.process.moments import DAYS

Name = Callable[[str], str]


def said(condition: Any, *, stage: Name, step: Name) -> str:
    """`stage` and `step` name what they are given the key of."""
    match condition:
        case told.IfAll():
            return _(" and ").join(_part(one, stage, step) for one in condition.all)
        case told.IfAny():
            return _(" or ").join(_part(one, stage, step) for one in condition.any)
        case told.IfNot():
            return _("not: %(what)s") % {"what": said(condition.not_, stage=stage, step=step)}
        case told.IfField():
            return f"{condition.field} {text(condition)}"
        case told.IfTag():
            return _("has the tag %(tags)s") % {"tags": listed(condition.tag)}
        case told.IfStage():
            return _("is at the stage %(stages)s") % {"stages": listed(map(stage, condition.stage))}
        case told.IfLanguage():
            return _("speaks: %(languages)s") % {
                "languages": _(" or ").join(map(tongue, condition.language))
            }
        case told.IfLine():
            return _("is on line %(line)s") % {"line": condition.line}
        case told.IfReply():
            return reply(condition.reply)
        case told.IfEvent():
            return _("it was the event %(events)s") % {"events": listed(condition.event)}
        case told.IfPayments():
            return payments(condition.payments)
        case told.IfTime():
            return time(condition.time)
        case told.IfVisits():
            return _("was at the step %(step)s this often: %(times)s") % {
                "step": quoted(step(condition.visits.step)), "times": amount(condition.visits),
            }  # fmt: skip
    return str(condition.kind)


def _part(condition: Any, stage: Name, step: Name) -> str:
    """Of a longer condition: what is long itself stands in brackets."""
    words = said(condition, stage=stage, step=step)
    nested = isinstance(condition, told.IfAll | told.IfAny)
    return f"({words})" if nested else words


def quoted(word: str) -> str:
    return _("“%(word)s”") % {"word": word}


def listed(words: Iterable[str]) -> str:
    return _(" or ").join(map(quoted, words))


def text(match: TextMatch) -> str:
    ways = []
    for words, way in (
        (match.equals, _("is %(words)s")),
        (match.says, _("says %(words)s")),
        (match.contains, _("contains %(words)s")),
        (match.matches, _("fits the pattern %(words)s")),
    ):
        if words is not None:
            ways.append(way % {"words": listed(words)})
    if isinstance(match.number, Amount):
        ways.append(_("is a number: %(range)s") % {"range": amount(match.number)})
    elif match.number is not None:
        ways.append(_("is a number") if match.number else _("is not a number"))
    if match.empty is not None:
        ways.append(_("is empty") if match.empty else _("is not empty"))
    return _(" and ").join(ways)


def reply(match: ReplyMatch) -> str:
    ways = []
    if match.button is not None:
        ways.append(_("the button %(buttons)s was pressed") % {"buttons": listed(match.button)})
    if isinstance(match.media, bool):
        ways.append(_("the reply has a file") if match.media else _("the reply has no file"))
    elif match.media is not None:
        ways.append(_("the reply has a file: %(kinds)s") % {"kinds": _(" or ").join(match.media)})
    if how := text(match):
        ways.append(_("the reply %(how)s") % {"how": how})
    return _(" and ").join(ways)


def amount(match: Amount) -> str:
    signs = (
        ("=", match.equals), ("≥", match.at_least), (">", match.above), ("≤", match.at_most),
        ("<", match.below),
    )  # fmt: skip
    return ", ".join(f"{sign} {number(value)}" for sign, value in signs if value is not None)


def payments(match: PaymentsMatch) -> str:
    kinds = {
        "sale": _("a deposit"), "repeat_sale": _("a repeat deposit"),
        "withdrawal": _("a withdrawal"), None: _("a payment"),
    }  # fmt: skip
    ways = [kinds[match.kind], match.currency or ""]
    if match.count is not None:
        ways.append(_("times: %(range)s") % {"range": amount(match.count)})
    if match.sum is not None:
        ways.append(_("in all: %(range)s") % {"range": amount(match.sum)})
    return _("there was %(what)s") % {"what": ", ".join(one for one in ways if one)}


def time(match: Any) -> str:
    if not isinstance(match, TimeMatch):
        return _("it is working time")
    ways = [days(match.days)] if match.days != DAYS else []
    if match.from_ is not None:
        ways.append(_("from %(time)s") % {"time": f"{match.from_:%H:%M}"})
    if match.to is not None:
        ways.append(_("to %(time)s") % {"time": f"{match.to:%H:%M}"})
    return _("the time is %(when)s") % {"when": " ".join(ways)}


def days(given: Iterable[str]) -> str:
    names = Locale(reader().locale).days["format"]["abbreviated"]
    return ", ".join(names[DAYS.index(day)].rstrip(".") for day in DAYS if day in set(given))
