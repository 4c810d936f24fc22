"""Pages and fragments: one template serves the page, the live update and the refresh."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import (
    assets,
    contact,
    hearing,
    keyboard,
    language,
    ledger,
    reasons,
    sentences,
    sharing,
    words,
)
from api.formatted import chipped, formatted, highlighted, visible
from api.language import LOCALES, Reader, local, reader, reading
from api.sections import in_rail, sections
from models.change import REACTIONS
from models.queries.inbox import Chat
from models.user import THEMES, User, hue, initials

TEMPLATES = Path(__file__).parent / "templates"
LOOK = "look"  # the cookie that keeps language and theme of who is not signed in: "ru.dark"

environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
)
environment.install_gettext_callables(  # type: ignore[attr-defined]
    language.gettext, language.ngettext, newstyle=True,
    pgettext=language.pgettext, npgettext=language.npgettext,
)  # fmt: skip
environment.globals.update(
    asset=assets.asset, icon=assets.icon, flag=assets.flag,
    clock=language.clock, short=language.short, day=language.day, full=language.full,
    upcoming=language.upcoming, duration=language.duration, ahead=language.ahead,
    number=language.number, money=language.money,
    country=language.country, tongue=language.tongue, reader=language.reader,
    initials=initials, hue=hue, words=words, reasons=reasons, sharing=sharing, reactions=REACTIONS,
    ledger=ledger, contact=contact, sentence=sentences.line, keys=keyboard.keys, hearing=hearing,
    now=lambda: datetime.now(UTC),
)  # fmt: skip


def chat_row(chat: Chat, current: int | None = None, inside: str = "") -> Markup:
    """A row of the list, drawn once for all who read alike: half a page's time went into rows.

    `inside` says "yes" or "no" where it was asked whether the row stands in a view.
    """
    now, waits = datetime.now(UTC), chat.lead.waiting_since
    minutes = (now - waits) // timedelta(minutes=1) if waits else 0
    overdue = chat.lead.task_due_at is not None and chat.lead.task_due_at <= now
    drawn = environment.get_template("_ui.html").module
    return _row(
        drawn, chat, reader(), local(now).date(), minutes, overdue, current == chat.lead.id, inside
    )


@lru_cache(maxsize=8192)
def _row(
    drawn: Any,
    chat: Chat,
    _reader: Reader,
    _today: date,
    _minutes: int,
    _overdue: bool,
    current: bool,
    inside: str,
) -> Markup:
    row: Markup = drawn.row(chat, (), chat.lead.id if current else None, inside)
    return row


environment.globals["chat_row"] = chat_row
environment.filters.update(
    chipped=chipped, formatted=formatted, highlighted=highlighted, visible=visible
)


def html(template: str, **context: Any) -> str:
    """A fragment in the words of the current `reading`: nothing about a person is known."""
    return environment.get_template(f"{template}.html").render(context)


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The page; for htmx only its `main` block. Knows `person`, `csrf`, `path`, `theme`.

    A template that does not extend `layout` is a fragment anyway.
    """
    person = person_of(request)
    seen_as = reader_of(request)
    around = {
        "request": request,
        "path": request.url.path,
        "layout": "_fragment.html" if wants_fragment(request) else "_base.html",
        "person": person,
        "team": getattr(request.state, "team", None),
        "csrf": getattr(request.state, "csrf", ""),
        "theme": theme_of(request),
        "lang": seen_as.locale,
        "sections": (there := sections(person, there=request.app.state.paths)),
        "in_rail": in_rail(there, request.url.path),
        "stream_name": stream_name(request),
    }
    with reading(seen_as):
        body = environment.get_template(f"{template}.html").render(around | context)
    kept = {"Cache-Control": "no-store", "Vary": "HX-Request", **(headers or {})}
    return HTMLResponse(body, status_code=status, headers=kept)


def stream_name(request: Request) -> str:
    """Names the browser's shared stream: another session never hears this one's."""
    csrf = getattr(request.state, "csrf", "")
    return sha256(csrf.encode()).hexdigest()[:16] if csrf else ""


def go(request: Request, path: str) -> Response:
    """After a change: on to another page, for a form of a page and for htmx."""
    if is_htmx(request):
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)


def is_htmx(request: Request) -> bool:
    return "hx-request" in request.headers


def wants_fragment(request: Request) -> bool:
    """htmx says whether it swaps a part or the whole body."""
    return is_htmx(request) and request.headers.get("hx-request-type") != "full"


def page_path(request: Request) -> str:
    """The path of the page that a fragment is asked for."""
    return urlsplit(request.headers.get("hx-current-url", "")).path


def person_of(request: Request) -> User | None:
    return getattr(request.state, "person", None)


def reader_of(request: Request) -> Reader:
    if person := person_of(request):
        return Reader(person.locale, person.time_zone)
    chosen = request.cookies.get(LOOK, "").split(".")[0]
    if chosen in LOCALES:
        return Reader(chosen)
    wanted = request.headers.get("accept-language", "")[:2].lower()
    return Reader("en" if wanted == "en" else "ru")


def theme_of(request: Request) -> str:
    if person := person_of(request):
        return person.theme
    chosen = request.cookies.get(LOOK, "").partition(".")[2]
    return chosen if chosen in THEMES else "auto"
