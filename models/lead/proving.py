"""Later evidence: what a client does with a message of ours says that it arrived."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select

from models.lead.arrival import Answered
from models.lead.changing import Changing
from models.message import Direction, Message, State
from models.timeline import CLIENT, Action

# A client's program may send any data with a press.
OUR_BUTTON = re.compile(r"(?P<message>[0-9]{1,18})\.(?P<attempt>[0-9]{1,9})\.(?P<button>.+)")
# Telegram's date is in whole seconds of its own clock; an attempt may take as long as an upload.
CLOCKS_DIFFER, LONGEST_ATTEMPT = timedelta(minutes=1), timedelta(minutes=10)


class Proving(Changing):
    async def pressed(self, data: str, *, telegram_id: int, at: datetime) -> None:
        """A button of ours, `<message>.<attempt>.<button>`: a reply, and proof that it arrived."""
        ours = OUR_BUTTON.fullmatch(data)
        message = await self.work.session.get(Message, int(ours["message"])) if ours else None
        if ours is None or message is None or message.lead_id != self.id:
            return
        attempt, button = ours["attempt"], ours["button"]
        unsettled = message.state in (State.UNKNOWN, State.QUEUED, State.SENDING)
        if unsettled and message.attempt >= int(attempt) > 0:
            self._arrived(message, telegram_id=telegram_id, at=at)
        words = next(
            (one["text"] for row in message.buttons for one in row if one.get("id") == button),
            button,
        )
        self.record(
            Action.CLIENT_PRESSED, by=CLIENT, at=at, ref=message.id, button=button, text=words
        )
        self.touch(words, author=CLIENT, state=State.RECEIVED, at=at)
        self.unread += 1
        self.waiting_since = self.waiting_since or at
        self.archived_at = None
        self.ring()

    async def replied(self, to: Answered, *, at: datetime) -> None:
        """A reply to a message whose Telegram id we never got: proof for the one it can mean.

        Whatever may have arrived without an id counts; when several fit, nobody knows which.
        """
        known = select(Message.id).where(
            Message.lead_id == self.id, Message.telegram_ids.contains([to.telegram_id])
        )
        if not to.text or (await self.work.execute(known.limit(1))).first() is not None:
            return
        sent_at = datetime.fromtimestamp(to.sent_at, UTC)
        left_at = func.coalesce(Message.claimed_at, Message.written_at)
        perhaps = select(Message).where(
            Message.lead_id == self.id,
            Message.direction == Direction.OUT,
            func.cardinality(Message.telegram_ids) == 0,
            left_at.between(sent_at - LONGEST_ATTEMPT, sent_at + CLOCKS_DIFFER),
            or_(
                Message.state.in_([State.UNKNOWN, State.SENDING, State.SENT]),
                (Message.state == State.QUEUED) & Message.claimed_at.is_not(None),
                (Message.state == State.FAILED) & (Message.reason == "forgotten"),
            ),
        )
        rows = (await self.work.execute(perhaps)).scalars()
        fitting = [one for one in rows if one.text.strip() == to.text.strip()]
        if len(fitting) == 1 and fitting[0].state in (State.UNKNOWN, State.QUEUED):
            self._arrived(fitting[0], telegram_id=to.telegram_id, at=at)

    def _arrived(self, message: Message, *, telegram_id: int, at: datetime) -> None:
        self._settled(message)
        message.state, message.reason = State.SENT, None  # a resend is not needed any more
        message.telegram_ids, message.sent_at = [telegram_id], at
        self.record(Action.MESSAGE_SETTLED, by=CLIENT, at=at, ref=message.id, arrived=True)
