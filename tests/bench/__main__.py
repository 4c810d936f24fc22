"""`make bench`: every measure against its reference in the same run; a table and build/bench.json.

python -m tests.bench [--only P1,P3] [--quick]
"""

import argparse
import tempfile
from importlib import import_module
from pathlib import Path

import uvloop

from tests.bench.ground import ground, household, load
from tests.bench.rows import Row, keep, table

KEPT = Path(__file__).parent.parent.parent / "build" / "bench.json"
MEASURES = {
    "P1": "p1_throughput",
    "P2": "p2_latency",
    "P3": "p3_receive",
    "P4": "p4_list",
    "P5": "p5_search",
    "P6": "p6_page",
    "P7": "p7_live",
    "P8": "p8_crowd",
    "P9": "p9_cold",
    "P11": "p11_history",
    "P13": "p13_effects",
    "P15": "p15_reports",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", help="measures, by commas: P1,P3")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes; no proof")
    parser.add_argument("--keep", type=Path, default=KEPT, help="where the rows go as JSON")
    asked = parser.parse_args()
    chosen = [name for name in asked.only.upper().split(",") if name] or list(MEASURES)
    if unknown := set(chosen) - set(MEASURES):
        parser.error(f"no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    with tempfile.TemporaryDirectory(prefix="leadloom-", ignore_cleanup_errors=True) as folder:
        rows = run(Path(folder) / "bench", chosen, quick=asked.quick)
    keep(rows, asked.keep)
    print(f"\n{table(rows)}\n\nload of the machine {load():.1f}; kept in {asked.keep}")


def run(folder: Path, chosen: list[str], *, quick: bool) -> list[Row]:
    """The rows of the chosen measures, each printed as soon as it is known."""
    with household(folder, quick=quick) as (house, telegram_port):

        async def measured() -> list[Row]:
            rows: list[Row] = []
            async with ground(house, telegram_port, quick=quick) as made:
                for name in chosen:
                    print(f"{name} …", flush=True)
                    rows += await import_module(f"tests.bench.{MEASURES[name]}").measure(made)
            return rows

        return uvloop.run(measured())


if __name__ == "__main__":
    main()
