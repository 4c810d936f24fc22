"""P6: the messenger with an open lead against its bare template; scripts of the first load."""

import gzip
import re

from sqlalchemy import text

from api.assets import DIST
from tests.bench import seed
from tests.bench.ground import Ground
from tests.bench.reader import reader
from tests.bench.rows import Row, at_most, median, quantile

NEWEST = text(
    "select id from lead where process_key is not null and bot_id = 1"
    " order by last_action_at desc limit 8"
)
SCRIPT = re.compile(r"/static/([\w.-]+\.js)")
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*"\./([\w.-]+\.js)\"""")


async def measure(ground: Ground) -> list[Row]:
    times = 3 if ground.quick else 60
    leads, messages = (200, 4_000) if ground.quick else (20_000, 400_000)
    seed.seed(
        ground.house.settings.postgres, leads=leads, messages=messages, process="talk",
        steps=["ask"],
    )  # fmt: skip
    async with ground.database.statement() as connection:
        opened = list((await connection.execute(NEWEST)).scalars())
    anna, port = await reader(ground), ground.house.settings.port
    bare = await ground.with_bare()
    taken: dict[str, list[float]] = {"ours": [], "bare": []}
    page = b""
    for turn in range(-len(opened), times):
        lead = opened[turn % len(opened)]
        page, ours = await anna.get(port, f"/leads/{lead}")
        _, reference = await anna.get(bare, f"/page/{lead}?person={anna.person.id}")
        if turn >= 0:  # the first ones fill caches
            taken["ours"].append(ours * 1000)
            taken["bare"].append(reference * 1000)
    sizes = {
        name: len(gzip.compress((DIST / name).read_bytes(), 9)) / 1024
        for name in _with_imports(SCRIPT.findall(page.decode()))
    }
    return [
        at_most(
            1.3, goal="≤ 1.3 ×", id="P6", what="messenger with an open lead, against its template",
            unit="ms", value=median(taken["ours"]), reference=median(taken["bare"]),
            particulars={
                "p95": quantile(taken["ours"], 0.95), "of the reference":
                quantile(taken["bare"], 0.95), "KB of HTML": len(page) / 1024,
                "leads": leads, "messages": messages,
            },
        ),
        at_most(
            20, id="P6", what="scripts of the first load, gzipped", unit="KB",
            value=sum(sizes.values()), particulars=dict(sorted(sizes.items())),
        ),
    ]  # fmt: skip


def _with_imports(named: list[str]) -> set[str]:
    """What a browser loads before the page is alive: scripts of the page and what they import."""
    loaded, waiting = set[str](), list(named)
    while waiting:
        name = waiting.pop()
        if name not in loaded:
            loaded.add(name)
            waiting += IMPORT.findall((DIST / name).read_text())
    return loaded
