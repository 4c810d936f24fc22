"""Text with entities, measured as Telegram measures it: in UTF-16 units."""

import html
import re
from typing import Any

from phone.refusals import bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")


def units(text: str) -> int:
    """Length in UTF-16 units; lone surrogates are refused."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def cut(text: str, offset: int, length: int) -> str:
    raw = text.encode("utf-16-le")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def from_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Telegram's HTML: (text, entities). What it cannot read is refused with the byte offset."""
    text: list[str] = []
    length = 0
    entities: list[dict[str, Any]] = []
    opened: list[tuple[str, str, int]] = []  # tag, its attributes, where it begins
    place = 0
    while place < len(source):
        sign = source.find("<", place)
        piece = html.unescape(source[place : sign if sign >= 0 else len(source)])
        text.append(piece)
        length += units(piece)
        if sign < 0:
            break
        end = source.find(">", sign)
        if end < 0:
            raise _unreadable(f"unclosed start tag at byte offset {_byte(source, sign)}")
        tag, _, attributes = source[sign + 1 : end].strip().partition(" ")
        tag = tag.lower()
        place = end + 1
        if tag.startswith("/"):
            if not opened:
                raise _unreadable(f"unexpected end tag at byte offset {_byte(source, sign)}")
            name, its_attributes, begin = opened.pop()
            if tag[1:] not in ("", name):
                raise _unreadable(
                    f"unmatched end tag at byte offset {_byte(source, sign)}, "
                    f'expected "</{name}>", found "<{tag}>"'
                )
            if length > begin:
                entities.append(_entity(name, its_attributes, begin, length, inside=opened))
            continue
        if tag not in TAGS:
            raise _unreadable(f'unsupported start tag "{tag}" at byte offset {_byte(source, sign)}')
        if tag == "span" and _attributes(attributes).get("class") != "tg-spoiler":
            raise _unreadable(
                f'tag "span" must have class "tg-spoiler" at byte offset {_byte(source, sign)}'
            )
        opened.append((tag, attributes, length))
    if opened:
        raise _unreadable(f'can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    found = [entity for entity in entities if entity]
    return "".join(text), sorted(found, key=lambda e: (e["offset"], -e["length"]))


def checked(text: str, entities: Any) -> list[dict[str, Any]]:
    """Explicit entities, refused when they do not lie on the text."""
    if not isinstance(entities, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    length = units(text)
    starts = _starts(text)
    for entity in entities:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse entities: expected an Object with a type")
        offset, span = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(span, int):
            raise bad_request("can't parse entities: offset and length must be of type Number")
        if offset < 0 or span < 0 or offset > length:
            raise bad_request(f"entity has an incorrect offset {offset} or length {span}")
        if offset + span > length:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at"
                f" UTF-16 offset {length}"
            )
        if starts is not None and (offset not in starts or offset + span not in starts):
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} begins or ends in the middle of a"
                " UTF-16 symbol"
            )
    return [entity for entity in entities if entity["length"]]


def _starts(text: str) -> set[int] | None:
    """Where a symbol may begin or end; None when everywhere."""
    if text.isascii() or all(ord(sign) < 0x10000 for sign in text):
        return None
    starts, place = {0}, 0
    for sign in text:
        place += 2 if ord(sign) >= 0x10000 else 1
        starts.add(place)
    return starts


def _entity(
    tag: str, attributes: str, begin: int, end: int, *, inside: list[tuple[str, str, int]]
) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": TAGS[tag], "offset": begin, "length": end - begin}
    given = _attributes(attributes)
    if tag == "a":
        if not given.get("href"):
            return {}
        entity["url"] = given["href"]
    elif tag == "tg-emoji":
        entity["custom_emoji_id"] = given.get("emoji-id", "")
    elif tag == "blockquote" and "expandable" in given:
        entity["type"] = "expandable_blockquote"
    elif tag == "code" and inside and inside[-1][0] == "pre":
        return {}
    return entity


def _attributes(source: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in ATTRIBUTE.finditer(source)
    }


def _unreadable(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def _byte(source: str, place: int) -> int:
    return len(source[:place].encode())
