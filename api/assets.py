"""What the build left in `static/dist`: hashed names, icons, flags."""

import json
import re
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
DIST = STATIC / "dist"


def asset(name: str) -> str:
    """The address of a built file: `asset("app.css")`. Raises LookupError when nothing is built."""
    return f"/static/{_manifest(_built_at())[name]}"


@lru_cache(maxsize=1024)
def icon(name: str, size: str = "", label: str | None = None) -> Markup:
    """One of the icons named in `static/icons.txt`. Without a label it only decorates."""
    if name not in names():
        raise LookupError(f"icon {name!r} is not listed in static/icons.txt")
    if label:
        return _SPEAKING.format(size=size, label=label, at=sprite_version(), name=name)
    return _SILENT.format(size=size, at=sprite_version(), name=name)


@lru_cache(maxsize=1024)
def flag(code: str | None, label: str) -> Markup:
    """A round flag; nothing for a country that has none."""
    code = (code or "").lower()
    return _FLAG.format(code=code, label=label) if code in flags() else Markup()


_SILENT = Markup(
    '<svg class="i {size}" viewBox="0 0 24 24" aria-hidden="true">'
    '<use href="/assets/icons.svg?{at}#{name}"/></svg>'
)
_SPEAKING = Markup(
    '<svg class="i {size}" viewBox="0 0 24 24" role="img" aria-label="{label}">'
    '<use href="/assets/icons.svg?{at}#{name}"/></svg>'
)
_FLAG = Markup(
    '<img class="flag" src="/assets/flags/{code}.svg" alt="{label}" title="{label}"'
    ' width="14" height="14" loading="lazy">'
)


@cache
def names() -> frozenset[str]:
    return frozenset((STATIC / "icons.txt").read_text().split())


@cache
def sprite() -> str:
    """All listed icons as symbols, to be used from one cached file."""
    drawn = _icons("lucide")
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{_body(drawn, name)}</symbol>'
        for name in sorted(names())
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


@cache
def sprite_version() -> str:
    return sha256(sprite().encode()).hexdigest()[:8]


@cache
def flags() -> dict[str, str]:
    """Country code → SVG."""
    drawn = _icons("circle-flags")
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.get("width", 512)} 512">'
    return {
        code: f"{begin}{one['body']}</svg>"
        for code, one in drawn["icons"].items()
        if re.fullmatch("[a-z]{2}", code)
    }


def _body(drawn: dict[str, Any], name: str) -> str:
    alias = drawn.get("aliases", {}).get(name)
    return str(drawn["icons"][alias["parent"] if alias else name]["body"])


def _icons(family: str) -> dict[str, Any]:
    return dict(json.loads((DIST / "icons" / f"{family}.json").read_text()))


def _built_at() -> int:
    try:
        return (DIST / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        raise LookupError("The assets are not built: make assets") from None


@lru_cache(maxsize=1)
def _manifest(_built_at: int) -> dict[str, str]:
    return dict(json.loads((DIST / "manifest.json").read_text()))
