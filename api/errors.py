"""What goes wrong, said in the reader's language: a page, a fragment for the form, or JSON.

htmx puts a fragment into the nearest error slot (`data-errors`), never over the form: what was
typed stays. An unforeseen error gets a code that is also in the log.
"""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.language import gettext, reading
from api.rendering import is_htmx, reader_of, render
from api.words import N_
from models.errors import Away, BrokenInput, LeadloomError, Missing, NotSignedIn
from models.unstorable import refusal

log = logging.getLogger(__name__)

TOO_LARGE = N_("This is too large")
AGAIN = "2"  # seconds until asking again makes sense
OF_THE_DATABASE = (DBAPIError, NoConnectionLeft, OperationalError, UnicodeEncodeError)


def install(app: FastAPI) -> None:
    app.add_exception_handler(LeadloomError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    for kind in OF_THE_DATABASE:
        app.add_exception_handler(kind, _database)


class Unbroken:
    """The last resort, inside the armour so that even this answer carries its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = wordless = False

        async def noting(message: Message) -> None:
            nonlocal begun, wordless
            if message["type"] == "http.response.start":
                begun, wordless = True, _wordless(message)
            if not wordless:
                await send(message)

        try:
            await self.app(scope, receive, noting)
            if wordless:
                answer = problem(Request(scope, receive), 413, TOO_LARGE)
                await answer(scope, receive, send)
        except Exception:
            code = secrets.token_hex(2).upper()
            log.exception("%s %s", scope["method"], scope["path"], extra={"code": code})
            if begun:
                raise
            answer = problem(Request(scope, receive), 500, "Something broke on our side", code=code)
            await answer(scope, receive, send)


def _wordless(start: Message) -> bool:
    """The limit of bodies answers by itself, in nobody's language."""
    plain = Headers(raw=start["headers"]).get("content-type", "").startswith("text/plain")
    return bool(start["status"] == 413 and plain)


def problem(
    request: Request,
    status: int,
    sentence: str,
    *,
    particulars: Mapping[str, object] | None = None,
    problems: Mapping[str, str] | None = None,
    code: str = "",
) -> Response:
    """The answer of an error. `sentence` and the values of `problems` are message ids."""
    with reading(reader_of(request)):
        said = _say(sentence, particulars)
        fields = {field: _say(one, particulars) for field, one in (problems or {}).items()}
    headers = {"Retry-After": AGAIN} if status == 503 else {}
    if wants_json(request):
        told = {"detail": said} | ({"problems": fields} if fields else {})
        return JSONResponse(told | ({"code": code} if code else {}), status, headers)
    return render(
        request,
        "_problem" if is_htmx(request) else "_error",
        status=status,
        headers=headers,
        sentence=said,
        problems=fields,
        code=code,
        status_code=status,
    )


def wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return request.url.path.startswith("/api/v1/") or (
        "application/json" in accepted and "text/html" not in accepted
    )


def _say(sentence: str, particulars: Mapping[str, object] | None) -> str:
    worded = gettext(sentence) if sentence else ""
    return worded % particulars if particulars else worded


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, LeadloomError)
    navigating = request.method == "GET" and not is_htmx(request) and not wants_json(request)
    if isinstance(error, NotSignedIn) and navigating:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(asked)}", 303)
    return problem(
        request,
        error.status,
        error.sentence,
        particulars=error.particulars,
        problems=error.problems if isinstance(error, BrokenInput) else None,
    )


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    where = {each["loc"][0] for each in error.errors()}
    if "path" in where:  # an address that names nothing
        return problem(request, Missing.status, "There is no such page")
    fields = {str(each["loc"][-1]): "Check this field" for each in error.errors()}
    return problem(request, 422, "Check what is filled in", problems=fields)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentences = {
        404: "There is no such page",
        405: N_("This address does not do that"),
        413: TOO_LARGE,
    }
    sentence = sentences.get(error.status_code, HTTPStatus(error.status_code).phrase)
    answer = problem(request, error.status_code, sentence)
    answer.headers.update(error.headers or {})
    return answer


async def _database(request: Request, error: Exception) -> Response:
    if refused := refusal(error):
        return await _ours(request, refused)
    if not is_away(error):
        raise error
    log.warning("the database does not answer: %s", error)
    return problem(request, Away.status, "The database does not answer. Nothing was changed.")


def is_away(error: Exception) -> bool:
    """The connection is at fault, or the server is going away; not what was asked."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, NoConnectionLeft | OperationalError)
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state[:2] in ("", "08", "53", "57")
