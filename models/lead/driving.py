"""Who leads: the process (Авто) or a person (Мануал). Every command here raises the epoch,
cancels what the process has queued, records its line and rings; said twice it changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from models.errors import Refused
from models.lead.content import Content
from models.lead.listening import Listening
from models.lead.sharing import Sharing
from models.lead.talking import Talking
from models.message import Message, State
from models.notice import TROUBLES, Notice
from models.process.facts import Facts
from models.process.interpreter import NoSuchPlace, begin, place
from models.process.language import Process
from models.process.state import Heard
from models.timeline import Action, Event
from models.user import User


class Mode(StrEnum):
    AUTO = "auto"
    MANUAL = "manual"


class Driving(Talking, Listening, Sharing):
    async def take_over(
        self, *, by: str, now: datetime, until: datetime | None = None, because: str | None = None
    ) -> list[Message]:
        """No automatic message is claimed after this commit. Returns what was on its way already.

        `until` makes it a timed pause: the process goes on by itself at that moment.
        """
        if self.mode == Mode.MANUAL and self.manual_until == until:
            return await self.cancel_automatic(by=by, now=now)
        was = self.mode
        self._drive(Mode.MANUAL, by=by, now=now, until=until, because=because)
        leaving = await self.cancel_automatic(by=by, now=now)
        if was == Mode.AUTO:
            self.mode_seq = self.record(
                Action.TAKEN_OVER, by=by, at=now, until=until, because=because
            )
        else:
            self.record(Action.PAUSE_CHANGED, by=by, at=now, until=until)
        self._commanded()
        return leaving

    async def hand_over(
        self, *, by: str, now: datetime, because: str, reason: dict[str, str]
    ) -> None:
        """The process itself asks for a person. `because` is a key, `reason` words by language."""
        await self.cancel_automatic(by=by, now=now)
        self.mode_seq = self.record(
            Action.HANDED_OVER, by=by, at=now, because=because, reason=reason
        )
        self._drive(Mode.MANUAL, by=by, now=now, until=None, because=because)
        self.archived_at = None
        if self.notice not in TROUBLES:
            self.notice = Notice.HANDED_OVER
        self.last_action_at = max(self.last_action_at, now)
        self.waiting_since = self.waiting_since or now
        self.epoch += 1
        await self.share_out(by=by, at=now)

    async def give_back(
        self,
        *,
        by: str,
        now: datetime,
        at: str,
        definition: Process,
        facts: Facts,
        read: Sequence[Heard] = (),
    ) -> None:
        """The process goes on: at the `same` step, the `next`, the `start`, or a named one.

        `read` is what the client wrote meanwhile and the step shall read.
        Raises Refused when there is nothing to go on with.
        """
        state = self.state
        if state is None:
            raise Refused("This lead has no process to go on with")
        if self.mode == Mode.AUTO:
            return
        try:
            self.state = place(definition, state, facts, at=at, read=read, now=now)
        except NoSuchPlace:
            raise Refused("The process cannot go on there: choose a step") from None
        self._drive(Mode.AUTO, by=by, now=now, until=None, because=None)
        await self.cancel_automatic(by=by, now=now)
        self.seen = self.seq  # what came until now was handed to the step, or was not, by choice
        self.record(
            Action.GIVEN_BACK, by=by, at=now, place=at, process=self.process_key, step=self.step,
            read=len(read),
        )  # fmt: skip
        self.waiting_since = None
        self._commanded()

    async def meanwhile(self, *, now: datetime) -> list[Heard]:
        """What the client wrote and did since a person leads, for the chooser of give back. What
        started the process is no answer to it."""
        state = self.state
        opened_by = state.opened_by if state else None
        unread = {one.seq: one for one in state.unread} if state else {}
        unread.update({one.seq: one for one in await self.heard(after=self.seen, now=now)})
        return [unread[seq] for seq in sorted(unread) if seq != opened_by]

    async def unanswered(self, *, now: datetime, but_words: bool = False) -> list[Heard]:
        """Of that, what the step reads by default: words after the last message of a person (none,
        where a person is about to answer), and whatever happened outside."""
        await self.work.flush()
        last = select(func.max(Event.seq)).where(
            Event.lead_id == self.id, Event.kind == Action.MANAGER_WROTE
        )
        answered = (await self.work.execute(last)).scalar() or 0
        return [
            one
            for one in await self.meanwhile(now=now)
            if (one.seq > answered and not but_words)
            or (one.kind == "event" and one.button is None)
        ]

    async def skip_wait(self, *, by: str, now: datetime, definition: Process, facts: Facts) -> None:
        """The wait counts as over and the process takes its next step. Raises Refused."""
        state = self.state
        if state is None or state.waiting is None or self.mode == Mode.MANUAL:
            raise Refused("There is no wait to skip")
        step = self.step
        self.state = place(definition, state, facts, at="skip", read=state.unread, now=now)
        await self.cancel_automatic(by=by, now=now)
        self.record(Action.WAIT_SKIPPED, by=by, at=now, process=self.process_key, step=step)
        self._commanded()

    async def start(
        self,
        definition: Process,
        *,
        version: int,
        by: str,
        now: datetime,
        by_message: bool = False,
    ) -> None:
        """Starts a process from its first step; an earlier one is left where it is.

        `by_message`: the client's next message is what started it, not an answer to a step.
        """
        self.run += 1
        await self.cancel_automatic(by=by, now=now)
        self.record(
            Action.PROCESS_STARTED, by=by, at=now, process=definition.process, version=version
        )
        self.state = begin(
            definition, run=self.run, version=version, now=now,
            opened_by=self.seq + 1 if by_message else None,
        )  # fmt: skip
        self._drive(Mode.AUTO, by=by, now=now, until=None, because=None)
        self._commanded()

    async def stop(self, *, by: str, now: datetime) -> None:
        """The lead is in no process any more; people go on talking."""
        if self.process_state is None:
            return
        process, step = self.process_key, self.step
        await self.cancel_automatic(by=by, now=now)
        self.state = None
        self._drive(Mode.MANUAL, by=by, now=now, until=None, because="stopped")
        self.record(Action.PROCESS_STOPPED, by=by, at=now, process=process, step=step)
        self._commanded()

    async def write(
        self,
        content: Content,
        *,
        by: User,
        key: str,
        now: datetime,
        later: datetime | None = None,
    ) -> list[Message]:
        """A person's message. While the process leads, writing takes the lead over.

        `key` is the browser's: the same key again finds the same rows.
        """
        if already := await self.written(key):
            return already
        actor = f"user:{by.id}"
        if self.mode == Mode.AUTO:
            await self.take_over(by=actor, now=now)
        rows = await self.leave(
            content, by=actor, action=Action.MANAGER_WROTE, at=now, client_key=key,
            not_before=later,
        )  # fmt: skip
        if later is not None:
            for row in rows:
                row.state = State.SCHEDULED
        self.show(rows[-1], at=now)
        if later is None:
            self.answered(by=by, at=now)
        else:
            self.unread, self.waiting_since = 0, None
        self.owner_id = self.owner_id or by.id
        self.ring()
        return rows

    async def withdraw(self, message_id: int, *, by: str, now: datetime) -> None:
        """An answer after which the process was to go on is taken back together with that."""
        message = await self.outgoing(message_id)
        was = message.state
        await super().withdraw(message_id, by=by, now=now)
        gave_back = message.details.get("gives_back") and self.mode == Mode.AUTO
        if gave_back and was != State.CANCELLED:
            await self.take_over(by=by, now=now)

    def _drive(
        self, mode: Mode, *, by: str, now: datetime, until: datetime | None, because: str | None
    ) -> None:
        self.mode, self.mode_at, self.mode_by = mode, now, by
        self.manual_until, self.mode_because = until, because

    def _commanded(self) -> None:
        self.epoch += 1
        self.move += 1
        self.ring()
