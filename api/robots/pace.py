"""How fast one token may call: a bucket that fills by itself, in this process."""

from dataclasses import dataclass, field
from math import ceil
from time import monotonic

from models.errors import LeadloomError

A_SECOND, AT_ONCE = 20.0, 60.0  # calls


class TooFast(LeadloomError):
    """`again` is in how many seconds it may call again."""

    status = 429

    def __init__(self, again: int) -> None:
        super().__init__("Too many calls at once. Call again in %(again)s s", again=again)
        self.again = again


@dataclass
class Bucket:
    """Times are seconds of a monotonic clock."""

    left: float = AT_ONCE
    filled_at: float = field(default_factory=monotonic)

    def take(self, *, at: float) -> None:
        """Raises TooFast when it is empty."""
        self.left = min(AT_ONCE, self.left + (at - self.filled_at) * A_SECOND)
        self.filled_at = at
        if self.left < 1:
            raise TooFast(ceil((1 - self.left) / A_SECOND))
        self.left -= 1
