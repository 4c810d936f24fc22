"""A worker of an older version: every lead's state is newer than what it can read."""

import asyncio

import worker
from activities import progress

if __name__ == "__main__":
    vars(progress)["FORMAT"] = 0
    asyncio.run(worker.main())
