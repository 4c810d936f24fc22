"""Cutting a long text into messages, at paragraph borders where there are any."""

import re
import unicodedata
from collections.abc import Iterator

from models.spans import Formatted, Span, to_entities, to_spans

MESSAGE_LIMIT = 4096

# From the best border to the worst; a border that leaves a sliver behind is not worth it.
_BORDERS = (r"\n\s*\n", r"\n", r"(?<=[.!?…])\s", r"\s")
_SLIVER = 0.25


def split(formatted: Formatted, limit: int = MESSAGE_LIMIT) -> list[Formatted]:
    """Pieces of at most `limit` UTF-16 units, without the spaces at their borders.

    Entities are cut with the text; no surrogate pair and no joined emoji is. A text of spaces
    gives no piece.
    """
    text = formatted.text
    spans = to_spans(text, formatted.entities)
    pieces = []
    for start, end in _ranges(text, limit):
        kept = [
            Span(max(span.start, start) - start, min(span.end, end) - start, span.kind, span.extra)
            for span in spans
            if span.start < end and span.end > start
        ]
        pieces.append(Formatted(text[start:end], to_entities(text[start:end], kept)))
    return pieces


def _ranges(text: str, limit: int) -> Iterator[tuple[int, int]]:
    start = 0
    while True:
        start += len(text[start:]) - len(text[start:].lstrip())
        if start == len(text):
            return
        end = _reach(text, start, limit)
        if end < len(text):
            end = _border(text, start, end)
        yield start, start + len(text[start:end].rstrip())
        start = end


def _reach(text: str, start: int, limit: int) -> int:
    """How far a piece may go; at least one character, whatever the limit."""
    units = 0
    for place in range(start, len(text)):
        units += 1 + (text[place] > "\uffff")
        if units > limit:
            return max(place, start + 1)
    return len(text)


def _border(text: str, start: int, end: int) -> int:
    sliver = start + int((end - start) * _SLIVER)
    for border in _BORDERS:
        # One character more: a space right behind the last word that fits is a border too.
        found = [match.start() for match in re.finditer(border, text[start : end + 1])]
        if found and start + found[-1] > sliver:
            return start + found[-1]
    place = end
    while place > sliver and _joins(text, place):
        place -= 1
    return place if place > sliver else end


def _joins(text: str, place: int) -> bool:
    """Whether the characters on both sides of the place are drawn as one."""
    return (
        unicodedata.category(text[place]) in ("Mn", "Me", "Mc", "Cf", "Sk")
        or text[place - 1] == "\u200d"
    )
