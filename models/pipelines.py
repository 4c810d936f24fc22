"""Pipelines and their stages kept: an administrator's work.

Leads, history and filters name stages, so none is ever deleted: it is retired when its leads have
gone elsewhere, and may come back.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from models.database import Work
from models.errors import Outrun, Refused
from models.lead.lead import Lead
from models.process.version import VOCABULARY
from models.queries.vocabulary import still_on, who_name_stages
from models.stage import KINDS, START, Pipeline, Stage
from models.user import HUES, User

LONGEST_NAME = 60
AT_ONCE = 200  # leads that change their stage in one transaction
Kept = TypeVar("Kept", Pipeline, Stage)


async def add_pipeline(work: Work, *, name_ru: str, name_en: str) -> Pipeline:
    """With a first stage, because leads stand on stages. Raises Refused."""
    await work.execute(VOCABULARY)
    made = Pipeline(
        key=await _key(work, Pipeline, name_en), position=await _last(work, Pipeline) + 1,
        name_ru=_named(name_ru), name_en=_named(name_en),
    )  # fmt: skip
    work.add(made)
    await work.flush()
    first = Stage(
        key=await _key(work, Stage, f"{made.key}_{START}"), position=1, name_ru="Новый",
        name_en="New", pipeline_key=made.key, hue=6,
    )  # fmt: skip
    work.add(first)
    return made


async def rename_pipeline(
    work: Work, key: str, *, name_ru: str, name_en: str, seen: str
) -> Pipeline:
    """Raises Missing, Refused, Outrun when it is not as it was `seen`."""
    found = await _found(work, Pipeline, key)
    if (name_ru, name_en) != (found.name_ru, found.name_en):
        _as_seen(found, seen)
        found.name_ru, found.name_en = _named(name_ru), _named(name_en)
    return found


async def add_stage(
    work: Work, pipeline_key: str, *, name_ru: str, name_en: str, kind: str, hue: int
) -> Stage:
    """The last of its pipeline. Raises Missing, Refused."""
    pipeline = await _found(work, Pipeline, pipeline_key)
    if pipeline.retired_at:
        raise Refused("The pipeline is retired: bring it back first")
    made = Stage(
        key=await _key(work, Stage, name_en),
        position=await _last(work, Stage, col(Stage.pipeline_key) == pipeline.key) + 1,
        name_ru=_named(name_ru), name_en=_named(name_en), kind=_one_of(kind), hue=_hue(hue),
        pipeline_key=pipeline.key,
    )  # fmt: skip
    work.add(made)
    return made


async def change_stage(
    work: Work, key: str, *, name_ru: str, name_en: str, kind: str, hue: int, seen: str
) -> Stage:
    """Its key stays: processes name it. Raises Missing, Refused, Outrun when it is not as it was
    `seen`."""
    found = await _found(work, Stage, key)
    if (name_ru, name_en, kind, hue) != (found.name_ru, found.name_en, found.kind, found.hue):
        _as_seen(found, seen)
    if kind != "open" and found.kind == "open":
        await _keep_an_open_stage(work, found)
    found.name_ru, found.name_en = _named(name_ru), _named(name_en)
    found.kind, found.hue = _one_of(kind), _hue(hue)
    return found


async def put_pipelines_in_order(work: Work, keys: Sequence[str]) -> None:
    """Raises Outrun when those are not all that are left."""
    await work.execute(VOCABULARY)
    query = select(Pipeline).where(col(Pipeline.retired_at).is_(None))
    _place((await work.execute(query)).scalars(), keys)


async def put_stages_in_order(work: Work, pipeline_key: str, keys: Sequence[str]) -> None:
    """Raises Missing, Outrun when those are not all that are left of the pipeline."""
    await _found(work, Pipeline, pipeline_key)
    _place(await _left(work, pipeline_key), keys)


async def retire_stage(work: Work, key: str, *, to: str, now: datetime) -> list[str]:
    """No lead comes to it from now on; whose stage it is go `to` another by `move_some`. Returns
    the stages that are left. Raises Missing, Refused."""
    found = await _found(work, Stage, key)
    if found.retired_at is None:
        await _keep_an_open_stage(work, found)
        await _retire(work, [found], now=now)
    await _heir(work, to, [found])
    return [found.key]


async def retire_pipeline(work: Work, key: str, *, to: str, now: datetime) -> list[str]:
    """With all its stages; see `retire_stage`."""
    found = await _found(work, Pipeline, key)
    if found.retired_at is None:
        stages = await _left(work, key)
        if any(one.key == START for one in stages):
            raise Refused("New leads begin in this pipeline: it stays")
        await _retire(work, stages, now=now)
        found.retired_at = now
    every = list((await work.execute(select(Stage).where(Stage.pipeline_key == key))).scalars())
    await _heir(work, to, every)
    return [one.key for one in every]


async def bring_back_stage(work: Work, key: str) -> Stage:
    found = await _found(work, Stage, key)
    if (await _found(work, Pipeline, found.pipeline_key)).retired_at:
        raise Refused("The pipeline is retired: bring it back first")
    found.retired_at = None
    return found


async def bring_back_pipeline(work: Work, key: str) -> Pipeline:
    """And the stages that were retired with it."""
    found = await _found(work, Pipeline, key)
    if found.retired_at:
        with_it = (Stage.pipeline_key == key, Stage.retired_at == found.retired_at)
        for stage in (await work.execute(select(Stage).where(*with_it))).scalars():
            stage.retired_at = None
        found.retired_at = None
    return found


async def move_some(
    work: Work, stages: Iterable[str], *, to: str, by: User, now: datetime, most: int = AT_ONCE
) -> int:
    """Of the leads on these stages, each with its line; returns how many were moved."""
    query = select(Lead.id).where(col(Lead.stage_key).in_(list(stages))).limit(most)
    ids = sorted(one for one in (await work.execute(query)).scalars() if one is not None)
    for lead_id in ids:
        lead = await work.locked_lead(lead_id)
        await lead.move_to(to, by=by.actor, at=now)
    return len(ids)


async def _retire(work: Work, stages: Sequence[Stage], *, now: datetime) -> None:
    keys = [one.key for one in stages]
    if any(one.key == START for one in stages):
        raise Refused("New leads begin on this stage: it stays")
    if await who_name_stages(work.session, keys):
        raise Refused("Processes or quick actions name it: change them first")
    for one in stages:
        one.retired_at = now
    await work.flush()


async def _heir(work: Work, to: str, leaving: Sequence[Stage]) -> None:
    """Where leads go must be there, when there are leads to go."""
    keys = [one.key for one in leaving]
    if not to and not await still_on(work.session, keys):
        return
    heir: Stage | None = await work.session.get(Stage, to) if to else None
    if heir is None or heir.retired_at or heir.key in keys:
        raise Refused("Choose where its leads go")


async def _keep_an_open_stage(work: Work, stage: Stage) -> None:
    if stage.key == START:
        raise Refused("New leads begin on this stage: it stays")
    others = [one for one in await _left(work, stage.pipeline_key) if one.key != stage.key]
    if not any(one.kind == "open" for one in others):
        raise Refused("At least one open stage stays in a pipeline")


async def _left(work: Work, pipeline_key: str) -> list[Stage]:
    query = select(Stage).where(Stage.pipeline_key == pipeline_key, col(Stage.retired_at).is_(None))
    return list((await work.execute(query.order_by(col(Stage.position)))).scalars())


async def _found(work: Work, kind: type[Kept], key: str) -> Kept:
    """With the vocabulary locked. Raises Missing."""
    await work.flush()
    await work.execute(VOCABULARY)
    found: Kept | None = await work.session.get(kind, key, populate_existing=True)
    if found is None:
        raise kind.missing()
    return found


def _as_seen(found: Pipeline | Stage, seen: str) -> None:
    if found.stamp != seen:
        raise Outrun("A colleague has just changed it. Look again and save once more")


def _place(left: Iterable[Pipeline | Stage], keys: Sequence[str]) -> None:
    there = {one.key: one for one in left}
    if set(there) != set(keys):
        raise Outrun("A colleague has just changed it. Look again and save once more")
    for position, key in enumerate(keys, start=1):
        there[key].position = position


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused("A name has from 1 to %(most)s characters", most=LONGEST_NAME)
    return name


def _one_of(kind: str) -> str:
    if kind not in KINDS:
        raise Refused("A stage is open, won or lost")
    return kind


def _hue(hue: int) -> int:
    return hue if 1 <= hue <= HUES else 1


async def _key(work: Work, kind: type[Pipeline] | type[Stage], name: str) -> str:
    """A word that processes can name it by, not taken yet."""
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or kind.__tablename__
    taken = set((await work.execute(select(kind.key))).scalars())
    return next(
        one for one in (word, *(f"{word}_{n}" for n in range(2, 10_000))) if one not in taken
    )


async def _last(work: Work, kind: type[Pipeline] | type[Stage], *of: ColumnElement[bool]) -> int:
    return (await work.execute(select(func.max(kind.position)).where(*of))).scalar() or 0
