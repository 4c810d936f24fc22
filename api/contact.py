"""A contact's fields as a card shows them and a person types them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from zlib import crc32

from babel import Locale

from api import words
from api.language import country, number, plain_date, reader, tongue
from api.language import gettext as _
from api.words import N_
from models.errors import BrokenInput, Missing
from models.lead.dealing import CONTACT_FIELDS, LONGEST_FIELD
from models.lead.lead import Lead
from models.own_field import Kind, OwnField
from models.queries.desk import Desk

COUNTRY, LANGUAGE = "country", "language"
CHOSEN = (COUNTRY, LANGUAGE)
ORDER = (
    "buyer", "source", "platform", "campaign", "adset", "ad", "country", "language",
    "first_name", "last_name",
)  # fmt: skip
PLAIN = re.compile(r"[\w.]{1,60}", re.ASCII)
MOST_OFFERED = 8
SPOKEN = ("en", "ru", "pt", "es", "hi", "uk", "kk", "fr")


@dataclass(frozen=True)
class Entry:
    """One field of one lead. `kind` is an own field's, `country`, `language` or text; `field` is
    none for what every lead has, and for what only a process or a robot knows."""

    name: str
    title: str
    kind: str
    value: str
    field: OwnField | None = None

    @property
    def slug(self) -> str:
        """What its places on a page are called."""
        plain = PLAIN.fullmatch(self.name) is not None
        return self.name.replace(".", "-") if plain else f"x{crc32(self.name.encode()):x}"

    @property
    def shown(self) -> str:
        return said(self.kind, self.value)

    @property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen, and what is there although it cannot be chosen any more."""
        if self.kind == Kind.YES_NO:
            offered = [("yes", _("yes")), ("no", _("no"))]
        elif self.kind in CHOSEN:
            offered = list(named(self.kind, reader().locale))
        else:
            offered = [(one, one) for one in self.field.options] if self.field else []
        there = self.value in {code for code, _said in offered}
        return offered if there or not self.value else [*offered, (self.value, self.shown)]


def entries(lead: Lead, desk: Desk) -> list[Entry]:
    """All that a person may edit: what every lead has, the team's own fields in their order, and
    last what only a process or a robot has written."""
    own = [one for one in desk.own_fields if not one.retired_at or lead.field(one.path)]
    known = {one.key for one in own}
    rest = sorted(key for key, value in lead.fields.items() if value and key not in known)
    names = [*ORDER, *(one.path for one in own), *(f"fields.{key}" for key in rest)]
    return [entry(lead, desk, name) for name in names]


def entry(lead: Lead, desk: Desk, name: str) -> Entry:
    """Raises Missing when nobody may edit a field of this name."""
    field = desk.own_field(name) if name.startswith("fields.") else None
    if name not in CONTACT_FIELDS and field is None and not lead.field(name):
        raise Missing("There is no such field")
    kind = field.kind if field else name if name in CHOSEN else Kind.TEXT
    return Entry(name, title(desk, name), kind, lead.field(name), field)


def title(desk: Desk, name: str) -> str:
    field = desk.own_field(name) if name.startswith("fields.") else None
    return field.name(reader().locale) if field else words.field(name)


def kind_of(kind: Kind) -> str:
    return {
        Kind.TEXT: _("text"), Kind.NUMBER: _("number"), Kind.DATE: _("date"),
        Kind.YES_NO: _("yes or no"), Kind.CHOICE: _("choice"), Kind.LINK: _("link"),
    }[Kind(kind)]  # fmt: skip


def said(kind: str, value: str) -> str:
    """As people read it; what does not fit its kind is said as it is."""
    try:
        match kind:
            case "country":
                return country(value)
            case "language":
                return tongue(value)
            case Kind.NUMBER:
                return number(Decimal(value))
            case Kind.DATE:
                return plain_date(date.fromisoformat(value))
            case Kind.YES_NO:
                return {"yes": _("yes"), "no": _("no")}[value]
    except (ValueError, KeyError, InvalidOperation):
        pass
    return value


def checked(one: Entry, typed: str) -> str:
    """As it is kept. Raises BrokenInput with its sentence."""
    typed = typed.strip()
    problem = ""
    if len(typed) > LONGEST_FIELD:
        problem = "At most %(most)s characters fit here"
    elif one.kind in CHOSEN and typed and typed != one.value:
        typed = code_of(one.kind, typed)
        if typed not in dict(named(one.kind, "en")):
            problem = "Choose one from the list"
    elif one.field is not None and typed != one.value:
        try:
            typed = one.field.checked(typed)
        except ValueError as error:
            problem = str(error)
    if problem:
        raise BrokenInput("The field is not saved", {one.name: problem}, most=LONGEST_FIELD)
    return typed


def offered(kind: str, typed: str, *, used: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Countries or languages that begin with it, then those that have it inside; before anything
    is typed those that are in use."""
    there = dict(named(kind, reader().locale))
    typed = typed.strip().lower()
    if not typed:
        first = used or SPOKEN if kind == LANGUAGE else used
        return [(code, there[code]) for code in first if code in there][:MOST_OFFERED]
    found = [
        (place, name, code)
        for code, name in there.items()
        if (place := _place(typed, code, name)) is not None
    ]
    return [(code, name) for _at, name, code in sorted(found)][:MOST_OFFERED]


def code_of(kind: str, typed: str) -> str:
    """By its code or its name in either language, or by so much of it that it can be no other; else
    what was typed."""
    wanted = typed.strip().lower()
    for locale in ("ru", "en"):
        for code, name in named(kind, locale):
            if wanted in (code.lower(), name.lower()):
                return code
    found = offered(kind, typed)
    return found[0][0] if len(found) == 1 else typed


@cache
def named(kind: str, locale: str) -> tuple[tuple[str, str], ...]:
    """Codes with their names, by name."""
    return tuple(sorted(_named(kind, locale), key=lambda one: one[1]))


def _named(kind: str, locale: str) -> Iterator[tuple[str, str]]:
    there = Locale(locale).territories if kind == COUNTRY else Locale(locale).languages
    for code, name in there.items():
        if len(code) == 2 and code.isalpha() and code not in ("ZZ", "XA", "XB", "EU", "EZ", "UN"):
            yield code, name


def _place(typed: str, code: str, name: str) -> int | None:
    said = name.lower()
    if typed == code.lower():
        return 0
    return 1 if said.startswith(typed) else 2 if typed in said else None


SAID_BY_MODELS = (
    N_("Type the number of the chat"),
    N_("At most %(most)s characters fit here"),
    N_("Choose yes or no"),
    N_("Write a number, like 12 or 3.5"),
    N_("There is no such day"),
    N_("The year is between 1900 and 2100"),
    N_("A link begins with https:// or http://"),
    N_("Name it in both languages, with at most 60 characters"),
    N_("A choice has from 2 to 100 options, one on a line"),
    N_("An option has at most 80 characters"),
    N_("A key is small latin letters, digits and _"),
    N_("There is a field with this key"),
    N_("There are 100 fields already"),
)
