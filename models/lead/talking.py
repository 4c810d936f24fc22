"""What leaves to the client: by a person, by the process; and what becomes of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.errors import Missing, Refused
from models.lead.content import Content, pieces
from models.lead.row import LeadRow
from models.media import Media, MediaState
from models.message import Direction, Message, State
from models.notice import Notice
from models.timeline import CLIENT, TELEGRAM, Action, Event
from models.user import User

PREVIEW = 160
FORBIDDEN = 403


class Talking(LeadRow):
    async def leave(
        self,
        content: Content,
        *,
        by: str,
        action: Action,
        at: datetime,
        client_key: str | None = None,
        step_key: str | None = None,
        group_key: str | None = None,
        not_before: datetime | None = None,
        typing_from: datetime | None = None,
    ) -> list[Message]:
        """Rows for one content, in the lead's order, waiting for their claim.

        One content may need several messages; they share a `group_key` and leave one after another.
        """
        chunks = pieces(content)
        group = group_key or ((client_key or step_key) if len(chunks) > 1 else None)
        rows = []
        for part, chunk in enumerate(chunks):
            message = Message(
                lead_id=self.id, position=self.seq + 1, direction=Direction.OUT, author=by,
                kind=chunk.kind, text=chunk.text, entities=chunk.entities, buttons=chunk.buttons,
                language=chunk.language, reply_to_id=chunk.reply_to_id, quote=chunk.quote,
                details=chunk.details,
                state=State.QUEUED, epoch=self.epoch if action == Action.PROCESS_SAID else None,
                written_at=at,
                not_before=not_before, typing_from=typing_from if part == 0 else None,
                client_key=client_key if part == 0 else None,
                step_key=step_key, group_key=group, part=part,
            )  # fmt: skip
            self.work.add(message)
            if chunk.media:
                await self.work.flush()
            for position, media in enumerate(chunk.media):
                media.message_id, media.position = message.id, position
                self.work.add(media)
            self.record(action, by=by, at=at, ref=message)
            rows.append(message)
        return rows

    async def written(self, client_key: str) -> list[Message]:
        """What a browser's key stands for already: a second POST finds the first one's rows."""
        mine = select(Message).where(
            Message.lead_id == self.id,
            (Message.client_key == client_key) | (Message.group_key == client_key),
        )
        return list((await self.work.execute(mine.order_by(Message.position))).scalars())

    async def schedule_due(self, messages: Iterable[Message], *, now: datetime) -> datetime | None:
        """Messages for later take their place in the order when their time has come; those that
        were for a silent client are taken back when the client has spoken.

        Returns the next scheduled time, if any is left.
        """
        left: datetime | None = None
        waiting = [one for one in messages if one.state == State.SCHEDULED]
        if any(one.details.get("if_silent") for one in waiting):
            spoke = await self._last_said()
            for message in waiting:
                if message.details.get("if_silent") and (message.position or 0) < spoke:
                    message.state, message.reason = State.CANCELLED, "client_wrote"
                    self.record(Action.MESSAGE_CANCELLED, by=CLIENT, at=now, ref=message.id)
            waiting = [one for one in waiting if one.state == State.SCHEDULED]
        for message in sorted(waiting, key=lambda one: one.not_before or now):
            assert message.not_before is not None
            if message.not_before <= now:
                message.state = State.QUEUED
                message.position = self.record(
                    Action.MESSAGE_REQUEUED, by=message.author, at=now, ref=message.id
                )
            else:
                left = min(left or message.not_before, message.not_before)
        return left

    async def cancel_automatic(self, *, by: str, now: datetime) -> list[Message]:
        """Cancels what the process has queued; returns what is already on the wire."""
        await self.work.flush()
        leaving = select(Message).where(
            Message.lead_id == self.id,
            Message.state.in_([State.QUEUED, State.SCHEDULED, State.SENDING]),
            Message.epoch.is_not(None),
        )
        on_the_wire = []
        for message in (await self.work.execute(leaving.order_by(Message.position))).scalars():
            if message.state == State.SENDING:
                on_the_wire.append(message)
            else:
                message.state = State.CANCELLED
                self.record(Action.MESSAGE_CANCELLED, by=by, at=now, ref=message.id)
        return on_the_wire

    async def withdraw(self, message_id: int, *, by: str, now: datetime) -> None:
        """Takes back a message of a person that has not left. Raises Missing, Refused."""
        message = await self.outgoing(message_id)
        if message.state == State.CANCELLED:
            return
        if message.state not in (State.QUEUED, State.SCHEDULED):
            raise Refused("The message has already left")
        parts = [message]
        if message.state == State.SCHEDULED and message.group_key:  # a text in parts goes whole
            parts = [one for one in await self.written(message.group_key)
                     if one.state == State.SCHEDULED]  # fmt: skip
        for part in parts:
            part.state = State.CANCELLED
            self.record(Action.MESSAGE_CANCELLED, by=by, at=now, ref=part.id)
        self.ring()

    async def settle(self, message_id: int, answer: State, *, by: str, now: datetime) -> None:
        """A person's word about an *unknown* (or the retry of a failed) send.

        `sent`: it arrived; `queued`: send once more, it may double; `failed`: forget it.
        """
        message = await self.outgoing(message_id)
        retried = message.state == State.FAILED and answer == State.QUEUED
        if message.state != State.UNKNOWN and not retried:
            raise Refused("This message is settled already")
        if answer == State.QUEUED:
            message.position = self.record(
                Action.MESSAGE_REQUEUED, by=by, at=now, ref=message.id, was=message.state
            )
            # A person decides: the fence of automatic messages no longer holds it back.
            message.epoch, message.not_before, message.reason = None, None, None
        else:
            self.record(
                Action.MESSAGE_SETTLED, by=by, at=now, ref=message.id, arrived=answer == State.SENT
            )
            message.reason = None if answer == State.SENT else "forgotten"
        message.state = answer
        if message.position == self.seq or self.last_state == State.UNKNOWN:
            self.last_state = answer
        self.notice = None
        self.ring()

    def sent(self, message: Message, *, telegram_ids: list[int], at: datetime) -> None:
        """Telegram accepted. Later evidence settles even an *unknown* one of this attempt."""
        if message.state == State.SENT:  # by evidence, or a person's word: only the ids are new
            message.telegram_ids = telegram_ids
            return
        self._settled(message)
        message.state, message.reason = State.SENT, None
        message.telegram_ids, message.sent_at = telegram_ids, at
        self.record(Action.MESSAGE_SENT, by=TELEGRAM, at=at, ref=message.id)
        self.show(message, at=at)
        if message.automatic:
            self.answered(by=None, at=at)

    def perhaps_sent(self, message: Message, *, because: str, at: datetime) -> None:
        """No machine sends it again: a person, or later evidence, says what became of it."""
        message.state, message.reason = State.UNKNOWN, because
        self.record(Action.MESSAGE_UNKNOWN, by=TELEGRAM, at=at, ref=message.id, because=because)
        self._troubled(message, at=at)

    def not_sent(self, message: Message, *, because: str, at: datetime) -> None:
        """Surely not sent: it waits for its next attempt in its old place.

        If the process has lost its say meanwhile its message is cancelled, as those that had not
        been claimed: queued for ever it would hold back every later one.
        """
        late = message.state == State.UNKNOWN
        self._settled(message)
        message.state, message.reason, message.claimed_at = State.QUEUED, because, None
        if message.epoch is not None and (message.epoch != self.epoch or self.mode != "auto"):
            message.state = State.CANCELLED
            self.record(Action.MESSAGE_CANCELLED, by=TELEGRAM, at=at, ref=message.id)
        elif late:  # others have overtaken it
            message.position = self.record(
                Action.MESSAGE_REQUEUED, by=TELEGRAM, at=at, ref=message.id, was=State.UNKNOWN
            )
        self.work.changed[self.id] = self.seq

    async def refused(self, message: Message, *, code: int, because: str, at: datetime) -> None:
        """Telegram will not have it: this message failed, and the rest of a cut text with it."""
        message.state, message.reason = State.FAILED, because
        self.record(Action.MESSAGE_FAILED, by=TELEGRAM, at=at, ref=message.id, because=because)
        self._troubled(message, at=at)
        groups = [key for key in (message.group_key, message.step_key) if key]
        rest = select(Message).where(
            Message.lead_id == self.id,
            Message.state == State.QUEUED,
            Message.group_key.in_(groups),
        )
        for part in (await self.work.execute(rest)).scalars():
            part.state, part.reason = State.CANCELLED, "earlier_part_failed"
            self.record(Action.MESSAGE_CANCELLED, by=TELEGRAM, at=at, ref=part.id)
        if code == FORBIDDEN and self.blocked_at is None:
            self.blocked_at = at
            self.record(Action.CLIENT_BLOCKED, by=TELEGRAM, at=at, because=because)

    async def _last_said(self) -> int:
        """The seq of the last thing that the client wrote or pressed; 0 without any."""
        spoken = select(func.max(Event.seq)).where(
            Event.lead_id == self.id, Event.kind.in_([Action.CLIENT_WROTE, Action.CLIENT_PRESSED])
        )
        return (await self.work.execute(spoken)).scalar() or 0

    def _settled(self, message: Message) -> None:
        if message.state == State.UNKNOWN and self.notice == State.UNKNOWN:
            self.notice = None

    def _troubled(self, message: Message, *, at: datetime) -> None:
        self.notice, self.archived_at = message.state, None
        self.show(message, at=at)

    def media_fetched(
        self, media: Media, *, state: MediaState, reason: str | None = None,
        sha256: bytes | None = None, size: int | None = None,
    ) -> None:  # fmt: skip
        if media.state == MediaState.DELETED:
            return
        media.state, media.reason = state, reason
        media.sha256, media.size = sha256 or media.sha256, size or media.size
        all_seen = self.seen == self.seq
        self.record(Action.MEDIA_FETCHED, by=TELEGRAM, ref=media.message_id, state=state)
        if all_seen:  # it moves nothing: nobody has to look because of it
            self.seen = self.seq

    async def fetch_again(self, media_id: int, *, by: str, now: datetime) -> None:
        """A person asks for a file that could not be had. Raises Missing."""
        media = await self.work.session.get(Media, media_id)
        if media is None or media.lead_id != self.id:
            raise Missing("There is no such file, or it is not yours to see")
        if media.state not in (MediaState.FAILED, MediaState.PENDING):
            return
        media.state, media.reason, media.attempts = MediaState.PENDING, None, media.attempts + 1
        self.record(Action.MEDIA_FETCHED, by=by, at=now, ref=media.message_id, state=media.state)
        self.ring()

    async def outgoing(self, message_id: int) -> Message:
        message = await self.work.session.get(Message, message_id)
        if message is None or message.lead_id != self.id or message.direction != Direction.OUT:
            raise Missing("There is no such message")
        return message

    def show(self, message: Message, *, at: datetime) -> None:
        """The chat list shows it last."""
        self.touch(
            message.text, kind=message.kind, author=message.author, state=message.state, at=at
        )

    def touch(
        self, text: str, *, author: str, state: str, at: datetime, kind: str = "text"
    ) -> None:
        self.last_action_at = max(self.last_action_at or at, at)
        self.last_text, self.last_kind = text[:PREVIEW], kind
        self.last_author, self.last_state = author, state

    def answered(self, *, by: User | None, at: datetime) -> None:
        """Nobody waits any more; `by` is None for the robot."""
        if since := self.waiting_since:
            self.work.answered(
                lead_id=self.id, seq=self.seq, user_id=by.id if by else None, since=since,
                at=max(since, at),
            )  # fmt: skip
        self.unread, self.waiting_since = 0, None

    def mark_read(self, *, by: User) -> None:
        """Opening the chat: only the one who is responsible clears it for all. Who is mentioned, or
        reminded of a task, clears that for themselves."""
        if by.id in (*self.mentioned, *self.reminded):
            self.mentioned = tuple(one for one in self.mentioned if one != by.id)
            self.reminded = tuple(one for one in self.reminded if one != by.id)
            if self.notice == Notice.TASK_DUE and not self.reminded:
                self.notice = None
            self.work.changed[self.id] = self.seq
        if self.owner_id in (None, by.id) and (self.unread or self.notice):
            self.unread, self.notice = 0, None
            self.work.changed[self.id] = self.seq


def typing_before(typing: timedelta | None, *, at: datetime) -> tuple[datetime | None, datetime]:
    """(typing from, ready at) of a message that is typed for a while."""
    return (at, at + typing) if typing else (None, at)
