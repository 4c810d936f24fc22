"""Bots, clients, what clients do, and their conversations."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phone.acts.act import Act
from phone.acts.table import ACTS
from phone.control.reading import number, read_json, read_upload, world_of
from phone.refusals import Nonsense, Unknown
from phone.views import chat_as_json

ABOUT_CLIENT = {"id", "first_name", "last_name", "username", "language_code"}


async def show_bots(request: Request) -> Response:
    return JSONResponse([bot.as_json() for bot in world_of(request).bots.values()])


async def create_bot(request: Request) -> Response:
    given = await read_json(request)
    bot = world_of(request).add_bot(
        token=given.get("token"),
        username=str(given.get("username") or "demo_bot"),
        name=str(given.get("name") or "Demo"),
    )
    return JSONResponse(bot.as_json(), 201)


async def show_clients(request: Request) -> Response:
    return JSONResponse([client.as_json() for client in world_of(request).clients.values()])


async def create_client(request: Request) -> Response:
    given = await read_json(request)
    if unknown := set(given) - ABOUT_CLIENT:
        raise Nonsense(f"a client has no {', '.join(sorted(unknown))}")
    if not str(given.get("first_name") or "").strip():
        raise Nonsense("a client needs a first_name")
    return JSONResponse(world_of(request).add_client(**given).as_json(), 201)


async def act(request: Request) -> Response:
    """`POST /control/clients/{client}/{act}`; JSON, or a form with `file` parts."""
    world = world_of(request)
    name = request.path_params["act"]
    if name not in ACTS:
        raise Unknown(f"no act {name}; there are {', '.join(ACTS)}")
    given, upload = await read_upload(request)
    made = Act(
        world=world,
        bot=world.bot(given.get("bot")),
        client=world.client(request.path_params["client"]),
        given=given,
        upload=upload,
    )
    await ACTS[name](made)
    return JSONResponse(made.as_json(), 201)


async def show_chat(request: Request) -> Response:
    world = world_of(request)
    bot = world.bot(request.path_params["bot"])
    client = world.client(request.path_params["client"])
    since = number(request, "since")
    if (bot.id, client.id) not in world.chats:
        empty: dict[str, Any] = {"bot": bot.id, "client": client.id, "lines": []}
        return JSONResponse(empty | {"blocked": False, "typing": None})
    chat = world.chats[bot.id, client.id]
    return JSONResponse(chat_as_json(chat, since=since, limit=number(request, "limit")))


async def show_file(request: Request) -> Response:
    """The bytes of a file as the client's phone shows it; anything odd is a download."""
    world = world_of(request)
    file = world.files.by_unique.get(request.path_params["unique"])
    if file is None:
        raise Unknown("no such file")
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    if file.mime.partition("/")[0] not in ("image", "video", "audio") or "svg" in file.mime:
        headers["Content-Disposition"] = "attachment"
    content = world.files.content(file)
    if (span := request.headers.get("range", "")).startswith("bytes="):
        return _part(content, span.removeprefix("bytes="), media_type=file.mime, headers=headers)
    headers["Accept-Ranges"] = "bytes"
    return Response(content, media_type=file.mime, headers=headers)


def _part(content: bytes, span: str, *, media_type: str, headers: dict[str, str]) -> Response:
    first, _, last = span.partition("-")
    if not first.isdigit() or int(first) >= len(content):
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(content)}"})
    end = min(int(last), len(content) - 1) if last.isdigit() else len(content) - 1
    headers["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
    return Response(content[int(first) : end + 1], 206, headers=headers, media_type=media_type)


routes = [
    Route("/bots", show_bots),
    Route("/bots", create_bot, methods=["POST"]),
    Route("/clients", show_clients),
    Route("/clients", create_client, methods=["POST"]),
    Route("/clients/{client}/{act}", act, methods=["POST"]),
    Route("/chats/{bot}/{client}", show_chat),
    Route("/files/{unique}", show_file),
]
