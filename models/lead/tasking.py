"""Tasks: what is promised, by whom and until when; reminded once for each due time.

Every verb keeps `task_due_at`, the earliest due time of the lead's open tasks, in its transaction.
Whatever changes when the next reminder is due rings: the lead's workflow keeps the time.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from models.errors import Missing, Refused
from models.lead.row import LeadRow
from models.notice import TROUBLES, Notice
from models.task import LONGEST, Outcome, Task, Terms, possible
from models.timeline import ENGINE, Action
from models.user import User

MOST_OPEN = 100  # of a lead: what nobody can look through is no plan
CLOSED = {Outcome.DONE: Action.TASK_DONE, Outcome.CANCELLED: Action.TASK_CANCELLED}


class Tasking(LeadRow):
    async def task(self, task_id: int) -> Task:
        """Raises Missing."""
        task = await self.work.session.get(Task, task_id)
        if task is None or task.lead_id != self.id:
            raise Missing("There is no such task")
        return task

    async def set_task(
        self,
        what: str,
        *,
        due_at: datetime,
        assignee: User | None,
        by: str,
        now: datetime,
        step_key: str | None = None,
    ) -> Task:
        """Who it is for is the caller's to check (`models/queries/tasks.py`). Raises Refused.

        A step that comes to its open task again has the same one, due anew.
        """
        what, number = _words(what), assignee.id if assignee else None
        if step_key and (again := await self._task_of_step(step_key)):
            self._alter_task(again, Terms(what, due_at, number), by=by, now=now)
            await self._tasks_changed()
            return again
        open_ones = select(func.count()).where(
            col(Task.lead_id) == self.id, col(Task.outcome).is_(None)
        )
        many = (await self.work.execute(open_ones)).scalar() or 0
        if many >= MOST_OPEN and not by.startswith("process:"):  # which cannot be told
            raise Refused("A chat holds at most %(most)s open tasks", most=MOST_OPEN)
        task = Task(
            lead_id=self.id, what=what, due_at=possible(due_at, now=now), assignee_id=number,
            by=by, step_key=step_key,
        )  # fmt: skip
        self.work.add(task)
        await self.work.flush()
        self.record(
            Action.TASK_CREATED, by=by, at=now, task=task.id, what=what,
            due_at=due_at.isoformat(), assignee=number,
        )  # fmt: skip
        await self._tasks_changed()
        return task

    async def change_task(
        self,
        task_id: int,
        *,
        what: str,
        due_at: datetime,
        assignee: User | None,
        by: str,
        now: datetime,
    ) -> Task:
        """Reworded, moved or given to somebody else; each is a line. Raises Missing, Refused."""
        task = await self._open_task(task_id)
        number = assignee.id if assignee else None
        self._alter_task(task, Terms(_words(what), due_at, number), by=by, now=now)
        await self._tasks_changed()
        return task

    async def move_task(self, task_id: int, due_at: datetime, *, by: str, now: datetime) -> Task:
        """Raises Missing, Refused."""
        task = await self._open_task(task_id)
        self._alter_task(task, Terms(task.what, due_at, task.assignee_id), by=by, now=now)
        await self._tasks_changed()
        return task

    async def hand_tasks(self, *, of: int, to: User | None, by: str, now: datetime) -> None:
        """Of somebody who goes: their open tasks are another one's, or nobody's."""
        theirs = select(Task).where(
            col(Task.lead_id) == self.id,
            col(Task.assignee_id) == of,
            col(Task.outcome).is_(None),
        )
        for task in list((await self.work.execute(theirs)).scalars()):
            terms = Terms(task.what, task.due_at, to.id if to else None)
            self._alter_task(task, terms, by=by, now=now)

    async def close_task(
        self, task_id: int, outcome: Outcome, *, by: str, now: datetime, result: str = ""
    ) -> Task:
        """Said twice it changes nothing; the other outcome is refused. Raises Missing, Refused."""
        task, result = await self.task(task_id), result.strip()
        if len(result) > LONGEST:
            raise Refused("At most %(most)s characters fit here", most=LONGEST)
        if task.outcome is not None:
            if task.outcome != outcome:
                raise Refused("This task is closed already")
            return task
        task.outcome, task.result = outcome, result or None
        task.closed_at, task.closed_by = now, by
        self.record(
            CLOSED[outcome], by=by, at=now, task=task.id, what=task.what, result=result,
            step_key=task.step_key,
        )  # fmt: skip
        self._not_called(task.assignee_id)
        await self._tasks_changed()
        return task

    async def reopen_task(self, task_id: int, *, by: str, now: datetime) -> Task:
        """As it was; a process that has gone on stays where it is. Raises Missing, Refused."""
        task = await self.task(task_id)
        if task.outcome is None:
            return task
        if task.step_key and await self._task_of_step(task.step_key):
            raise Refused("The process has set this task anew")
        task.outcome = task.result = task.closed_at = task.closed_by = None
        self.record(Action.TASK_REOPENED, by=by, at=now, task=task.id, what=task.what)
        await self._tasks_changed()
        return task

    async def remind(self, *, now: datetime) -> datetime | None:
        """Tells of what is due and was not told yet; returns when the next one will be due.

        Asked again at the same moment it tells nothing: what was told is in the same transaction.
        """
        if self.task_due_at is None:
            return None
        due = (
            select(Task)
            .where(
                col(Task.lead_id) == self.id,
                col(Task.outcome).is_(None),
                col(Task.reminded_for).is_distinct_from(col(Task.due_at)),
            )
            .order_by(col(Task.due_at), col(Task.id))
        )
        found: list[Task] = list((await self.work.execute(due)).scalars())
        for task in found:
            if task.due_at <= now:
                self._remind_of(task, now=now)
        return next((task.due_at for task in found if task.due_at > now), None)

    def _remind_of(self, task: Task, *, now: datetime) -> None:
        task.reminded_for, whom = task.due_at, task.assignee_id or self.owner_id
        self.record(
            Action.TASK_DUE, by=ENGINE, at=now, task=task.id, what=task.what, assignee=whom,
            due_at=task.due_at.isoformat(),
        )  # fmt: skip
        if whom is not None and whom not in self.reminded:
            self.reminded = (*self.reminded, whom)
        if self.notice not in TROUBLES:
            self.notice = Notice.TASK_DUE
        self.archived_at = None
        self.last_action_at = max(self.last_action_at, now)

    def _alter_task(self, task: Task, terms: Terms, *, by: str, now: datetime) -> None:
        was = Terms(task.what, task.due_at, task.assignee_id)
        about: dict[str, Any] = {"by": by, "at": now, "task": task.id}
        if was.what != terms.what:
            task.what = terms.what
            self.record(Action.TASK_REWORDED, **about, before=was.what, after=task.what)
        if was.assignee_id != terms.assignee_id:
            task.assignee_id = terms.assignee_id
            self._not_called(was.assignee_id)
            self.record(
                Action.TASK_ASSIGNED, **about, what=task.what, before=was.assignee_id,
                after=task.assignee_id,
            )  # fmt: skip
        if was.due_at != terms.due_at:
            task.due_at = possible(terms.due_at, now=now)
            self._not_called(task.assignee_id)
            self.record(
                Action.TASK_MOVED, **about, what=task.what, was_due_at=was.due_at.isoformat(),
                due_at=task.due_at.isoformat(),
            )  # fmt: skip

    async def _tasks_changed(self) -> None:
        await self.work.flush()
        first = select(func.min(Task.due_at)).where(
            col(Task.lead_id) == self.id, col(Task.outcome).is_(None)
        )
        self.task_due_at = (await self.work.execute(first)).scalar()
        self.ring()

    def _not_called(self, person: int | None) -> None:
        """What they were called for is settled."""
        self.reminded = tuple(one for one in self.reminded if one != person)
        if self.notice == Notice.TASK_DUE and not self.reminded:
            self.notice = None

    async def _open_task(self, task_id: int) -> Task:
        task = await self.task(task_id)
        if task.outcome is not None:
            raise Refused("This task is closed: open it again first")
        return task

    async def _task_of_step(self, step_key: str) -> Task | None:
        query = select(Task).where(
            col(Task.lead_id) == self.id,
            col(Task.step_key) == step_key,
            col(Task.outcome).is_(None),
        )
        return (await self.work.execute(query)).scalar_one_or_none()


def _words(what: str) -> str:
    what = what.strip()
    if not what:
        raise Refused("Say what is to be done")
    if len(what) > LONGEST:
        raise Refused("A task holds at most %(most)s characters", most=LONGEST)
    return what
