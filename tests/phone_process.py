"""The phone as a process of its own, for any test that needs a Telegram.

phone = Phone().start()                      # or: with Phone() as phone
ivan = await phone.client("Иван")            # or: phone.client("Иван").now()
await ivan.writes("привет")
answer = await ivan.hears("Здравствуйте")    # waits
await phone.fault("reset_after", count=1, methods=["sendMessage"], client=ivan)
"""

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from weakref import WeakKeyDictionary

import httpx

from tests.phone_people import Ask, Client, Done, Line

__all__ = ["Ask", "Bot", "Client", "Done", "Line", "Phone"]

ROOT = Path(__file__).parent.parent
TOKEN = "7000000001:AAHphone-token-for-tests"


@dataclass(frozen=True)
class Bot:
    token: str = TOKEN
    username: str = "nova_start_bot"
    name: str = "Nova Start"

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])


class Phone:
    """Starts on free ports. `url` is the Bot API's address (and everything else);
    `control_url` answers even while `url` refuses connections.

    `bot` is the one that clients talk to unless told otherwise. With `data` a stopped or
    killed phone can be started again, on the same ports, with what it had.
    """

    def __init__(
        self,
        *,
        data: Path | str | None = None,
        bots: list[Bot] | None = None,
        port: int = 0,
        control_port: int = 0,
        longest_pause: float = 60.0,
    ) -> None:
        self.data = data
        self.bots = bots or [Bot()]
        self.port = port
        self.control_port = control_port
        self.longest_pause = longest_pause
        self.process: subprocess.Popen[str] | None = None
        self._sync = httpx.Client(timeout=30, trust_env=False, verify=False)
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = (
            WeakKeyDictionary()
        )

    # the process

    @property
    def bot(self) -> Bot:
        return self.bots[0]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def control_url(self) -> str:
        return f"http://127.0.0.1:{self.control_port}"

    def start(self) -> Self:
        """Returns when it listens."""
        command = [sys.executable, "-m", "phone", "--port", str(self.port)]
        command += ["--control-port", str(self.control_port)]
        command += ["--longest-pause", str(self.longest_pause)]
        command += ["--data", str(self.data or ":memory:")]
        for bot in self.bots:
            command += ["--bot", f"username={bot.username},name={bot.name},token={bot.token}"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )
        self.port = self._announced("phone listens on")
        self.control_port = self._announced("control at")
        return self

    def stop(self) -> int:
        """Asks it to end; the exit code."""
        assert self.process
        self.process.terminate()
        return self._gone()

    def kill(self) -> int:
        assert self.process
        self.process.kill()
        return self._gone()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.stop()

    def _announced(self, opening: str) -> int:
        assert self.process
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith(opening), f"the phone did not start: {line!r}"
        return int(line.rsplit(":", 1)[1])

    def _gone(self) -> int:
        assert self.process
        try:
            code = self.process.wait(10)
        finally:
            if self.process.stdout:
                self.process.stdout.close()
            self.process = None
        return code

    # requests

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self._sync.request(method, self.control_url + path, **more)

    async def request_later(self, method: str, path: str, **more: Any) -> httpx.Response:
        loop = asyncio.get_running_loop()
        if loop not in self._by_loop:
            self._by_loop[loop] = httpx.AsyncClient(timeout=30, trust_env=False, verify=False)
        return await self._by_loop[loop].request(method, self.control_url + path, **more)

    def ask(self, method: str, path: str, **more: Any) -> Ask[Any]:
        """Any call of the control API, its JSON as it is."""
        return Ask(self, method, path, read=lambda answer: answer, **more)

    # people

    def client(self, first_name: str, *, bot: Bot | None = None, **about: Any) -> Ask[Client]:
        """A new client; `about`: last_name, username, language_code, id."""
        bot_id = (bot or self.bot).id
        return Ask(
            self,
            "POST",
            "/control/clients",
            read=lambda made: Client(self, bot_id=bot_id, about=made),
            json={"first_name": first_name, **about},
        )

    def add_bot(self, bot: Bot) -> Ask[Any]:
        about = {"token": bot.token, "username": bot.username, "name": bot.name}
        return self.ask("POST", "/control/bots", json=about)

    # updates

    def updates(self, *, since: int = 0, bot: Bot | None = None) -> Ask[list[dict[str, Any]]]:
        """Every update made; `since` is a serial, not an update id."""
        return self.ask("GET", f"/control/updates?bot={(bot or self.bot).id}&since={since}")

    def drained(self, *, bot: Bot | None = None, within: float = 10.0) -> Any:
        """Waits until every update is confirmed or dropped."""
        return self.updates(bot=bot).until(
            lambda updates: not any(update["waiting"] for update in updates), within=within
        )

    def inject(
        self, body: bytes, *, as_is: bool = False, chat: str | int = "", bot: Bot | None = None
    ) -> Ask[dict[str, Any]]:
        """These bytes as an update; a JSON object gets an update_id unless `as_is`."""
        query = ("?as_is=1&" if as_is else "?") + (f"chat={chat}" if chat else "")
        path = f"/control/bots/{(bot or self.bot).id}/raw{query}"
        return self.ask("POST", path, content=body)

    def repeat(self, update_id: int | None, *, bot: Bot | None = None) -> Ask[dict[str, Any]]:
        path = f"/control/bots/{(bot or self.bot).id}/updates/{update_id}/repeat"
        return self.ask("POST", path)

    def hold(self, *, bot: Bot | None = None) -> Ask[Any]:
        """No update is delivered until `release`."""
        return self.ask("POST", f"/control/bots/{(bot or self.bot).id}/hold")

    def release(
        self, order: str | list[int] = "made", *, bot: Bot | None = None
    ) -> Ask[dict[str, Any]]:
        """`order`: made, reversed, shuffled, or a list of update ids."""
        path = f"/control/bots/{(bot or self.bot).id}/release"
        return self.ask("POST", path, json={"order": order})

    # journals and faults

    def accepts(self, *, since: int = 0) -> Ask[list[dict[str, Any]]]:
        """Every accepted send in order."""
        return self.ask("GET", f"/control/accepts?since={since}")

    def requests(self, *, since: int = 0) -> Ask[list[dict[str, Any]]]:
        """Every request to the Bot API with what became of it."""
        return self.ask("GET", f"/control/requests?since={since}")

    def fault(
        self, kind: str, *, client: Client | int | None = None, **settings: Any
    ) -> Ask[dict[str, Any]]:
        """Orders a fault: probability, count, methods, bot, retry_after, seconds, status…"""
        about = {"kind": kind, **settings}
        if client is not None:
            about["client"] = client.id if isinstance(client, Client) else client
        return self.ask("POST", "/control/faults", json=about)

    def no_faults(self) -> Ask[Any]:
        return self.ask("DELETE", "/control/faults")

    def reset(self, *, bots: bool = False) -> Ask[Any]:
        """Forgets clients, chats, journals and faults; bots stay unless asked."""
        return self.ask("POST", "/control/reset", json={"bots": bots})
