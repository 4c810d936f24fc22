"""A worker that is wrong on purpose: no clear answer makes it send again, as most programs do.

The checker has to see what it does: `python -m tests.chaos.wrong_worker` in place of worker.py.
"""

import asyncio
from typing import Any

import worker
from activities.clients.telegram import Answer, PerhapsSent
from activities.conversation import Conversation


class Impatient(Conversation):
    async def _send(self, *message: Any, **how: Any) -> Answer:
        answer = await super()._send(*message, **how)
        while isinstance(answer, PerhapsSent):
            await asyncio.sleep(0.1)
            answer = await super()._send(*message, **how)
        return answer


if __name__ == "__main__":
    vars(worker)["Conversation"] = Impatient
    asyncio.run(worker.main())
