"""P15: each page of reports, of thirty days, and how it grows with ten times the data."""

from tests.bench import deals, seed
from tests.bench.ground import Ground, load
from tests.bench.reader import Reader, reader
from tests.bench.rows import Row, at_most, median

PAGES = {
    "deposits": "/reports/deposits?period=30",
    "deposits by campaign": "/reports/deposits?period=30&by=campaign&source=google",
    "funnel": "/reports/funnel?period=30",
    "answers": "/reports/answers?period=30",
    "answers of a source": "/reports/answers?period=30&source=google",
    "load": "/reports/load",
    "filter": "/reports/filter?report=deposits",
}
FULL, QUICK = (100_000, 2_000_000, 200_000), (400, 4_000, 400)  # leads, messages, payments
ENOUGH = 20  # ms: below it a page is its template, and grows with nothing


async def measure(ground: Ground) -> list[Row]:
    """As an admin, whose figures are of all leads; a tenth of the data first."""
    anna, times = await reader(ground), 2 if ground.quick else 15
    full = QUICK if ground.quick else FULL
    _filled(ground, *(number // 10 for number in full))
    small = await _taken(ground, anna, times)
    _filled(ground, *(number - number // 10 for number in full))
    large = await _taken(ground, anna, times)
    growth = {name: large[name] / max(small[name], ENOUGH) for name in large}
    leads, messages, payments = full
    worst = max(large, key=lambda name: large[name])
    return [
        at_most(
            300, id="P15", what=f"a page of reports, the dearest: {worst}", unit="ms",
            value=large[worst],
            particulars=large
            | {"leads": leads, "messages": messages, "payments": payments, "load": load()},
        ),
        at_most(
            10, id="P15", what="the same against a tenth of the data", unit="×", goal="≤ 10 ×",
            value=max(growth.values()), particulars=growth,
        ),
    ]  # fmt: skip


def _filled(ground: Ground, leads: int, messages: int, payments: int) -> None:
    url = ground.house.settings.postgres
    first = seed.seed(url, leads=leads, messages=messages, process="talk")
    deals.deal(url, payments=payments, first=first)


async def _taken(ground: Ground, anna: Reader, times: int) -> dict[str, float]:
    """Milliseconds at the server, the median of each page; asked by turns."""
    port = ground.house.settings.port
    taken: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(times + 1):
        for name, path in PAGES.items():
            _, seconds = await anna.get(port, path)
            if turn:  # the first ones are prepared
                taken[name].append(seconds * 1000)
    return {name: median(them) for name, them in taken.items()}
