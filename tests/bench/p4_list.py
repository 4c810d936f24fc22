"""P4: the chat list in any view, any page, against the plain newest fifty; p95 in SQL."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from models.database import Database
from models.queries.inbox import NEWEST, OF_LEAD, PAGE, page
from models.queries.view import Sort, Tab, View
from models.user import Role, User
from tests.bench import seed
from tests.bench.clockwork import Asked, clocked
from tests.bench.ground import Ground
from tests.bench.rows import Row, at_most, quantile

Ask = Callable[[AsyncSession], Awaitable[None]]
PLAIN = select(*OF_LEAD).order_by(*NEWEST).limit(PAGE)
DEEP = 20  # pages below the first
# What the seed leaves empty, so that every filter has something to look for.
LIVED_IN = text(
    "update lead set buyer = 'b' || id % 40, campaign = 'c' || id % 400,"
    " source = (array['facebook', 'google', 'tiktok'])[1 + id % 3],"
    " created_at = last_action_at - id % 30 * interval '1 day',"
    " waiting_since = case when unread > 0 and id % 4 = 0 then last_action_at end,"
    " archived_at = case when id % 10 = 0 then last_action_at end,"
    " ignored_at = case when id % 500 = 1 then last_action_at end"
)


async def measure(ground: Ground) -> list[Row]:
    """As an admin, whose list is the longest, and as a manager, whose list has two parts."""
    leads, messages = (500, 10_000) if ground.quick else (100_000, 2_000_000)
    seed.seed(ground.house.settings.postgres, leads=leads, messages=messages, process="talk")
    async with ground.database.statement() as connection:
        await connection.execute(LIVED_IN)
        await connection.execute(text("vacuum analyze lead"))
        people = (await connection.execute(select(User).order_by(User.id.desc()).limit(1))).all()
    manager = User(**dict(people[0]._mapping))
    admin = manager.model_copy(update={"role": Role.ADMIN})
    times = 2 if ground.quick else 40
    slowest: dict[str, float] = {}
    with clocked(ground.database) as asked:
        reference = await p95(ground.database, asked, plain, times)
        for person in (admin, manager):
            for name, view in views(manager).items():
                shown = await showing(ground.database, person, name, view)
                slowest[f"{person.role}: {name}"] = await p95(ground.database, asked, shown, times)
    worst = sorted(slowest, key=lambda name: slowest[name])[-5:]
    return [
        at_most(
            10, goal="≤ 10 ×", id="P4", what="the list's dearest view, against the newest fifty",
            unit="ms", value=slowest[worst[-1]], reference=reference,
            particulars={name: slowest[name] for name in reversed(worst)}
            | {"views": len(slowest), "leads": leads},
        )
    ]  # fmt: skip


def views(manager: User) -> dict[str, View]:
    today = datetime.now(UTC).date()
    alone = {
        "tag": View(tag=[3]), "any tag": View(tag=[3, 4]), "all tags": View(tag_all=[3, 4]),
        "no tag": View(tag_none=[3]), "stage": View(stage=["deposit"]),
        "process": View(process="talk"), "step": View(process="talk", step="human"),
        "manager": View(owner=[manager.id]), "nobody's": View(owner=[0]), "line": View(line=2),
        "spot": View(spot=[1]), "country": View(country=["BR"]), "no such country":
        View(country=["ZW"]), "buyer": View(buyer=["b7"]), "source": View(source=["google"]),
        "campaign": View(campaign=["c77"]), "created": View(created_from=today - timedelta(days=3)),
        "active": View(active_to=today - timedelta(days=30)), "waiting": View(waiting=10),
        "by waiting": View(sort=Sort.WAITING), "archive": View(archive="only"),
        "two filters": View(stage=["deposit"], country=["BR"]),
    }  # fmt: skip
    return {tab.value: View(tab=tab) for tab in Tab} | {"far page": View()} | alone


async def plain(session: AsyncSession) -> None:
    await session.execute(PLAIN)


async def showing(database: Database, person: User, name: str, view: View) -> Ask:
    after = await _deep(database, person) if name == "far page" else None

    async def shown(session: AsyncSession) -> None:
        await page(session, person, view, after=after)

    return shown


async def _deep(database: Database, person: User) -> str | None:
    after: str | None = None
    async with database.reading() as session:
        for _ in range(DEEP):
            after = (await page(session, person, View(), after=after)).after
    return after


async def p95(database: Database, asked: Asked, ask: Ask, times: int) -> float:
    """Milliseconds in the list's own statements: those that have a limit."""
    taken = []
    async with database.reading() as session:
        for _ in range(times + 3):  # the first ones are prepared
            asked.clear()
            await ask(session)
            taken.append(sum(one.ms for one in asked if " LIMIT " in one.statement))
    return quantile(taken[3:], 0.95)
