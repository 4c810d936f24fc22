"""A quick action that was run: once for its key, all in one transaction, and taken back."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.columns import document, moment, reference, stamped
from models.database import Work
from models.deed import assignee
from models.errors import Missing, Refused
from models.formatting import Formatted
from models.giving_back import give_back
from models.lead.content import Content
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.message import State
from models.queries.desk import desk
from models.queries.tasks import who_does
from models.quick_action import Ends, Owner, QuickAction, QuickTask
from models.task import Outcome
from models.timeline import Action
from models.user import User

NOT_LEFT = (State.QUEUED, State.SCHEDULED)


class QuickRun(SQLModel, table=True):
    """`key` is the browser's, and of the message that it sent. `was` is what is put back:
    (before, after) of stage, line and owner, the names of tags, what was unread, the task's id."""

    __tablename__ = "quick_run"

    key: str = Field(primary_key=True)
    quick_action_id: int = reference("quick_action.id", nullable=False, index=True)
    lead_id: int = reference("lead.id", nullable=False, index=True)
    user_id: int = reference("user_account.id", nullable=False)
    was: dict[str, Any] = document()
    ran_at: datetime = stamped()
    undone_at: datetime | None = moment()

    @classmethod
    async def of(cls, work: Work, key: str, *, by: User) -> "QuickRun":
        """Raises Missing."""
        found: QuickRun | None = await work.session.get(QuickRun, key, with_for_update=True)
        if found is None or found.user_id != by.id:
            raise Missing("There is nothing to take back")
        return found

    async def undo(self, work: Work, *, by: User, now: datetime) -> list[str]:
        """What can be put back is, and its open task is cancelled; returns what stays: message,
        stage, line, owner, task, lead (who leads it). Whoever gave the lead away may not see it any
        more, and takes it back all the same."""
        if self.undone_at is not None:
            return []
        self.undone_at = now
        lead = await work.locked_lead(self.lead_id)
        with work.as_one(self.key) as told:
            stays = await self._put_back(work, lead, by=by, now=now)
        action = await work.session.get_one(QuickAction, self.quick_action_id)
        lead.record(
            Action.QUICK_ACTION_UNDONE, by=by.actor, at=now, name=action.name, parts=told
        )  # fmt: skip
        return stays

    async def _put_back(self, work: Work, lead: Lead, *, by: User, now: datetime) -> list[str]:
        stays = []
        for message in await lead.written(self.key):
            if message.state in NOT_LEFT:
                await lead.withdraw(message.id, by=by.actor, now=now)
            elif message.state != State.CANCELLED and "message" not in stays:
                stays.append("message")
        if self.was.get("gave_back") and lead.mode == Mode.AUTO:
            await lead.take_over(by=by.actor, now=now)
        elif self.was.get("took_over"):
            stays.append("lead")
        around = await desk(work.session)
        for name in {one.name for one in around.tags}.intersection(self.was.get("tagged", ())):
            await lead.untag(name, by=by.actor, at=now)
        left = {one.name for one in around.tags_left}
        for name in left.intersection(self.was.get("untagged", ())):
            await lead.tag(name, by=by.actor, at=now)
        for part, value in (("stage", lead.stage_key), ("line", lead.line),
                            ("owner", lead.owner_id)):  # fmt: skip
            before, after = self.was.get(part, (None, None))
            if before == after:
                continue
            if value != after or (part == "stage" and not around.leads_to(before)):
                stays.append(part)
            elif part == "stage":
                await lead.move_to(before, by=by.actor, at=now)
            elif part == "line":
                lead.set_line(before, by=by.actor, at=now)
            else:
                lead.assign(await _person(work, before), by=by.actor, at=now)
        if (number := self.was.get("task")) is not None:
            task = await lead.task(number)
            if task.outcome is None:
                await lead.close_task(number, Outcome.CANCELLED, by=by.actor, now=now)
            elif task.outcome == Outcome.DONE:
                stays.append("task")
        if unread := self.was.get("read"):
            since = unread["since"]
            lead.recall(
                unread=unread["unread"], notice=unread["notice"], by=by.actor,
                since=datetime.fromisoformat(since) if since else None,
            )  # fmt: skip
        return stays


async def run(
    work: Work,
    lead: Lead,
    action: QuickAction,
    *,
    said: Formatted | None,
    by: User,
    key: str,
    now: datetime,
) -> QuickRun:
    """The lead must be locked, and the key new. Raises Refused before anything is half done."""
    parts, known = action.changes, await desk(work.session)
    if problems := parts.problems(known):
        raise Refused(next(iter(problems.values())))
    owner = parts.owner if isinstance(parts.owner, int) else by.id
    before: dict[str, Any] = {"stage": lead.stage_key, "line": lead.line, "owner": lead.owner_id}
    was: dict[str, Any] = {}
    names = {one.id: one.name for one in known.tags}
    with work.as_one(key) as told:
        if said is not None:
            was["took_over"] = lead.mode == Mode.AUTO
            content = Content(
                text=said.text, entities=list(said.entities),
                gives_back=parts.ends == Ends.GIVE_BACK,
            )  # fmt: skip
            await lead.write(content, by=by, key=key, now=now)
        on = set(await lead.tags())
        was["tagged"] = [names[one] for one in parts.tag if names[one] not in on]
        was["untagged"] = [names[one] for one in parts.untag if names[one] in on]
        for name in was["tagged"]:
            await lead.tag(name, by=by.actor, at=now)
        for name in was["untagged"]:
            await lead.untag(name, by=by.actor, at=now)
        if parts.stage is not None:
            await lead.move_to(parts.stage, by=by.actor, at=now)
            was["stage"] = (before["stage"], parts.stage)
        if parts.line is not None:
            lead.set_line(parts.line, by=by.actor, at=now)
            was["line"] = (before["line"], parts.line)
        if parts.owner is not None:
            chosen = None if parts.owner == Owner.NOBODY else await assignee(work, owner)
            lead.assign(chosen, by=by.actor, at=now)
            was["owner"] = (before["owner"], lead.owner_id)
        if parts.task is not None:
            was["task"] = await _set_task(work, lead, parts.task, by=by, now=now)
        await _end(work, lead, parts.ends, was, by=by, now=now)
    lead.record(Action.QUICK_ACTION_RUN, by=by.actor, at=now, name=action.name, parts=told)
    done = QuickRun(
        key=key, quick_action_id=action.id, lead_id=lead.id or 0, user_id=by.id, was=was
    )  # fmt: skip
    work.add(done)
    return done


async def _set_task(work: Work, lead: Lead, task: QuickTask, *, by: User, now: datetime) -> int:
    whom = by.id if task.whom == Owner.ME else task.whom
    assignee = await who_does(work, lead, whom if isinstance(whom, int) else None)
    made = await lead.set_task(
        task.what, due_at=now + task.due, assignee=assignee, by=by.actor, now=now
    )
    return made.id


async def _end(
    work: Work, lead: Lead, ends: Ends, was: dict[str, Any], *, by: User, now: datetime
) -> None:
    if ends == Ends.GIVE_BACK:
        was["gave_back"] = lead.mode == Mode.MANUAL
        await give_back(work, lead, by=by.actor, now=now)
    elif ends == Ends.READ:
        since = lead.waiting_since
        was["read"] = {"unread": lead.unread, "notice": lead.notice,
                       "since": since.isoformat() if since else None}  # fmt: skip
        lead.dismiss(by=by.actor, at=now)


async def _person(work: Work, number: int | None) -> User | None:
    return await work.session.get(User, number) if number else None
