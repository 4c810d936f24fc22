"""How a bot gets its updates, who it is, and its files."""

import asyncio
import random
import re
import time
from collections import defaultdict, deque
from typing import Any

from phone.files import DOWNLOAD_LIMIT
from phone.methods.call import Call
from phone.refusals import bad_request, conflict
from phone.updates import Update

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LONGEST_POLL = 50  # seconds


async def get_me(call: Call) -> dict[str, Any]:
    return call.bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": True,
        "has_main_web_app": False,
    }


async def get_updates(call: Call) -> bytes:
    """The waiting updates as bytes of a JSON array: a repeat is the same bytes."""
    world, bot = call.world, call.bot
    updates = world.updates[bot.id]
    if bot.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active;"
            " use deleteWebhook to delete the webhook first"
        )
    updates.end_poller(
        "terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    _allow(call)
    offset = call.integer("offset", 0) or 0
    limit = min(max(call.integer("limit", 100) or 100, 1), 100)
    for update in updates.confirm_below(offset) if offset else []:
        world.update_changed(bot, update)
    timeout = min(max(call.integer("timeout", 0) or 0, 0), LONGEST_POLL)
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    updates.poller = ended
    try:
        found = await _wait(call, offset=offset, limit=limit, patience=timeout, ended=ended)
    finally:
        if updates.poller is ended:
            updates.poller = None
    return _array(call, found)


async def _wait(
    call: Call, *, offset: int, limit: int, patience: float, ended: asyncio.Future[str]
) -> list[Update]:
    updates = call.world.updates[call.bot.id]
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        updates.arrived.clear()
        found = [] if updates.held else updates.waiting(offset=offset, limit=limit)
        remaining = until - loop.time()
        if found or remaining <= 0:
            return found
        arrival = asyncio.ensure_future(updates.arrived.wait())
        waited: set[asyncio.Future[Any]] = {arrival, ended}
        await asyncio.wait(waited, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
        arrival.cancel()
        if ended.done():
            raise conflict(ended.result())


def _array(call: Call, found: list[Update]) -> bytes:
    """Marks them as handed out; faults may repeat or shuffle them here."""
    world, bot = call.world, call.bot
    if world.faults.strike(("reorder_updates",), method="update", bot=bot.id, client=None):
        found = _shuffled(found)
    bodies: list[bytes] = []
    for update in found:
        update.attempts += 1
        update.delivered_at = update.delivered_at or time.time()
        repeats = world.faults.strike(("repeat_updates",), method="update", bot=bot.id, client=None)
        bodies += [update.body] * (repeats[0].times if repeats else 1)
        if update.again and not update.readable():
            world.updates[bot.id].drop(update)  # once is enough: it spoils the whole answer
        world.update_changed(bot, update)
    return b"[" + b",".join(bodies) + b"]"


def _shuffled(found: list[Update]) -> list[Update]:
    """Chats overtake each other; inside a chat the order stays."""
    chats = [update.chat for update in found]
    random.shuffle(chats)
    queues: dict[str, deque[Update]] = defaultdict(deque)
    for update in found:
        queues[update.chat].append(update)
    return [queues[chat].popleft() for chat in chats]


async def set_webhook(call: Call) -> bool:
    url = call.text("url")
    if not url:
        return await delete_webhook(call)
    if not re.match(r"https?://[^/\s]+", url):
        raise bad_request("bad webhook: invalid webhook URL specified")
    secret = call.text("secret_token") or None
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = call.integer("max_connections", 40) or 40
    _allow(call)
    _drop_if_asked(call)
    call.world.set_webhook(
        call.bot,
        {
            "url": url,
            "secret_token": secret,
            "max_connections": min(max(connections, 1), 100),
        },
    )
    call.world.updates[call.bot.id].end_poller("terminated by setWebhook request")
    return True


async def delete_webhook(call: Call) -> bool:
    _drop_if_asked(call)
    call.bot.last_error = None
    call.world.set_webhook(call.bot, None)
    return True


async def get_webhook_info(call: Call) -> dict[str, Any]:
    bot = call.bot
    info: dict[str, Any] = {
        "url": bot.webhook["url"] if bot.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.world.updates[bot.id].pending),
    }
    if bot.webhook:
        info["max_connections"] = bot.webhook["max_connections"]
        info["ip_address"] = "127.0.0.1"
        info |= bot.last_error or {}
    if bot.allowed_updates:
        info["allowed_updates"] = bot.allowed_updates
    return info


async def get_file(call: Call) -> dict[str, Any]:
    file = call.world.files.named(call.text("file_id"), bot_id=call.bot.id)
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return file.as_telegram(call.bot.id) | {"file_path": file.path}


def _allow(call: Call) -> None:
    """An empty list is the default set; not given keeps what was set before."""
    allowed = call.structure("allowed_updates")
    if isinstance(allowed, list):
        call.bot.allowed_updates = [str(kind) for kind in allowed] or None
        call.world.keep_bot(call.bot)


def _drop_if_asked(call: Call) -> None:
    if call.flag("drop_pending_updates"):
        updates = call.world.updates[call.bot.id]
        for update in list(updates.pending.values()):
            updates.drop(update)
            call.world.update_changed(call.bot, update)
