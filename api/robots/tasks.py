"""A lead's tasks: what is open, a new one, and how one was closed."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Response
from sqlalchemy import select
from sqlmodel import col

from api.deps import Db, LeadId, Now
from api.robots.bearer import Reader, Writer
from api.robots.problems import ANSWERS
from api.robots.shapes import TaskAsked, TaskClosed, TasksTold, TaskTold
from models.database import Work
from models.errors import Missing
from models.lead.lead import Lead
from models.queries.finding import found
from models.queries.tasks import who_does
from models.task import Task
from models.token import TokenCall
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/tasks", tags=["tasks"], responses=ANSWERS)

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", pattern=r"^[!-~]{1,200}$",
        description="a repeat with the same key sets no second task, for two days",
    ),
]  # fmt: skip


@router.get("")
async def index(robot: Reader, data: Db, lead_id: LeadId) -> TasksTold:
    """What is open, the earliest due first."""
    async with data.reading() as session:
        if not await found(session, col(Lead.id) == lead_id):
            raise Missing("There is no such lead, or it is not yours to see")
        query = select(Task).where(col(Task.lead_id) == lead_id, col(Task.outcome).is_(None))
        ordered = query.order_by(col(Task.due_at), col(Task.id))
        tasks = list((await session.execute(ordered)).scalars())
    return TasksTold(tasks=[_told(task) for task in tasks])


@router.post("", status_code=201)
async def create(
    robot: Writer, data: Db, now: Now, lead_id: LeadId, asked: TaskAsked, response: Response,
    key: Key = None,
) -> TaskTold:  # fmt: skip
    """Set a task. Whoever is to do it must see the lead."""
    digest = sha256(f"task {lead_id} {asked.model_dump_json()}".encode()).digest()
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        before = await TokenCall.earlier(work.session, robot, key, asked=digest) if key else None
        if before is not None:
            response.headers["Idempotency-Replayed"] = "true"
            return _told(await lead.task(before["task"]))
        task = await lead.set_task(
            asked.what, due_at=asked.due_at, assignee=await _assignee(work, lead, asked.assignee),
            by=robot.actor, now=now,
        )  # fmt: skip
        if key:
            answered = {"task": task.id}
            await TokenCall.remember(work, robot, key, asked=digest, answered=answered, now=now)
    return _told(task)


@router.put("/{number}/outcome")
async def close(
    robot: Writer, data: Db, now: Now, lead_id: LeadId, number: LeadId, asked: TaskClosed
) -> TaskTold:
    """Close a task as done or cancelled. Once it is so, nothing more happens."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        task = await lead.close_task(
            number, asked.outcome, by=robot.actor, now=now, result=asked.result
        )
    return _told(task)


async def _assignee(work: Work, lead: Lead, login: str | None) -> User | None:
    """The lead's owner, when nobody is named."""
    if login is None:
        return await who_does(work, lead, lead.owner_id)
    person = await User.named(work.session, login)
    if person is None:
        raise Missing("There is no such person to do it")
    return await who_does(work, lead, person.id)


def _told(task: Task) -> TaskTold:
    return TaskTold.model_validate(task, from_attributes=True)
