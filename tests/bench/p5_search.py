"""P5: the search box: a name, a tag, an @user, a number, words of messages; first page."""

import time

from sqlalchemy import select, text

from models.queries.search import search
from models.user import Role, User
from tests.bench import seed
from tests.bench.ground import Ground
from tests.bench.rows import Row, at_most, median, quantile

COUNT = text("select count(*) from lead where bot_id = 1")
ASKED = (
    "иван", "ив", "анна орлов", "@user_1777", "user_29", "10000017", "1000", "vip", "депозит",
    "бонус вывод", "код 4", "здравствуйте помогите", "деньги завтра утром", "нетакогослова",
)  # fmt: skip


async def measure(ground: Ground) -> list[Row]:
    """The bare box before it: the same questions by an admin and by a manager."""
    leads, messages = (500, 10_000) if ground.quick else (100_000, 2_000_000)
    async with ground.database.reading() as session:
        known = (await session.execute(COUNT)).scalar_one()
        if known < leads:
            seed.seed(
                ground.house.settings.postgres, leads=leads, messages=messages, process="talk"
            )
        manager = (
            await session.execute(select(User).order_by(User.id.desc()).limit(1))
        ).scalar_one()
    admin = User(**(manager.model_dump() | {"role": Role.ADMIN}))
    taken: dict[str, list[float]] = {}
    for turn in range(-1, 1 if ground.quick else 12):
        for person in (admin, manager):
            for asked in ASKED:
                async with ground.database.reading() as session:
                    begun = time.perf_counter()
                    await search(session, person, asked)
                    if turn >= 0:
                        took = (time.perf_counter() - begun) * 1000
                        taken.setdefault(asked, []).append(took)
    everything = [took for each in taken.values() for took in each]
    dearest = sorted(taken, key=lambda asked: median(taken[asked]))[-3:]
    return [
        at_most(
            50, goal="≤ 50 ms", id="P5", what="the search box, first page, p95", unit="ms",
            value=quantile(everything, 0.95),
            particulars={"worst": max(everything), "p50": median(everything)}
            | {f"“{asked}”": median(taken[asked]) for asked in reversed(dearest)},
        )
    ]  # fmt: skip
