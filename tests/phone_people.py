"""The people of the phone, as tests speak of them: `await ivan.writes("привет")`.

Every sentence is an `Ask`: `await` it, or call `.now()` where there is no event loop.
"""

import asyncio
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import httpx

T = TypeVar("T")
EVERY = 0.03  # seconds between two looks


class Asked(Protocol):
    """Whoever carries the requests: the phone."""

    def request(self, method: str, path: str, **more: Any) -> httpx.Response: ...

    async def request_later(self, method: str, path: str, **more: Any) -> httpx.Response: ...


class Ask(Generic[T]):
    """A request that has not been sent yet."""

    def __init__(
        self,
        phone: Asked,
        method: str,
        path: str,
        *,
        read: Callable[[Any], T],
        **more: Any,
    ) -> None:
        self.phone = phone
        self.line = (method, path)
        self.more = more
        self.read = read

    def __await__(self) -> Generator[Any, None, T]:
        return self._later().__await__()

    async def _later(self) -> T:
        return self.read(_checked(await self.phone.request_later(*self.line, **self.more)))

    def now(self) -> T:
        return self.read(_checked(self.phone.request(*self.line, **self.more)))

    def until(self, enough: Callable[[T], Any], *, within: float = 10.0) -> "Until[T]":
        """Asks again and again until the answer is enough."""
        return Until(self, enough, within=within)


class Until(Generic[T]):
    def __init__(self, ask: Ask[T], enough: Callable[[T], Any], *, within: float) -> None:
        self.ask = ask
        self.enough = enough
        self.within = within

    def __await__(self) -> Generator[Any, None, T]:
        return self._later().__await__()

    async def _later(self) -> T:
        deadline = time.monotonic() + self.within
        while not self.enough(answer := await self.ask):
            self._patient(deadline, answer)
            await asyncio.sleep(EVERY)
        return answer

    def now(self) -> T:
        deadline = time.monotonic() + self.within
        while not self.enough(answer := self.ask.now()):
            self._patient(deadline, answer)
            time.sleep(EVERY)
        return answer

    def _patient(self, deadline: float, answer: T) -> None:
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {self.within} s in vain; the last: {answer!r}")


def _checked(answer: httpx.Response) -> Any:
    assert answer.status_code < 400, f"the phone says {answer.status_code}: {answer.text}"
    return answer.json()


@dataclass(frozen=True)
class Line:
    """A message as the client sees it; `text` is the caption when there is a file."""

    message_id: int
    by_bot: bool
    text: str
    date: int
    media: dict[str, Any] | None
    album: str | None
    buttons: list[list[dict[str, Any]]]
    reply_to: int | None
    quote: str | None
    edits: list[str]
    reactions: dict[str, list[str]]
    callback_answer: dict[str, Any] | None
    deleted: bool

    @classmethod
    def read(cls, given: dict[str, Any]) -> "Line":
        names = set(cls.__dataclass_fields__) - {"by_bot"}
        return cls(by_bot=given["from"] == "bot", **{name: given[name] for name in names})


@dataclass(frozen=True)
class Done:
    """What an act made: the message (None for a press or a block) and the updates."""

    message_id: int | None
    messages: list[Line]
    update_id: int | None
    updates: list[dict[str, Any]]

    @classmethod
    def read(cls, given: dict[str, Any]) -> "Done":
        messages = [Line.read(line) for line in given["messages"]]
        return cls(
            message_id=messages[0].message_id if messages else None,
            messages=messages,
            update_id=given["update"] and given["update"]["update_id"],
            updates=given["updates"],
        )


class Client:
    """A person with a phone, talking to one bot."""

    def __init__(self, phone: Asked, *, bot_id: int, about: dict[str, Any]) -> None:
        self.phone = phone
        self.bot_id = bot_id
        self.id: int = about["id"]
        self.name: str = about["name"]
        self.about = about

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"

    def does(self, act: str, **given: Any) -> Ask[Done]:
        """Any act of the control API by its name."""
        body = {"bot": self.bot_id} | {k: v for k, v in given.items() if v is not None}
        path = f"/control/clients/{self.id}/{act}"
        return Ask(self.phone, "POST", path, read=Done.read, json=body)

    def starts(self, payload: str = "") -> Ask[Done]:
        return self.does("start", payload=payload)

    def writes(
        self,
        text: str,
        *,
        entities: list[dict[str, Any]] | None = None,
        reply_to: int | None = None,
        quote: str | None = None,
    ) -> Ask[Done]:
        return self.does("text", text=text, entities=entities, reply_to=reply_to, quote=quote)

    def sends(self, kind: str, **given: Any) -> Ask[Done]:
        """photo, album, voice, video, video_note, audio, animation, document, sticker,
        location, contact; with what the act takes, `caption` above all."""
        return self.does(kind, **given)

    def sends_file(self, kind: str, name: str, content: bytes, **given: Any) -> Ask[Done]:
        """A file of one's own bytes as this kind."""
        form = {"bot": str(self.bot_id)} | {k: str(v) for k, v in given.items()}
        path = f"/control/clients/{self.id}/{kind}"
        files = [("file", (name, content))]
        return Ask(self.phone, "POST", path, read=Done.read, data=form, files=files)

    def floods(self, count: int, text: str = "flood") -> Ask[Done]:
        """So many texts at once, "flood 1", "flood 2" …; the answer names the last."""
        return self.does("flood", count=count, text=text)

    def edits(self, message_id: int | None, text: str) -> Ask[Done]:
        return self.does("edit", message_id=message_id, text=text)

    def reacts(self, message_id: int | None, emoji: str | None) -> Ask[Done]:
        return self.does("react", message_id=message_id, emoji=emoji)

    def presses(self, button: str | int, *, message_id: int | None = None) -> Ask[Done]:
        """An inline button by its text, data or number; the newest message that has it."""
        return self.does("press", button=button, message_id=message_id)

    def blocks(self) -> Ask[Done]:
        return self.does("block")

    def unblocks(self) -> Ask[Done]:
        return self.does("unblock")

    def leaves_telegram(self) -> Ask[Done]:
        return self.does("deactivate")

    # what they see

    def lines(self, *, after: int = 0) -> Ask[list[Line]]:
        """The whole conversation, deleted messages left out."""
        return Ask(
            self.phone,
            "GET",
            f"/control/chats/{self.bot_id}/{self.id}?since={after}",
            read=lambda chat: [line for line in map(Line.read, chat["lines"]) if not line.deleted],
        )

    def heard(self, *, after: int = 0) -> Ask[list[str]]:
        """The texts of the bot, oldest first."""
        lines = self.lines(after=after)
        return Ask(
            self.phone,
            *lines.line,
            read=lambda chat: [line.text for line in lines.read(chat) if line.by_bot],
        )

    def hears(self, text: str = "", *, after: int | None = 0, within: float = 10.0) -> "Hearing":
        """Waits for the bot's first message later than `after` that contains `text`."""
        return Hearing(self.lines(after=after or 0), text, within=within)


class Hearing:
    def __init__(self, lines: Ask[list[Line]], text: str, *, within: float) -> None:
        self.text = text
        self.lines = lines.until(self._found, within=within)

    def _found(self, lines: list[Line]) -> Line | None:
        return next((line for line in lines if line.by_bot and self.text in line.text), None)

    def __await__(self) -> Generator[Any, None, Line]:
        return self._later().__await__()

    async def _later(self) -> Line:
        found = self._found(await self.lines)
        assert found
        return found

    def now(self) -> Line:
        found = self._found(self.lines.now())
        assert found
        return found
