"""Updates and their tricks, journals, faults, the event stream, and starting over."""

import json
import random

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from phone.control.reading import number, read_json, world_of
from phone.people import Bot
from phone.refusals import Nonsense, Unknown


async def show_updates(request: Request) -> Response:
    """Updates with a serial above `since`, at most `limit` of them."""
    world = world_of(request)
    bot = world.bot(request.query_params.get("bot"))
    since, limit = number(request, "since"), number(request, "limit", 100_000)
    found = [update for update in world.updates[bot.id].all if update.serial > since][:limit]
    return JSONResponse([update.as_json() for update in found])


async def inject(request: Request) -> Response:
    """Any bytes as an update. A JSON object without update_id gets the next one.

    `?as_is=1` leaves even that; `?chat=` names the chat whose order it keeps.
    """
    world, bot = world_of(request), _bot(request)
    body = await request.body()
    chat = request.query_params.get("chat", f"raw-{random.randrange(10**9)}")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    own = given.get("update_id") if isinstance(given, dict) else None
    kind = next((str(k) for k in given if k != "update_id"), "raw") if own is not None else "raw"
    if isinstance(given, dict) and own is None and not request.query_params.get("as_is"):
        kind = next(iter(given), "raw")
        body = json.dumps({"update_id": bot.next_update_id, **given}, ensure_ascii=False).encode()
        return JSONResponse(world.queue_update(bot, kind, body, chat=chat).as_json(), 201)
    known = isinstance(own, int) and not isinstance(own, bool)
    update = world.queue_update(bot, kind, body, chat=chat, id=own if known else 0)
    return JSONResponse(update.as_json(), 201)


async def repeat(request: Request) -> Response:
    """The same id and the same bytes once more."""
    world, bot = world_of(request), _bot(request)
    wanted = int(request.path_params["update"])
    known = [update for update in world.updates[bot.id].all if update.id == wanted]
    if not known:
        raise Unknown(f"no update {wanted}")
    first = known[0]
    again = world.queue_update(bot, first.kind, first.body, chat=first.chat, id=first.id)
    return JSONResponse(again.as_json(), 201)


async def hold(request: Request) -> Response:
    """Stops every delivery of this bot until `release`."""
    world, bot = world_of(request), _bot(request)
    world.updates[bot.id].held = True
    if (webhook := world.webhooks.get(bot.id)) is not None:
        webhook.released.clear()
    return JSONResponse({"held": True})


async def release(request: Request) -> Response:
    """Goes on; `order` is "made" (default), "reversed", "shuffled" or a list of update ids."""
    world, bot = world_of(request), _bot(request)
    updates = world.updates[bot.id]
    order = (await read_json(request)).get("order", "made")
    ids = [update.id for update in updates.pending.values()]
    match order:
        case "made":
            pass
        case "reversed":
            updates.reorder(ids[::-1])
        case "shuffled":
            updates.reorder(random.sample(ids, len(ids)))
        case list():
            updates.reorder(order)
        case _:
            raise Nonsense("order is made, reversed, shuffled or a list of update ids")
    updates.held = False
    updates.arrived.set()
    if (webhook := world.webhooks.get(bot.id)) is not None:
        webhook.released.set()
        if order != "made":
            webhook.refeed()
    return JSONResponse({"order": [update.id for update in updates.pending.values()]})


async def show_accepts(request: Request) -> Response:
    return JSONResponse(world_of(request).accepts.since(number(request, "since")))


async def show_requests(request: Request) -> Response:
    return JSONResponse(world_of(request).requests.since(number(request, "since")))


async def show_faults(request: Request) -> Response:
    return JSONResponse([fault.as_json() for fault in world_of(request).faults.all])


async def create_fault(request: Request) -> Response:
    fault = world_of(request).faults.add(await read_json(request))
    await _obey(request)
    return JSONResponse(fault.as_json(), 201)


async def replace_faults(request: Request) -> Response:
    """`{"faults": [...]}` instead of all there are."""
    world = world_of(request)
    wanted = (await read_json(request)).get("faults", [])
    world.faults.clear()
    for settings in wanted:
        world.faults.add(settings)
    await _obey(request)
    return await show_faults(request)


async def destroy_fault(request: Request) -> Response:
    world = world_of(request)
    if "fault" in request.path_params:
        world.faults.remove(int(request.path_params["fault"]))
    else:
        world.faults.clear()
    await _obey(request)
    return await show_faults(request)


async def events(request: Request) -> Response:
    return StreamingResponse(
        world_of(request).live.stream(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def reset(request: Request) -> Response:
    """Forgets clients, chats, files, journals and faults; with `{"bots": true}` the bots, too."""
    world_of(request).forget_everything(bots=bool((await read_json(request)).get("bots")))
    await _obey(request)
    return JSONResponse({"reset": True})


async def health(request: Request) -> Response:
    world = world_of(request)
    return JSONResponse(
        {
            "bots": len(world.bots),
            "clients": len(world.clients),
            "accepts": world.accepts.last,
            "requests": world.requests.last,
            "pollers": [bot for bot, u in world.updates.items() if u.poller is not None],
            "waiting_updates": {bot: len(u.pending) for bot, u in world.updates.items()},
        }
    )


def _bot(request: Request) -> Bot:
    return world_of(request).bot(request.path_params["bot"])


async def _obey(request: Request) -> None:
    world = world_of(request)
    listener = request.app.state.listener
    if listener is not None:
        await (listener.shut() if world.faults.refusing_connections() else listener.reopen())
    world.live.publish("faults", {"faults": [fault.as_json() for fault in world.faults.all]})


routes = [
    Route("/health", health),
    Route("/updates", show_updates),
    Route("/bots/{bot}/raw", inject, methods=["POST"]),
    Route("/bots/{bot}/updates/{update:int}/repeat", repeat, methods=["POST"]),
    Route("/bots/{bot}/hold", hold, methods=["POST"]),
    Route("/bots/{bot}/release", release, methods=["POST"]),
    Route("/accepts", show_accepts),
    Route("/requests", show_requests),
    Route("/faults", show_faults),
    Route("/faults", create_fault, methods=["POST"]),
    Route("/faults", replace_faults, methods=["PUT"]),
    Route("/faults", destroy_fault, methods=["DELETE"]),
    Route("/faults/{fault:int}", destroy_fault, methods=["DELETE"]),
    Route("/events", events),
    Route("/reset", reset, methods=["POST"]),
]
