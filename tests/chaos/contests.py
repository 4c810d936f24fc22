"""The races of the suite, a thousand of them, against real processes."""

import asyncio
from pathlib import Path

from tests.chaos.campaign import comes_to_rest
from tests.chaos.processes import MONOLOGUE, SHORT_WAIT
from tests.chaos.races import Races, Skips
from tests.chaos.result import Plan, Result
from tests.chaos.town import Town


async def take_overs(folder: Path, plan: Plan) -> Result:
    """Take-overs, gifts back and prolonged pauses at random moments of speaking processes."""
    result = Result("take-over races")
    async with Town(folder) as town:
        await town.leads_through(MONOLOGUE)
        race = Races(town.database, town.libpq, town.phone, seed=plan.seed)
        await town.phone.fault("slow", probability=0.7, seconds=0.3)
        await town.phone.fault("slow_after", probability=0.7, seconds=0.2)
        clients = [await town.client(number) for number in range(12)]
        await race.desk.sits_down()
        await race.on(clients, count=plan.races)
        result.broken += await asyncio.to_thread(race.broken)
        named = sum(map(bool, (silence.named for silence in race.silences)))
        result.said.append(f"{race.run} races, {len(race.silences)} answers, {named} named some")
        result.said.append(f"{len(result.broken)} messages accepted that no answer had named")
        for lead_id in await race.desk.leads():
            await race.desk.takes_over(lead_id)
        await comes_to_rest(town, result)
    return result


async def skips(folder: Path, plan: Plan) -> Result:
    """Somebody skips a wait in the moment when it ends."""
    result, clients, each = Result("skip races"), 10, max(1, plan.races // 100)
    async with Town(folder) as town:
        await town.leads_through(SHORT_WAIT)
        race = Races(town.database, town.libpq, town.phone, seed=plan.seed)
        await race.desk.sits_down()
        skips = Skips(race)
        await skips.on([await town.client(number) for number in range(clients)], each=each)
        result.broken += skips.broken
        await comes_to_rest(town, result)
    result.said.append(f"{skips.skipped} skipped the wait, {skips.outrun} came too late")
    result.said.append(f"{len(skips.broken)} skipped the next one")
    return result
