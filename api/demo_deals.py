"""The demo's second pipeline, and deals that are under way in both: some of the last weeks' clients
are still being worked with."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from models.database import Work
from models.lead.lead import Lead
from models.pipelines import add_pipeline, add_stage, change_stage
from models.stage import Stage
from models.user import User

AGAIN = (
    ("Договорились о сумме", "Sum agreed", "open", 7),
    ("Ждём пополнение", "Waiting for the money", "open", 2),
    ("Пополнил снова", "Paid again", "won", 4),
    ("Отказался", "Declined", "lost", 8),
)
STILL = {"talking": 3, "registration": 4, "deposit": 4, "repeat": 2}  # in the first pipeline
ON_IT = (2, 3, 1, 1, 1)  # in the second, by stage


async def deals(work: Work, by: User) -> None:
    way = await add_pipeline(work, name_ru="Повторные продажи", name_en="Repeat sales")
    await work.flush()
    (first,) = (await work.execute(select(Stage).where(Stage.pipeline_key == way.key))).scalars()
    await change_stage(
        work, first.key, name_ru="Связаться", name_en="Get in touch", kind="open", hue=6,
        seen=first.stamp,
    )  # fmt: skip
    stages = [first]
    for name_ru, name_en, kind, hue in AGAIN:
        await work.flush()
        stages.append(
            await add_stage(
                work, way.key, name_ru=name_ru, name_en=name_en, kind=kind, hue=hue
            )
        )  # fmt: skip
    await work.flush()
    for key, many in STILL.items():
        for lead in await _of_last_weeks(work, key, many):
            lead.unarchive(by=by.actor, at=datetime.now(UTC))
        await work.flush()
    for stage, many in zip(stages, ON_IT, strict=True):
        for lead in await _of_last_weeks(work, "repeat", many):
            lead.unarchive(by=by.actor, at=datetime.now(UTC))
            await lead.move_to(stage.key, by=by.actor)
        await work.flush()


async def _of_last_weeks(work: Work, stage: str, many: int) -> list[Lead]:
    there = (Lead.stage_key == stage, col(Lead.archived_at).is_not(None))
    newest = select(Lead.id).where(*there).order_by(col(Lead.last_action_at).desc()).limit(many)
    ids = sorted(one for one in (await work.execute(newest)).scalars() if one is not None)
    return [await work.locked_lead(one) for one in ids]
