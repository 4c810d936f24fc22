"""Several processes of a kind, as in production: webs that would poll, workers of two versions."""

import random
from pathlib import Path

from machine.ports import free
from tests.chaos.campaign import comes_to_rest, crowd_of, people, summary
from tests.chaos.processes import CHATTER
from tests.chaos.result import Plan, Result
from tests.chaos.town import Town
from tests.eventually import eventually


async def two_webs(folder: Path, plan: Plan) -> Result:
    """Both look after the same bot; one polls it, and when that one is killed the other does."""
    result, turns = Result("two pollers"), 0
    async with Town(folder) as town:
        await town.leads_through(CHATTER)
        other = town.another_web("web 2", free()[0])
        other.start()
        crowd = crowd_of(town, plan, pause=0.2)
        crowd.left = min(crowd.left, 250)
        try:
            async with people(town, crowd, chance=random.Random(plan.seed), pause=1):
                await eventually(lambda: crowd.left < 200, within=90, every=0.5)
                for web in (town.web, other, town.web, other):
                    target = max(crowd.left - 40, 0)
                    web.kill()
                    turns += 1
                    await eventually(lambda: crowd.left <= target, within=120, every=0.5)  # noqa: B023
                    web.start()
            await comes_to_rest(town, result)
        finally:
            other.stop()
    result.said.append(f"{turns} times the web that may have been polling was killed")
    result.said.append(summary(result))
    return result


async def two_versions(folder: Path, plan: Plan) -> Result:
    """An older worker beside the new one: it leaves alone what it cannot read."""
    result = Result("old and new workers mixed")
    async with Town(folder) as town:
        await town.leads_through(CHATTER)
        old = town.another_worker("old worker", "-m tests.chaos.old_worker")
        old.start()
        crowd = crowd_of(town, plan, pause=0.2)
        crowd.left = min(crowd.left, 200)
        try:
            async with people(town, crowd, chance=random.Random(plan.seed), pause=1):
                await eventually(lambda: crowd.left < 20, within=300, every=0.5)
                old.stop()
            await comes_to_rest(town, result)
        finally:
            old.stop()
    result.said.append(summary(result))
    return result
