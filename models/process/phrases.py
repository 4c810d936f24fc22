"""What people type, compared the way a person would: case, ё, punctuation and spacing aside."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import re2

PATTERN_LIMIT = 1000
_MEMORY = 1 << 20
_NUMBER = re.compile(r"-?\d[\d\s\u00a0\u202f]*(?:[.,]\d+)?")
_LONGEST_NUMBER = 30


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Words in small letters, one space between them: “Да,  хочу!” is “да хочу”.

    Signs that carry the whole meaning (👍, +) are words too.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    kept = "".join(
        character if character.isalnum() or unicodedata.category(character)[0] in "SM" else " "
        for character in folded
    )
    return " ".join(kept.split())


def says(text: str, phrase: str) -> bool:
    """Whether the phrase is there as whole words: “да” is in “ну да”, not in “когда”."""
    wanted = plain(phrase)
    return bool(wanted) and f" {wanted} " in f" {plain(text)} "


def found_in(text: str, pattern: str) -> bool:
    """Whether the RE2 pattern is found, in any case. RE2 never back-tracks."""
    return _compiled(pattern).search(text.encode("utf-8", "replace").decode()) is not None


def refused_pattern(pattern: str) -> str | None:
    """Why RE2 does not take this pattern; None when it does."""
    if len(pattern) > PATTERN_LIMIT:
        return f"> {PATTERN_LIMIT}"
    try:
        _compiled(pattern)
    except re2.error as error:
        return error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
    return None


def number_in(text: str) -> Decimal | None:
    """The number, when the text is one: “1 500,50”, “200 $”, “€ 20”."""
    if len(text) > _LONGEST_NUMBER * 2:
        return None
    bare = "".join(c for c in text.strip() if unicodedata.category(c) != "Sc").strip()
    if not _NUMBER.fullmatch(bare) or len(bare) > _LONGEST_NUMBER:
        return None
    try:
        return Decimal(re.sub(r"\s", "", bare).replace(",", "."))
    except InvalidOperation:
        return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)
