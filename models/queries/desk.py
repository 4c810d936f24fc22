"""What surrounds every lead: people, stages, tags and processes, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.own_field import OwnField
from models.queries.people import TALKING
from models.stage import Pipeline, Stage, Tag
from models.tool import Tool, left_to
from models.user import User

# Columns of one row; whoever needs more of the database adds columns of their own.
DESK = """
        (select jsonb_agg(to_jsonb(p) order by position, key) from pipeline p) as pipelines,
        (select jsonb_agg(to_jsonb(s) order by p.position, p.key, s.position, s.key) from stage s
            join pipeline p on p.key = s.pipeline_key) as stages,
        (select jsonb_agg(to_jsonb(t) order by name) from tag t) as tags,
        (select jsonb_agg(jsonb_build_array(id, name, role, team_id, disabled_at is not null)
            order by name) from user_account) as people,
        (select jsonb_agg(jsonb_build_array(id, name)) from token) as robots,
        (select jsonb_agg(jsonb_build_array(key, number, title) order by key) from (
            select distinct on (key) key, number, title from process_version
            order by key, number desc) v) as processes,
        (select jsonb_agg(jsonb_build_array(tool, line, team_id)) from tool_taken) as tools_taken,
        (select jsonb_agg(to_jsonb(o) order by position, key) from own_field o) as own_fields
"""
JUST_DESK = text(f"select {DESK}")


class Colleague(NamedTuple):
    id: int
    name: str
    role: str
    team_id: int | None
    gone: bool


class Newest(NamedTuple):
    """The version of a process that new leads start on."""

    key: str
    number: int
    title: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """People and tags by name, pipelines and stages by position, processes by key. What is
    retired is among them, because leads and history name it."""

    pipelines: Sequence[Pipeline]
    stages: Sequence[Stage]
    tags: Sequence[Tag]
    people: Sequence[Colleague]
    robots: Mapping[int, str]
    processes: Sequence[Newest]
    tools_taken: Sequence[tuple[str, int | None, int | None]] = ()
    own_fields: Sequence[OwnField] = ()

    @classmethod
    def of(cls, row: Any) -> "Desk":
        """Of a row with the columns of `DESK`."""
        return cls(
            pipelines=[Pipeline(**_dated(one)) for one in row.pipelines or ()],
            stages=[Stage(**_dated(one)) for one in row.stages or ()],
            tags=[Tag(**_dated(one)) for one in row.tags or ()],
            people=[Colleague(*one) for one in row.people or ()],
            robots=dict(row.robots or ()),
            processes=[Newest(*one) for one in row.processes or ()],
            tools_taken=row.tools_taken or (),
            own_fields=[OwnField(**_dated(one)) for one in row.own_fields or ()],
        )

    @cached_property
    def names(self) -> Mapping[str, str]:
        """`user:5` and `robot:3` to names."""
        return {f"user:{one.id}": one.name for one in self.people} | {
            f"robot:{number}": name for number, name in self.robots.items()
        }

    @cached_property
    def ways(self) -> list[tuple[Pipeline, list[Stage]]]:
        """What can be chosen: each pipeline with its stages."""
        return [
            (
                way,
                [one for one in self.stages if one.pipeline_key == way.key and not one.retired_at],
            )
            for way in self.pipelines
            if not way.retired_at
        ]

    @cached_property
    def tags_left(self) -> list[Tag]:
        """Those that can be put on a lead."""
        return [one for one in self.tags if not one.retired_at]

    def along(self, key: str) -> list[Stage]:
        """The stages of a pipeline as a lead on the stage `key` goes them: what is lost stands
        last; a retired one only when the lead is on it."""
        now = self.stage(key)
        there = [
            one
            for one in self.stages
            if now and one.pipeline_key == now.pipeline_key and (one is now or not one.retired_at)
        ]
        return sorted(there, key=lambda one: one.kind == "lost")

    def leads_to(self, key: str) -> bool:
        """Whether a lead can be moved to the stage."""
        return any(one.key == key for _, stages in self.ways for one in stages)

    def stage(self, key: str | None) -> Stage | None:
        return next((one for one in self.stages if one.key == key), None)

    def pipeline(self, key: str) -> Pipeline | None:
        return next((one for one in self.pipelines if one.key == key), None)

    def person(self, number: int | None) -> Colleague | None:
        return next((one for one in self.people if one.id == number), None)

    def owners(self, *, team_id: int | None) -> list[Colleague]:
        """Who may be given a lead of a team."""
        return [
            one
            for one in self.people
            if not one.gone
            and one.role in TALKING
            and (team_id is None or one.team_id in (None, team_id))
        ]

    def own_field(self, path: str) -> OwnField | None:
        """By its key, or as processes say it: `fields.<key>`."""
        key = path.removeprefix("fields.")
        return next((one for one in self.own_fields if one.key == key), None)

    def tools_of(self, person: User) -> frozenset[Tool]:
        return left_to(person, self.tools_taken)

    def newest(self, key: str) -> int | None:
        return next((one.number for one in self.processes if one.key == key), None)


NOBODY = Desk(pipelines=(), stages=(), tags=(), people=(), robots={}, processes=())


async def desk(session: AsyncSession) -> Desk:
    return Desk.of((await session.execute(JUST_DESK)).one())


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    retired = one["retired_at"]
    return one | {"retired_at": datetime.fromisoformat(retired) if retired else None}
