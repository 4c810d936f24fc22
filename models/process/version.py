"""Processes and their frozen versions."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import document, identity, reference, stamped
from models.errors import BrokenInput, Missing
from models.process.language import Process
from models.process.problem import BrokenDefinition, Known, Problem
from models.process.simulation import run_scenarios
from models.queries.desk import desk
from models.stage import FormerName, Tag
from models.user import Team, User

if TYPE_CHECKING:
    from models.database import Work


# Whoever retires a word that processes name, and who publishes one that names it, wait for each
# other.
VOCABULARY = select(func.pg_advisory_xact_lock(func.hashtext("vocabulary")))
FORMER_NAMES = select(FormerName.name, Tag.name).join(Tag, col(Tag.id) == FormerName.tag_id)


class Version(SQLModel, table=True):
    """What was published once and never changes. A lead stays on its version until migrated."""

    __tablename__ = "process_version"
    __table_args__ = (UniqueConstraint("key", "number"),)

    id: int = identity()
    key: str = Field(description="the process's key, as in its file")
    number: int
    title: dict[str, str] = document()
    source: str = Field(description="the YAML as it was published")
    files: dict[str, Any] = document()
    published_at: datetime = stamped()
    published_by_id: int | None = reference("user_account.id")


async def publish(
    work: "Work", source: str, *, files: dict[str, Any], by: User | None = None
) -> Version:
    """Freezes a definition as the next version: new leads start on it, running ones stay on theirs.

    `files` maps each path to `sha256` (hex) and `size` (bytes) of what is stored. The newest
    version published again is that version. Raises BrokenInput with every problem by its step.
    """
    await work.execute(VOCABULARY)
    sizes = {path: file["size"] for path, file in files.items()}
    process = await checked(work.session, source, media=sizes)
    key = process.process
    await work.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    newest_row = select(Version).where(Version.key == key).order_by(Version.number.desc()).limit(1)
    last: Version | None = (await work.execute(newest_row)).scalar_one_or_none()
    if last is not None and (last.source, last.files) == (source, files):
        return last
    version = Version(
        key=key, number=last.number + 1 if last else 1, title=process.title, source=source,
        files=files, published_by_id=by.id if by else None,
    )  # fmt: skip
    work.add(version)
    await work.flush()
    return version


async def checked(session: AsyncSession, source: str, *, media: dict[str, int]) -> Process:
    """The process, when nothing forbids to publish it: no error, no scenario that fails."""
    try:
        process = Process.from_yaml(source)
    except BrokenDefinition as broken:
        raise _refused(broken.problems) from broken
    problems = process.problems(await known(session, media=media))
    errors = [one for one in problems if one.severity == "error"]
    if errors:
        raise _refused(errors)
    failed = [result for result in run_scenarios(process) if not result.passed]
    if failed:
        raise BrokenInput(
            "The scenarios do not come true",
            {one.scenario: " ".join(f.sentence() for f in one.failures) for one in failed},
        )
    return process


async def known(session: AsyncSession, *, media: dict[str, int]) -> Known:
    """What a definition may name as of now; `media` are sizes in bytes by path."""
    around = await desk(session)
    return Known(
        tags=frozenset(one.name for one in around.tags_left),
        stages=tuple(one.key for _, stages in around.ways for one in stages),
        retired=frozenset(one.name for one in around.tags if one.retired_at)
        | {one.key for one in around.stages if one.retired_at},
        renamed=dict((await session.execute(FORMER_NAMES)).all()),
        users=frozenset((await session.execute(select(User.login))).scalars()),
        teams=frozenset((await session.execute(select(Team.name))).scalars()),
        fields=frozenset(one.key for one in around.own_fields),
        media=media,
    )


def _refused(problems: Iterable[Problem]) -> BrokenInput:
    by_step: dict[str, list[str]] = {}
    for problem in problems:
        by_step.setdefault(problem.step or "process", []).append(problem.sentence())
    return BrokenInput(
        "The process cannot be published",
        {step: " ".join(sentences) for step, sentences in by_step.items()},
    )


# Never stale, because versions never change; by database, because a process may hold several.
_frozen: dict[tuple[str | None, str, int], tuple[Process, dict[str, Any]]] = {}


async def definition_of(session: AsyncSession, key: str, number: int) -> Process:
    """A published version, read once a process. Raises Missing."""
    return (await _read(session, key, number))[0]


async def files_of(session: AsyncSession, key: str, number: int) -> dict[str, Any]:
    """Its files: path in the definition to `sha256` (hex) and `size` (bytes)."""
    return (await _read(session, key, number))[1]


async def newest(session: AsyncSession, key: str) -> int | None:
    """The version that new leads start on."""
    return (
        await session.execute(select(func.max(Version.number)).where(Version.key == key))
    ).scalar()


async def _read(session: AsyncSession, key: str, number: int) -> tuple[Process, dict[str, Any]]:
    cached_as = (session.get_bind().engine.url.database, key, number)
    found = _frozen.get(cached_as)
    if found is None:
        query = select(Version).where(Version.key == key, Version.number == number)
        row = (await session.execute(query)).scalar_one_or_none()
        if row is None:
            raise Missing("Process %(key)s has no version %(number)s", key=key, number=number)
        found = _frozen[cached_as] = (Process.from_yaml(row.source), row.files)
    return found
