"""What is done to messages that have left: edited, deleted, reacted to; and what becomes of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from models.change import DELETED_WITHIN, IS_OPEN, REACTIONS, Change, Kind
from models.errors import Missing, Refused
from models.formatting import Formatted, utf16_length
from models.lead.content import LONGEST_CAPTION, LONGEST_TEXT
from models.lead.talking import FORBIDDEN, PREVIEW, Talking
from models.message import Message, MessageEdit, State
from models.timeline import TELEGRAM, Action
from models.user import User

WITHOUT_WORDS = ("sticker", "video_note")
NOT_LEFT = (State.QUEUED, State.SCHEDULED)
DONE = {
    Kind.EDIT: Action.MESSAGE_EDITED,
    Kind.DELETE: Action.MESSAGE_DELETED,
    Kind.REACT: Action.MESSAGE_REACTED,
}


class Changing(Talking):
    async def edit(self, message_id: int, said: Formatted, *, by: User, now: datetime) -> None:
        """One's own words anew. What has not left is changed at once. Raises Missing, Refused."""
        message = await self._own(message_id, by=by)
        if message.kind in WITHOUT_WORDS:
            raise Refused("This kind of message has no text to change")
        if message.kind == "text" and not said.text.strip():
            raise Refused("The message is empty")
        most = LONGEST_TEXT if message.kind == "text" else LONGEST_CAPTION
        if utf16_length(said.text) > most:
            raise Refused("The text is longer than %(most)s characters", most=most)
        waiting = [one for one in await self._open(message) if one.kind == Kind.EDIT]
        if (message.text, message.entities) == (said.text, list(said.entities)) and not waiting:
            return
        if message.state in NOT_LEFT:
            self._reword(message, said.text, list(said.entities))
            self.record(Action.MESSAGE_EDITED, by=by.actor, at=now, ref=message.id)
            return
        await self._at_telegram(message)
        change = self._asked(message, Kind.EDIT, by=by, now=now)
        change.text, change.entities = said.text, list(said.entities)
        await self._instead(change, message)

    async def delete(self, message_id: int, *, by: User, now: datetime) -> None:
        """At the client's, too. Here it stays in the history. Raises Missing, Refused."""
        if (await self.outgoing(message_id)).state in NOT_LEFT:
            await self.withdraw(message_id, by=by.actor, now=now)
            return
        message = await self._own(message_id, by=by)
        await self._at_telegram(message)
        if now - (message.sent_at or message.written_at) > DELETED_WITHIN:
            raise Refused("Telegram deletes messages of the last 48 hours only")
        await self._instead(self._asked(message, Kind.DELETE, by=by, now=now), message)

    async def react(self, message_id: int, emoji: str | None, *, by: User, now: datetime) -> None:
        """Ours on anybody's message: one at most, None takes it away. Raises Missing, Refused."""
        message = await self.work.session.get(Message, message_id)
        if message is None or message.lead_id != self.id:
            raise Missing("There is no such message")
        if emoji is not None and emoji not in REACTIONS:
            raise Refused("Telegram does not know this reaction")
        if self.business_connection is not None:
            raise Refused("Telegram takes no reactions in a business account's chat")
        await self._at_telegram(message)
        waiting = [one for one in await self._open(message) if one.kind == Kind.REACT]
        if not waiting and emoji == our_reaction(message):
            return
        change = self._asked(message, Kind.REACT, by=by, now=now)
        change.emoji = emoji
        await self._instead(change, message)

    async def change_again(self, change_id: int, *, by: str, now: datetime) -> None:
        """Of one that failed, or that nobody knows of. Raises Missing, Refused."""
        change = await self._change(change_id, State.FAILED, State.UNKNOWN)
        message = await self.work.session.get_one(Message, change.message_id)
        await self._at_telegram(message)
        change.state, change.reason, change.not_before = State.QUEUED, None, None
        self.record(Action.CHANGE_ASKED, by=by, at=now, ref=change.message_id)
        self.notice = None
        self.ring()

    async def forget_change(self, change_id: int, *, by: str, now: datetime) -> None:
        """The message stays as it is shown. Raises Missing, Refused."""
        change = await self._change(change_id, State.QUEUED, State.FAILED, State.UNKNOWN)
        change.state = State.CANCELLED
        self.record(Action.CHANGE_DROPPED, by=by, at=now, ref=change.message_id)
        self.notice = None

    def changed(self, change: Change, message: Message, *, at: datetime) -> None:
        """Telegram did it."""
        change.state, change.reason = State.SENT, None
        if change.kind == Kind.EDIT:
            self.work.add(
                MessageEdit(
                    message_id=message.id, text=message.text, entities=message.entities,
                    replaced_at=at,
                )
            )  # fmt: skip
            self._reword(message, change.text, change.entities)
            message.edited_at = at
        elif change.kind == Kind.DELETE:
            message.deleted_at = at
        else:
            others = [one for one in message.reactions if one.get("by") == "client"]
            ours = [{"by": change.by, "emoji": change.emoji}] if change.emoji else []
            message.reactions = [*others, *ours]
        self.record(DONE[change.kind], by=change.by, at=at, ref=message.id)
        self.ring()

    def perhaps_changed(self, change: Change, *, because: str, at: datetime) -> None:
        """Nobody knows; a person may ask again, which does no harm."""
        change.state, change.reason = State.UNKNOWN, because
        self._unchanged(change, at=at)

    def not_changed(
        self, change: Change, *, because: str, at: datetime, until: datetime | None
    ) -> None:
        """Surely not: it waits for its next attempt."""
        change.state, change.reason, change.not_before = State.QUEUED, because, until
        change.claimed_at = None
        self.record(Action.CHANGE_ASKED, by=change.by, at=at, ref=change.message_id)
        self.ring()

    def change_refused(self, change: Change, *, code: int, because: str, at: datetime) -> None:
        change.state, change.reason = State.FAILED, because
        self._unchanged(change, at=at)
        if code == FORBIDDEN and self.blocked_at is None:
            self.blocked_at = at
            self.record(Action.CLIENT_BLOCKED, by=TELEGRAM, at=at, because=because)

    def _reword(self, message: Message, text: str, entities: list[Any]) -> None:
        """In the chat list, too, where it is the last one."""
        if (self.last_author, self.last_text) == (message.author, message.text[:PREVIEW]):
            self.last_text = text[:PREVIEW]
        message.text, message.entities = text, entities

    def _unchanged(self, change: Change, *, at: datetime) -> None:
        self.record(Action.CHANGE_FAILED, by=TELEGRAM, at=at, ref=change.message_id)
        self.notice, self.last_action_at = change.state, max(self.last_action_at, at)
        self.ring()

    async def _own(self, message_id: int, *, by: User) -> Message:
        message = await self.outgoing(message_id)
        if message.author != by.actor:
            raise Refused("Only the one who wrote a message changes it")
        return message

    def _asked(self, message: Message, kind: Kind, *, by: User, now: datetime) -> Change:
        if self.blocked_at is not None:
            raise Refused("The client blocked the bot")
        return Change(
            lead_id=self.id, message_id=message.id, kind=kind, by=by.actor, asked_at=now
        )  # fmt: skip

    async def _instead(self, change: Change, message: Message) -> None:
        for earlier in await self._open(message):
            if earlier.kind == change.kind and earlier.state != State.SENDING:
                earlier.state = State.CANCELLED
        self.work.add(change)
        self.record(Action.CHANGE_ASKED, by=change.by, at=change.asked_at, ref=message.id)
        self.ring()

    async def _at_telegram(self, message: Message) -> None:
        """And stays there."""
        leaving = [one for one in await self._open(message) if one.kind == Kind.DELETE]
        if message.deleted_at is not None:
            raise Refused("The message is deleted")
        if any(one.state in (State.QUEUED, State.SENDING) for one in leaving):
            raise Refused("The message is being deleted")
        if message.state == State.SENDING:
            raise Refused("The message is leaving: try again in a moment")
        if not message.telegram_ids:
            raise Refused("Telegram gave no number for this message: it cannot be changed")

    async def _open(self, message: Message) -> list[Change]:
        query = select(Change).where(col(Change.message_id) == message.id, IS_OPEN)
        return list((await self.work.execute(query)).scalars())

    async def _change(self, change_id: int, *states: State) -> Change:
        change = await self.work.session.get(Change, change_id)
        if change is None or change.lead_id != self.id:
            raise Missing("There is no such change")
        if change.state not in states:
            raise Refused("This change is settled already")
        return change


def our_reaction(message: Message) -> str | None:
    return next((one["emoji"] for one in message.reactions if one.get("by") != "client"), None)
