"""Days as pages ask for them."""

from datetime import date

from models.errors import Refused


def day(said: str) -> date | None:
    """Raises Refused for a day that no calendar has."""
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise Refused("There is no such day") from error
