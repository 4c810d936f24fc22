"""`make chaos`: kill every part, and count what was lost, sent twice or out of order.

Prints a table as it goes and writes build/chaos.json; the exit code is 1 when something is broken.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic

from tests.chaos import campaign, company, contests, disasters
from tests.chaos.result import Plan, Result

Part = Callable[[Path, Plan], Awaitable[Result]]
PARTS: dict[str, Part] = {
    "control": campaign.control,
    "no-faults": campaign.no_faults,
    "kills": campaign.kills,
    "take-overs": contests.take_overs,
    "skips": contests.skips,
    "flood": disasters.flood,
    "store-lost": disasters.store_lost,
    "restored": disasters.restored,
    "restarts": disasters.restarts,
    "two-webs": company.two_webs,
    "two-versions": company.two_versions,
}
LONGEST = 12 * 60  # seconds of any part but the kills
REPORT = Path("build") / "chaos.json"


def main() -> int:
    given = _arguments()
    plan = Plan(
        kills=given.kills, messages=given.messages, races=given.races, flood=given.flood,
        leads=given.leads, seed=given.seed, seconds=given.minutes * 60 * 0.45,
    )  # fmt: skip
    results, deadline = [], monotonic() + given.minutes * 60
    for name, part in PARTS.items():
        if given.only and name not in given.only:
            continue
        if monotonic() > deadline:
            results.append(Result(name, broken=["no time was left for it"]))
        else:
            results.append(_played(name, part, plan))
        _say(results[-1])
    REPORT.parent.mkdir(exist_ok=True)
    report = {"plan": vars(plan), "parts": [result.as_json() for result in results]}
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1))
    good = all(result.holds for result in results)
    print(f"\n{'Everything holds' if good else 'Something is broken'}; details in {REPORT}")
    return 0 if good else 1


def _played(name: str, part: Part, plan: Plan) -> Result:
    begun = monotonic()
    print(f"… {name}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="leadloom-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        try:
            result = asyncio.run(_limited(part, Path(folder) / "town", plan))
        except Exception as error:
            traceback.print_exc()
            result = Result(name, broken=[f"{type(error).__name__}: {error}"])
    result.seconds = monotonic() - begun
    return result


async def _limited(part: Part, folder: Path, plan: Plan) -> Result:
    async with asyncio.timeout(LONGEST + plan.seconds):
        return await part(folder, plan)


def _say(result: Result) -> None:
    verdict = "holds " if result.holds else "BROKEN"
    print(f"{verdict}  {result.name}  ({result.seconds:.0f} s)")
    for sentence in result.said:
        print(f"          {sentence}")
    for sentence in result.broken:
        print(f"        ! {sentence}")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    for name, default in vars(Plan()).items():
        if name != "seconds":
            parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", action="append", choices=PARTS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
