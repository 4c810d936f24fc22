"""P4 and P5 on two worlds by turns, the second ten times the first: what grows with the data?

    python -m tests.bench.seed --url SMALL
    python -m tests.bench.seed --leads 1000000 --messages 20000000 --url LARGE
    python -m tests.bench.larger SMALL LARGE --fill

Both must be migrated; `--fill` fills in, once, what the seed leaves empty. For each view of the
list and each search: milliseconds inside PostgreSQL and the pages that its statements touch, which
no neighbour of the machine bends. `--plans FILE` keeps the plans in the larger one.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from models.database import Database
from models.queries.search import search
from models.user import Role, User
from tests.bench.ground import load
from tests.bench.p4_list import LIVED_IN, plain, showing, views
from tests.bench.p5_search import ASKED

LIMITS = {"list": (1.5, 5.0), "search": (2.0, 50.0)}  # times the smaller; ms that are enough
Ask = Callable[[AsyncSession], Awaitable[object]]
EXPLAIN = "explain (analyze, buffers, timing off, format json) "


@dataclass(frozen=True)
class Cost:
    ms: float
    pages: int

    def __str__(self) -> str:
        return f"{self.ms:8.2f} {self.pages:7}"


@dataclass
class World:
    database: Database
    manager: User
    plans: list[str] = field(default_factory=list)

    def person(self, role: Role) -> User:
        return self.manager.model_copy(update={"role": role})

    async def costs(self, name: str, ask: Ask, times: int) -> Cost:
        """Of the statements with a limit that `ask` runs: the quickest of several times, in which
        the neighbours were quiet."""
        found = []
        with recorded(self.database) as asked:
            async with self.database.reading() as session:
                await ask(session)
        for statement, values in [one for one in asked if " LIMIT " in one[0]]:
            async with self.database.statement() as connection:
                runs = [
                    (await connection.exec_driver_sql(EXPLAIN + statement, values)).scalar_one()[0]
                    for _ in range(times)
                ]
            best = min(runs, key=lambda run: run["Execution Time"])
            plan = best["Plan"]
            pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            found.append(Cost(best["Execution Time"], pages))
            self.plans.append(f"-- {name}: {found[-1]}\n{statement}\n{json.dumps(plan, indent=1)}")
        return Cost(sum(one.ms for one in found), sum(one.pages for one in found))


@contextmanager
def recorded(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Statements and what they were run with."""
    asked: list[tuple[str, Any]] = []

    def before(_connection: Any, _cursor: Any, said: str, values: Any, *_: Any) -> None:
        asked.append((said.replace("\n", " "), values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", before)
    try:
        yield asked
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", before)


async def entered(url: str, *, fill: bool) -> World:
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    async with database.statement() as connection:
        if fill:
            await connection.execute(LIVED_IN)
            await connection.execute(text("vacuum analyze"))
    async with database.reading() as session:
        query = select(User).where(User.role == Role.MANAGER).order_by(User.id.desc()).limit(1)
        return World(database, (await session.execute(query)).scalar_one())


async def asks(world: World, role: Role) -> dict[tuple[str, str], Ask]:
    person = world.person(role)

    def searching(words: str) -> Ask:
        return lambda session: search(session, person, words)

    seen = views(world.manager).items()
    return (
        {("list", "newest fifty"): plain}
        | {("list", name): await showing(world.database, person, name, it) for name, it in seen}
        | {("search", words): searching(words) for words in ASKED}
    )


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.larger", description=__doc__)
    parser.add_argument("worlds", nargs=2, metavar="URL")
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--plans", type=Path)
    given = parser.parse_args()
    small, large = [await entered(url, fill=given.fill) for url in given.worlds]
    print(f"{'':40} {'ms':>8} {'pages':>7} {'ms':>8} {'pages':>7}")
    for role in (Role.ADMIN, Role.MANAGER):
        less, more = await asks(small, role), await asks(large, role)
        for kind, name in less:
            costs = [
                await world.costs(f"{role} {name}", found[kind, name], given.times)
                for world, found in ((small, less), (large, more))
            ]
            times, enough = LIMITS[kind]
            grows = costs[1].ms > max(enough, costs[0].ms * times)
            print(
                f"{kind:6} {role:7} {name:25} {costs[0]} {costs[1]}{'  GROWS' * grows}", flush=True
            )
    if given.plans:
        given.plans.write_text("\n\n".join(large.plans))
    print(f"load of the machine {load():.1f}")


if __name__ == "__main__":
    asyncio.run(main())
