"""Who talks: a bot, and a client (a person with a phone)."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Bot:
    """A bot as its owner registered it, with the settings it made through the API."""

    token: str
    username: str
    name: str
    next_message_id: int = 1
    next_update_id: int = 1
    allowed_updates: list[str] | None = None
    webhook: dict[str, Any] | None = None  # url, secret_token, max_connections
    last_error: dict[str, Any] | None = None  # last_error_date, last_error_message

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    def as_user(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }

    def as_record(self) -> dict[str, Any]:
        return asdict(self)

    def as_json(self) -> dict[str, Any]:
        """For the control API: what a person at the page may know, the token included."""
        return {"id": self.id, **asdict(self)}


@dataclass
class Client:
    """A person with a phone; the id is the Telegram user id and so the chat id."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    deactivated: bool = False

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    def as_user(self) -> dict[str, Any]:
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for key in ("last_name", "username", "language_code"):
            if (value := getattr(self, key)) is not None:
                user[key] = value
        return user

    def as_chat(self) -> dict[str, Any]:
        chat: dict[str, Any] = {"id": self.id, "first_name": self.first_name, "type": "private"}
        for key in ("last_name", "username"):
            if (value := getattr(self, key)) is not None:
                chat[key] = value
        return chat

    def as_record(self) -> dict[str, Any]:
        return asdict(self)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"name": self.name}
