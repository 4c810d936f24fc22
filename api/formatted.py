"""A client's text as HTML: Telegram's formatting, and nothing else that the text might say.

Everything is escaped; links are http(s) only; characters that turn the writing direction around
are shown, because a name or a link could be made to look like another with them.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from models.spans import Span, to_spans

BIDI = {
    "\u061c": "ALM", "\u200e": "LRM", "\u200f": "RLM",
    "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
    "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
}  # fmt: skip
_BIDI = re.compile(f"([{''.join(BIDI)}])")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)")

TAGS = {
    "bold": ("<strong>", "</strong>"),
    "italic": ("<em>", "</em>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ('<span class="said">', "</span>"),
    "expandable_blockquote": ('<span class="said">', "</span>"),
    "spoiler": ('<span class="spoiler" tabindex="0">', "</span>"),
}
LINKS = ("url", "text_link")
INERT = ("mention", "hashtag", "cashtag", "bot_command", "email", "phone_number")


def formatted(text: str, entities: Iterable[dict[str, Any]] = ()) -> Markup:
    """The text with its look. Entities that cross one another are cut where they cross."""
    spans = [span for span in to_spans(text, entities) if _known(span)]
    pieces: list[Markup] = []
    _write(text, sorted(spans, key=lambda one: (one.start, -one.end)), 0, len(text), pieces)
    return Markup().join(pieces)


def visible(text: str | None) -> Markup:
    """Escaped, with direction controls shown as what they are."""
    parts = _BIDI.split(text or "")
    return Markup().join(
        Markup('<span class="bidi">{}</span>').format(BIDI[part]) if part in BIDI else escape(part)
        for part in parts
    )


def chipped(text: str, mentions: Iterable[Sequence[int]]) -> Markup:
    """The same with the colleagues who are named in it standing out."""
    said, at = Markup(), 0
    for start, length, _person in mentions:
        chip = Markup('<span class="at-chip">{}</span>').format(text[start : start + length])
        said, at = said + visible(text[at:start]) + chip, start + length
    return said + visible(text[at:])


def plain(text: str | None) -> str:
    """The same where no HTML can be."""
    return _BIDI.sub(lambda found: BIDI[found[0]], text or "")


def highlighted(text: str | None, words: Sequence[str]) -> Markup:
    """The words that were looked for, marked where a word of the text begins with one."""
    if not words:
        return visible(text)
    found = re.compile("(" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE)
    return Markup().join(
        Markup("<mark>{}</mark>").format(visible(part)) if number % 2 else visible(part)
        for number, part in enumerate(found.split(text or ""))
    )


def _write(text: str, spans: Sequence[Span], start: int, end: int, into: list[Markup]) -> None:
    place = start
    waiting = list(spans)
    while waiting:
        outer = waiting.pop(0)
        outer = outer._replace(start=max(outer.start, place), end=min(outer.end, end))
        if outer.start >= outer.end:
            continue
        into.append(visible(text[place : outer.start]))
        inner = [one for one in waiting if one.start < outer.end]
        after = [one for one in waiting if one.start >= outer.end]
        rest = [one._replace(start=outer.end) for one in inner if one.end > outer.end]
        inside: list[Markup] = []
        _write(text, inner, outer.start, outer.end, inside)
        into.append(_wrapped(outer, text[outer.start : outer.end], Markup().join(inside)))
        place = outer.end
        waiting = sorted([*rest, *after], key=lambda one: (one.start, -one.end))
    into.append(visible(text[place:end]))


def _wrapped(span: Span, plain: str, inside: Markup) -> Markup:
    if span.kind in LINKS:
        address = _address(str(span.extra.get("url") or plain))
        if address is None:
            return inside
        return Markup(
            '<a href="{}" target="_blank" rel="noopener nofollow noreferrer">{}</a>'
        ).format(address, inside)
    if span.kind in INERT:
        return Markup('<span class="ent">{}</span>').format(inside)
    before, after = TAGS[span.kind]
    return Markup("{}{}{}").format(Markup(before), inside, Markup(after))  # noqa: S704 - ours


def _address(url: str) -> str | None:
    """http(s) or nothing; a bare host is https."""
    given = f"https://{url}" if _HOST.match(url) else url
    try:
        parts = urlsplit(given)
    except ValueError:
        return None
    return given if parts.scheme in ("http", "https") and parts.hostname else None


def _known(span: Span) -> bool:
    return span.kind in TAGS or span.kind in LINKS or span.kind in INERT
