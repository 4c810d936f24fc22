"""The ledger in words, and what people type of money."""

import re
from datetime import datetime
from decimal import Decimal

from api.language import currency, midnight
from api.language import gettext as _
from api.words import N_
from models.errors import BrokenInput
from models.payment import CURRENCIES, EARLIEST, Kind, Source, check
from models.queries.view import Money

AMOUNT = re.compile(r"(\d{1,15})(?:[.,](\d*))?", re.ASCII)
SPACES = re.compile(r"[\s\u00a0\u202f']")
LONGEST_TYPED = 40


def posting(
    amount: str, code: str, paid_at: str, *, now: datetime
) -> tuple[Decimal, str, datetime]:
    """What a form says, in the reader's zone. Raises BrokenInput with a sentence for each field."""
    problems = {}
    much = moment = None
    try:
        much = typed_amount(amount)
    except ValueError as error:
        problems["amount"] = str(error)
    try:
        moment = typed_moment(paid_at)
    except ValueError as error:
        problems["paid_at"] = str(error)
    code = code.strip().upper()
    try:
        check(much or Decimal(1), code, moment or now, now=now)
    except BrokenInput as broken:
        problems = broken.problems | problems
    if problems or much is None or moment is None:
        raise BrokenInput("The payment is not posted", problems)
    return much, code, moment


def typed_amount(said: str) -> Decimal:
    """With a comma or a point; thousands may stand apart. Raises ValueError with a sentence."""
    bare = SPACES.sub("", said)
    if bare.startswith(("-", "−", "–")):
        raise ValueError(N_("An amount is more than zero"))
    found = AMOUNT.fullmatch(bare)
    if found is None:
        raise ValueError(N_("Write the amount as a number, like 50 or 49.90"))
    whole, cents = found[1], found[2] or ""
    if len(cents) > 2:
        raise ValueError(N_("An amount has at most two decimals"))
    return Decimal(f"{whole}.{cents or '0'}")


def typed_moment(said: str) -> datetime:
    """Of a field of date and time. Raises ValueError with a sentence."""
    try:
        there = datetime.fromisoformat(said.strip())
    except ValueError:
        raise ValueError(N_("Choose a day and a time")) from None
    if there.year < EARLIEST:  # before zones were what they are
        raise ValueError(N_("Nobody paid as early as this"))
    return there.replace(tzinfo=midnight(there.date()).tzinfo)


def currencies() -> list[tuple[str, str]]:
    return [(code, currency(code)) for code in CURRENCIES]


def kinds() -> list[Kind]:
    return list(Kind)


def payments(kind: str) -> str:
    return {
        Kind.SALE: _("Sales"),
        Kind.REPEAT_SALE: _("Repeat sales"),
        Kind.WITHDRAWAL: _("Withdrawals"),
    }[Kind(kind)]


def payment_from(source: str) -> str:
    """Where a row of the ledger comes from; a program is called as it calls itself."""
    known = {Source.HAND: _("by hand"), Source.CORRECTION: _("a correction")}
    return {str(one): said for one, said in known.items()}.get(source, source)


def filtered(one: Money) -> str:
    return {
        Money.SALES: _("there are sales"),
        Money.NO_SALES: _("no sales"),
        Money.REPEATS: _("there are repeat sales"),
        Money.WITHDRAWALS: _("there are withdrawals"),
    }[one]


SAID_BY_MODELS = (
    N_("Say why: a colleague will read it"),
    N_("An amount is more than zero"),
    N_("This amount is too large"),
    N_("An amount has at most two decimals"),
    N_("There is no such currency"),
    N_("This moment has not come yet"),
    N_("Nobody paid as early as this"),
)
