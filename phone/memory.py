"""Waking up with what the last run kept."""

from typing import Any

from phone.chats import Chat, Line
from phone.files import StoredFile
from phone.people import Bot, Client
from phone.records import Entry
from phone.updates import Update, Updates
from phone.world import World

AFTER_A_KILL = 1000  # ids skipped when the last run did not say goodbye: some may be used


def restore(world: World) -> None:
    """Fills an empty world from its store, in the order in which things were made."""
    load = world.store.load
    orderly = any(load("goodbye"))
    world.store.forget("goodbye", "")
    for _, record in load("bot"):
        bot = Bot(**record)
        if not orderly:
            bot.next_update_id += AFTER_A_KILL
            bot.next_message_id += AFTER_A_KILL
        world.bots[bot.id] = world.by_token[bot.token] = bot
        world.updates[bot.id] = Updates()
        world.keep_bot(bot)
    for _, record in load("client"):
        world.clients[record["id"]] = Client(**record)
    for _, record in load("chat"):
        chat = Chat(**record)
        world.chats[chat.bot_id, chat.client_id] = chat
    for key, record in load("line"):
        bot_id, client_id, _ = map(int, key.split("/"))
        if (chat_of_line := world.chats.get((bot_id, client_id))) is not None:
            line = Line(**record)
            chat_of_line.lines[line.id] = line
    for key, record in load("update"):
        if (updates := world.updates.get(int(key.partition("/")[0]))) is not None:
            updates.append(Update.from_record(record))
    for _, record in load("file"):
        world.files.remember(StoredFile(**record))
    for _, record in load("accept"):
        world.accepts.restore(record)


def say_goodbye(world: World) -> None:
    """Ends the run in order, so that the next one goes on with the very next ids."""
    goodbye: dict[str, Any] = {}
    world.store.keep("goodbye", "", Entry(goodbye))
    world.store.close()
