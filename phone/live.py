"""What happens right now, for the pages that are open."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

KEEP_ALIVE = 15.0  # seconds
BACKLOG = 2000  # events one slow page may lag behind before it is told to reload


class Live:
    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[bytes | None]] = set()

    @property
    def watched(self) -> bool:
        return bool(self._pages)

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        if not self._pages:
            return
        event = f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
        for queue in self._pages:
            if queue.qsize() > BACKLOG:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(b"event: reload\ndata: {}\n\n")
            queue.put_nowait(event)

    def close(self) -> None:
        for queue in self._pages:
            queue.put_nowait(None)

    async def stream(self) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._pages.add(queue)
        try:
            yield b"retry: 1000\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), KEEP_ALIVE)
                except TimeoutError:
                    event = b": still here\n\n"
                if event is None:
                    return
                yield event
        finally:
            self._pages.discard(queue)
