"""What the Bot API says when it will not do what was asked."""

from typing import Any


class Refused(Exception):
    """An answer `{"ok": false}`; the HTTP status is the error code, as Telegram does it."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(reason: str) -> Refused:
    return Refused(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refused:
    return Refused(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refused:
    return Refused(409, f"Conflict: {reason}")


class Unknown(Exception):
    """A control request that names something which is not there; answered 404."""


class Nonsense(Exception):
    """A control request that cannot be carried out as written; answered 422."""
