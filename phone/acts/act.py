"""One act of a person with a phone: what it writes, and what it tells the bot."""

from dataclasses import dataclass, field
from typing import Any

from phone.chats import Chat, Line
from phone.files import Media
from phone.formatting import units
from phone.people import Bot, Client
from phone.refusals import Nonsense, Unknown
from phone.shapes import file_fields, keep_media
from phone.updates import Update
from phone.views import line_as_json
from phone.world import World


@dataclass
class Act:
    """One act of `client` towards `bot`; `given` is what the request said about it."""

    world: World
    bot: Bot
    client: Client
    given: dict[str, Any]
    upload: list[Media] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)

    @property
    def chat(self) -> Chat:
        return self.world.chat(self.bot, self.client)

    def line(self, name: str = "message_id") -> Line:
        line = self.chat.line(int(self.given.get(name) or 0))
        if line is None:
            raise Unknown(f"no message {self.given.get(name)} in this chat")
        return line

    def send(self, kind: str, payload: dict[str, Any]) -> None:
        update = self.world.make_update(self.bot, kind, payload, chat=str(self.client.id))
        if update is not None:
            self.updates.append(update)

    def write(self, content: dict[str, Any]) -> Line:
        """Puts a message of the client before the bot."""
        if self.client.deactivated:
            raise Nonsense(f"{self.client.name} is deactivated")
        chat = self.chat
        if chat.blocked:
            raise Nonsense(f"{self.client.name} has blocked the bot: unblock or start it first")
        message = self.world.new_message(self.bot, self.client, by_bot=False)
        message |= self._answered() | content
        line = self.world.add_line(chat, message, by_bot=False)
        self.lines.append(line)
        self.send("message", message)
        return line

    def _answered(self) -> dict[str, Any]:
        if not self.given.get("reply_to"):
            return {}
        line = self.line("reply_to")
        answered = {k: v for k, v in line.message.items() if k not in ("reply_to_message", "quote")}
        fields: dict[str, Any] = {"reply_to_message": answered}
        if quote := self.given.get("quote"):
            if (place := line.text.find(quote)) < 0:
                raise Nonsense("the quote is not a part of that message")
            position = units(line.text[:place])
            fields["quote"] = {"text": quote, "position": position, "is_manual": True}
        return fields

    async def write_file(self, made: Media, **more: Any) -> Line:
        file = await keep_media(self.world, made)
        content = await file_fields(self.world, file, made.kind, bot_id=self.bot.id)
        return self.write(content | captioned(self.given) | more)

    def as_json(self) -> dict[str, Any]:
        lines = [line_as_json(line) for line in self.lines]
        updates = [update.as_json() for update in self.updates]
        return {
            "message": lines[0] if lines else None,
            "messages": lines,
            "update": updates[0] if updates else None,
            "updates": updates,
        }


def captioned(given: dict[str, Any]) -> dict[str, Any]:
    return {"caption": given["caption"]} if given.get("caption") else {}
