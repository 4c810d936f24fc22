"""A lead's workflow: it keeps time and order. What happens next is decided in `advance`."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.changes import Changes
    from activities.conversation import Conversation
    from activities.moves import Amendment, Delivery, Move, Place, Turn
    from activities.progress import Progress
    from workflows.alarm import Alarm
    from workflows.console import attributes, details
    from workflows.state import LeadRun

ROUNDS = 60  # moves a run: a longer history makes a cold lead slow to wake
SOON = timedelta(seconds=1)


@workflow.defn
class LeadWorkflow:
    @workflow.init
    def __init__(self, run: LeadRun) -> None:
        self.lead_id = run.lead_id
        self.rung = run.rung
        self.told_to_look = False
        self.rounds = 0
        self.place = Place()
        self.alarm = Alarm()
        self.beside: dict[str, asyncio.Task[None]] = {}

    @workflow.run
    async def lead(self, run: LeadRun) -> None:
        move = await self.advance()
        while True:
            self.begin_errands(move)
            if move.deliver:
                move = await self.deliver(move)
            elif move.more:
                move = await self.advance()
            else:
                self.show(move.place)
                if move.typing:
                    typed = Delivery(
                        lead_id=self.lead_id, message_id=move.typing, now=workflow.now()
                    )
                    self.begin(Conversation.show_typing, typed, f"typing {move.typing}", seconds=10)
                await self.doorbell(move)
                if self.outgrown():
                    workflow.continue_as_new(LeadRun(lead_id=self.lead_id, rung=self.rung))
                move = await self.advance()

    @workflow.signal
    def ring(self, seq: int) -> None:
        """`seq` is an event to be seen; 0, from the relay, means "look, whatever you think"."""
        self.rung = max(self.rung, seq)
        self.told_to_look = self.told_to_look or seq == 0

    async def doorbell(self, move: Move) -> None:
        """Waits until the lead has something unseen or its moment has come; for ever if neither."""
        while not self.called(move):
            self.alarm.set(move.due_at, summary=move.place.waits or "next attempt")
            await workflow.wait_condition(lambda: self.called(move) or self.alarm.rang())

    def called(self, move: Move) -> bool:
        due = move.due_at is not None and workflow.now() >= move.due_at
        return due or self.told_to_look or self.rung > move.seen

    async def advance(self) -> Move:
        self.rounds += 1
        self.heed()
        return await workflow.execute_local_activity_method(
            Progress.advance,
            Turn(lead_id=self.lead_id, now=workflow.now()),
            start_to_close_timeout=timedelta(seconds=5),
            local_retry_threshold=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=20)),
        )

    async def deliver(self, move: Move) -> Move:
        """One attempt, no retry: the row knows what became of it."""
        self.heed()
        try:
            return await workflow.execute_activity_method(
                Conversation.deliver,
                Delivery(lead_id=self.lead_id, message_id=move.deliver or 0, now=workflow.now()),
                start_to_close_timeout=timedelta(minutes=10 if move.kind != "text" else 2),
                heartbeat_timeout=timedelta(seconds=15),
                retry_policy=RetryPolicy(maximum_attempts=1),
                priority=Priority(priority_key=move.priority),
                summary=f"message {move.deliver}, {move.kind}",
            )
        except ActivityError:
            await workflow.sleep(SOON)
            return await self.advance()

    def heed(self) -> None:
        """Every ring until now is about something that the next look will see, if it is still
        there: after a restore of the database it may not be."""
        self.told_to_look, self.rung = False, 0

    def begin_errands(self, move: Move) -> None:
        for media_id in move.fetch:
            self.begin(Conversation.fetch_media, media_id, f"media {media_id}", attempts=5)
        for change_id in move.change:
            asked = Amendment(lead_id=self.lead_id, change_id=change_id, now=workflow.now())
            self.begin(Changes.change, asked, f"change {change_id}")

    def begin(
        self, does: Any, given: object, about: str, *, attempts: int = 1, seconds: int = 120
    ) -> None:
        """Beside the loop: a manager's message never waits for it, and its failure is its own."""
        if about not in self.beside:
            activity = workflow.execute_activity_method(
                does,
                given,
                start_to_close_timeout=timedelta(seconds=seconds),
                retry_policy=RetryPolicy(maximum_attempts=attempts),
                summary=about,
            )
            self.beside[about] = asyncio.create_task(self.run_beside(activity, about))

    async def run_beside(self, activity: Awaitable[None], about: str) -> None:
        try:
            await activity
        except ActivityError:
            workflow.logger.warning("%s failed", about)
        finally:
            del self.beside[about]

    def outgrown(self) -> bool:
        if self.beside or not workflow.all_handlers_finished():
            return False
        return self.rounds >= ROUNDS or workflow.info().is_continue_as_new_suggested()

    def show(self, place: Place) -> None:
        """For the console: where the lead rests, in search attributes and in words. Each change is
        an event, and nobody looks for a step that was passed through."""
        if place == self.place:
            return
        now, before = attributes(place), attributes(self.place)
        if now != before:
            workflow.upsert_search_attributes(now)
        self.place = place
        workflow.set_current_details(details(place))
