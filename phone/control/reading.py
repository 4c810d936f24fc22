"""What control requests carry."""

import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from phone.files import Media
from phone.refusals import Nonsense
from phone.world import World


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


async def read_json(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        given = json.loads(body) if body else {}
    except ValueError:
        raise Nonsense("the body is not JSON") from None
    if not isinstance(given, dict):
        raise Nonsense("the body is not a JSON object")
    return given


async def read_upload(request: Request) -> tuple[dict[str, Any], list[Media]]:
    """(fields, files): a JSON object, or a form whose `file` parts are files."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await read_json(request), []
    fields: dict[str, Any] = {}
    files: list[Media] = []
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                mime = value.content_type or "application/octet-stream"
                content = await value.read()
                files.append(Media("document", content, mime=mime, name=value.filename))
            else:
                fields[name] = value
    return fields, files


def number(request: Request, name: str, default: int = 0) -> int:
    try:
        return int(request.query_params.get(name, default))
    except ValueError:
        raise Nonsense(f"{name} is not a number") from None
