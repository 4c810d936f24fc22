"""One timer for a lead's many waits: a timer that is set and cancelled costs history two events."""

import asyncio
from datetime import datetime

from temporalio import workflow


class Alarm:
    """Rings at the set moment or earlier: whoever waits looks at the clock and sets it again."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.task: asyncio.Task[None] | None = None

    def set(self, moment: datetime | None, *, summary: str) -> None:
        """None sets nothing; an alarm that is set for an earlier moment stays."""
        if self.rang():
            self.task = None
        if moment is None or (self.task and self.at and self.at <= moment):
            return
        if self.task:
            self.task.cancel()
        self.at = moment
        self.task = asyncio.create_task(workflow.sleep(moment - workflow.now(), summary=summary))

    def rang(self) -> bool:
        return self.task is not None and self.task.done()
