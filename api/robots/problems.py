"""What goes wrong, for robots: `application/problem+json` with one English sentence."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.errors import AGAIN, OF_THE_DATABASE, is_away
from api.robots.pace import TooFast
from models.errors import Away, BrokenInput, LeadloomError, Missing, NotSignedIn
from models.unstorable import refusal

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """RFC 9457. `problems` names each field that does not fit."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such lead, or it is not yours to see"])
    problems: dict[str, str] | None = None


ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": meaning}
    for status, meaning in {
        401: "No token, or one that is not valid",
        403: "The token lacks the scope",
        404: "No such lead, tag or stage",
        422: "What was asked does not fit, or cannot be done",
        429: "Too many calls at once; `Retry-After` says when to come again",
        503: "A part we stand on does not answer; nothing was changed",
    }.items()
}
OUTRUN: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "The lead has moved on since you read its `move`"}
}


def install(app: FastAPI) -> None:
    app.add_exception_handler(LeadloomError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    for kind in OF_THE_DATABASE:
        app.add_exception_handler(kind, _database)


def problem(
    status: int,
    detail: str,
    *,
    problems: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail,
        problems=dict(problems) if problems else None,
    )  # fmt: skip
    return JSONResponse(
        body.model_dump(exclude_none=True), status, headers, media_type="application/problem+json"
    )


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, LeadloomError)
    headers: dict[str, str] = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooFast):
        headers["Retry-After"] = str(error.again)
    if isinstance(error, Away):
        headers["Retry-After"] = AGAIN
    fields = error.problems if isinstance(error, BrokenInput) else None
    return problem(error.status, str(error), problems=fields, headers=headers)


async def _malformed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(tuple(one["loc"])[:1] == ("path",) for one in error.errors()):
        return problem(Missing.status, "There is no such address")
    fields = {
        ".".join(map(str, one["loc"][1:])) or str(one["loc"][0]): one["msg"]
        for one in error.errors()
    }
    return problem(422, "What was asked does not fit", problems=fields)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: "There is no such address", 405: "This address does not do that",
             413: "This is too large"}  # fmt: skip
    detail = known.get(error.status_code, str(error.detail))
    return problem(error.status_code, detail, headers=error.headers)


async def _database(request: Request, error: Exception) -> Response:
    if refused := refusal(error):
        return await _ours(request, refused)
    if not is_away(error):
        raise error
    log.warning("the database does not answer: %s", type(error).__name__)
    sentence = "The database does not answer. Nothing was changed"
    return problem(Away.status, sentence, headers={"Retry-After": AGAIN})
