"""Everything there is: bots, clients, their chats, files, journals and faults."""

import json
import random
import secrets
import string
import time
from itertools import chain
from typing import Any

import aiohttp

from phone.chats import Chat, Line
from phone.faults import Faults
from phone.files import Files, StoredFile
from phone.live import Live
from phone.people import Bot, Client
from phone.records import KEPT_REQUESTS, Entry, Journal
from phone.refusals import Nonsense, Unknown
from phone.store import Store
from phone.updates import Update, Updates, wanted
from phone.views import event_of_line, event_of_update
from phone.webhook import Webhook

AFTER_A_KILL = 1000  # ids skipped when the last run did not say goodbye


class World:
    def __init__(self, *, store: Store, longest_pause: float = 60.0) -> None:
        self.store = store
        self.longest_pause = longest_pause
        self.bots: dict[int, Bot] = {}
        self.by_token: dict[str, Bot] = {}
        self.clients: dict[int, Client] = {}
        self.chats: dict[tuple[int, int], Chat] = {}
        self.updates: dict[int, Updates] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.queries: dict[str, tuple[int, int, int]] = {}  # callback query: bot, client, message
        self.files = Files(store.folder)
        self.faults = Faults()
        self.live = Live()
        self.accepts = Journal()
        self.requests = Journal(limit=KEPT_REQUESTS)
        self.session: aiohttp.ClientSession | None = None

    # people

    def add_bot(self, *, token: str | None = None, username: str, name: str) -> Bot:
        """Registers a bot; the same token again only renames it."""
        if token is None:
            letters = string.ascii_letters + string.digits
            secret = "".join(secrets.choice(letters) for _ in range(35))
            token = f"{random.randint(7_000_000_000, 7_999_999_999)}:{secret}"
        number, _, secret = token.partition(":")
        if not number.isdigit() or not secret or "/" in secret:
            raise Nonsense("a token looks like 7000000001:letters")
        bot = self.bots.get(int(number))
        if bot is None:
            bot = Bot(token=token, username=username, name=name)
            bot.next_update_id = random.randint(100_000_000, 900_000_000)
            self.bots[bot.id] = bot
            self.updates[bot.id] = Updates()
        self.by_token.pop(bot.token, None)
        bot.token, bot.username, bot.name = token, username, name
        self.by_token[token] = bot
        self.keep_bot(bot)
        self.store.flush()  # its first ids are thrown by dice: a kill must not throw them again
        self.live.publish("people", {})
        return bot

    def add_client(self, *, first_name: str, id: int | None = None, **about: Any) -> Client:
        client_id = id or max(chain(self.clients, [100_000_000])) + random.randint(1, 50)
        client = Client(id=client_id, first_name=first_name, **about)
        self.clients[client.id] = client
        self.keep_client(client)
        self.live.publish("people", {})
        return client

    def bot(self, name: str | int | None) -> Bot:
        """By id or username; without either, the only one (or the first)."""
        for bot in self.bots.values():
            if name is None or str(name).lstrip("@").lower() in (str(bot.id), bot.username.lower()):
                return bot
        raise Unknown(f"no bot {name or ''}".strip())

    def client(self, client_id: int | str) -> Client:
        try:
            return self.clients[int(client_id)]
        except (KeyError, ValueError):
            raise Unknown(f"no client {client_id}") from None

    def chat(self, bot: Bot, client: Client) -> Chat:
        """Their chat, opened if there is none yet."""
        key = (bot.id, client.id)
        if key not in self.chats:
            self.chats[key] = Chat(bot_id=bot.id, client_id=client.id)
            self.keep_chat(self.chats[key])
        return self.chats[key]

    # what happens in a chat

    def new_message(self, bot: Bot, client: Client, *, by_bot: bool) -> dict[str, Any]:
        message_id = bot.next_message_id
        bot.next_message_id += 1
        return {
            "message_id": message_id,
            "from": bot.as_user() if by_bot else client.as_user(),
            "chat": client.as_chat(),
            "date": int(time.time()),
        }

    def add_line(
        self,
        chat: Chat,
        message: dict[str, Any],
        *,
        by_bot: bool,
        keyboard: dict[str, Any] | None = None,
    ) -> Line:
        line = Line(message=message, by_bot=by_bot, keyboard=keyboard)
        chat.lines[line.id] = line
        if by_bot:
            chat.typing_until = 0.0
        self.line_changed(chat, line)
        self.keep_bot(self.bots[chat.bot_id])
        return line

    def line_changed(self, chat: Chat, line: Line) -> None:
        self.store.keep("line", f"{chat.bot_id:020}/{chat.client_id:020}/{line.id:012}", line)
        if self.live.watched:
            self.live.publish("line", event_of_line(chat, line))

    def file_of(self, message: dict[str, Any], kind: str) -> StoredFile | None:
        found = message.get(kind)
        if isinstance(found, list):
            found = found[-1]
        return self.files.by_unique.get(found.get("file_unique_id", "")) if found else None

    # updates

    def make_update(
        self, bot: Bot, kind: str, payload: dict[str, Any], *, chat: str
    ) -> Update | None:
        """An update with the bot's next id; None when the bot does not want this kind."""
        if not wanted(kind, bot.allowed_updates):
            return None
        body = json.dumps({"update_id": bot.next_update_id, kind: payload}, ensure_ascii=False)
        return self.queue_update(bot, kind, body.encode(), chat=chat)

    def queue_update(
        self, bot: Bot, kind: str, body: bytes, *, chat: str, id: int | None = None
    ) -> Update:
        """Queues these bytes. With `id` they are a repeat or an injection of one's own."""
        updates = self.updates[bot.id]
        update = Update(
            serial=updates.next_serial(),
            id=bot.next_update_id if id is None else id,
            kind=kind,
            chat=chat,
            body=body,
            made_at=time.time(),
            again=id is not None,
        )
        if id is None:
            bot.next_update_id += 1
            self.keep_bot(bot)
        updates.append(update)
        if (webhook := self.webhooks.get(bot.id)) is not None:
            webhook.feed(update)
        self.update_changed(bot, update)
        return update

    def update_changed(self, bot: Bot, update: Update) -> None:
        self.store.keep("update", f"{bot.id:020}/{update.serial:012}", update)
        if self.live.watched:
            self.live.publish("update", event_of_update(bot, update))

    def set_webhook(self, bot: Bot, settings: dict[str, Any] | None) -> None:
        if (old := self.webhooks.pop(bot.id, None)) is not None:
            old.stop()
        bot.webhook = settings
        self.keep_bot(bot)
        if settings is not None:
            assert self.session is not None
            self.webhooks[bot.id] = Webhook(
                bot=bot,
                updates=self.updates[bot.id],
                faults=self.faults,
                session=self.session,
                longest_pause=self.longest_pause,
                changed=self.update_changed,
            )

    # journals

    def accept(self, entry: dict[str, Any]) -> dict[str, Any]:
        written = self.accepts.write(entry)
        self.store.keep("accept", f"{written['n']:012}", Entry(written))
        return written

    # keeping

    def keep_bot(self, bot: Bot) -> None:
        self.store.keep("bot", f"{bot.id:020}", bot)

    def keep_client(self, client: Client) -> None:
        self.store.keep("client", f"{client.id:020}", client)

    def keep_chat(self, chat: Chat) -> None:
        self.store.keep("chat", chat.key, chat)

    def keep_file(self, file: StoredFile) -> None:
        self.files.remember(file)
        self.store.keep("file", f"{file.number:012}", file)

    # life

    async def wake(self) -> None:
        """Opens the connections; webhooks that were set go on. Needs a running loop."""
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), trust_env=False
        )
        for bot in self.bots.values():
            if bot.webhook is not None:
                self.set_webhook(bot, bot.webhook)

    async def sleep(self) -> None:
        for webhook in self.webhooks.values():
            webhook.stop()
        for updates in self.updates.values():
            updates.end_poller("Conflict: terminated, the server stops")
        self.live.close()
        if self.session is not None:
            await self.session.close()

    def forget_everything(self, *, bots: bool) -> None:
        """Empties the world; `bots=False` keeps the bots, their ids and their webhooks."""
        self.store.wipe()
        self.clients.clear()
        self.chats.clear()
        self.queries.clear()
        self.files.clear()
        self.faults.clear()
        self.accepts.clear()
        self.requests.clear()
        for bot in list(self.bots.values()):
            self.updates[bot.id].pending.clear()
            self.updates[bot.id].all.clear()
            self.set_webhook(bot, None if bots else bot.webhook)
            if bots:
                self.updates[bot.id].end_poller("Conflict: terminated by reset")
                del self.bots[bot.id], self.by_token[bot.token], self.updates[bot.id]
                self.store.forget("bot", f"{bot.id:020}")
        self.live.publish("reload", {})
