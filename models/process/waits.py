"""What ends a wait. Messages are state to be consumed, not moments to be caught."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from models.process.comparisons import Scene, event_is
from models.process.facts import Facts
from models.process.moments import next_time, zone_of
from models.process.state import ALBUMS_REMEMBERED, UNREAD_LIMIT, Heard, ProcessState, Waiting
from models.process.steps import ForDuration, ForEvent, ForReply, WaitStep

# Telegram sends an album member by member and never says how many there are.
ALBUM_SETTLES = timedelta(seconds=1.5)
# A client who never stops writing is read after this many quiet times.
GATHERING_LIMIT = 10


class Ending(NamedTuple):
    """How the wait ends: `via` names the arrow, `read` is what it consumes."""

    via: str
    read: tuple[Heard, ...] = ()


def begin_waiting(step: WaitStep, scene: Scene) -> Waiting:
    """`until` is None for a wait without a deadline."""
    wait, now = step.wait, scene.now
    until: datetime | None = None
    if isinstance(wait, ForReply | ForEvent):
        until = now + wait.timeout if wait.timeout else None
    elif isinstance(wait, ForDuration):
        until = now + wait.duration
    elif isinstance(wait.until, datetime):
        until = max(wait.until, now)
    elif wait.until == "working_hours":
        until = scene.hours.opens(now, zone_of(scene.zone)) if scene.hours else now
    else:
        until = next_time(wait.until, wait.days, now, zone_of(scene.zone))
    return Waiting(kind=wait.kind, since=now, until=until)


def look(
    step: WaitStep, waiting: Waiting, unread: Sequence[Heard], facts: Facts, now: datetime
) -> Ending | Waiting:
    """The ending, or what is waited for now (with the end of the quiet time, once it runs)."""
    wait = step.wait
    if isinstance(wait, ForEvent):
        event = next((heard for heard in unread if _is_any(heard, wait.event)), None)
        if event is not None:
            return Ending("next", (event,))
    due = waiting.until is not None and now >= waiting.until
    if isinstance(wait, ForReply) or step.if_writes:
        reply = tuple(heard for heard in unread if is_reply(heard, facts))
        if reply:
            quiet = wait.quiet if isinstance(wait, ForReply) else None
            settled_at = _settled_at(reply, quiet or timedelta(0))
            if settled_at <= now:
                return Ending("next" if isinstance(wait, ForReply) else "writes", reply)
            return waiting.model_copy(update={"quiet_until": settled_at})
    if due:
        return Ending("timeout" if isinstance(wait, ForReply | ForEvent) else "next")
    return waiting


def outcome_of(step_key: str, unread: Sequence[Heard]) -> Heard | None:
    """How the task of this step of this run was closed: `task:done` or `task:cancelled`."""
    return next((one for one in reversed(unread) if _is_of(one, step_key)), None)


def without_outcomes(step_key: str, unread: Sequence[Heard]) -> tuple[Heard, ...]:
    return tuple(one for one in unread if not _is_of(one, step_key))


def is_word(heard: Heard) -> bool:
    """Whether the client said it, by a message or a press; else it is an outside event."""
    return heard.kind == "message" or heard.button is not None


def is_reply(heard: Heard, facts: Facts) -> bool:
    """A word that answers. `/start` only knocks at the door again."""
    return is_word(heard) and not _knocks(heard, facts)


def file_away(
    state: ProcessState, heard: Iterable[Heard], facts: Facts
) -> tuple[tuple[Heard, ...], tuple[int, ...], int]:
    """Unread with the newly heard, ids that belong to the last reply, and how many were dropped.

    Not filed: what is there already, the message that opened the process, and later members of an
    album that was read (they amend the reply they belong to).
    """
    unread, amended = list(state.unread), []
    known = {one.seq for one in unread}
    for one in heard:
        if one.seq in known or one.seq == state.opened_by:
            continue
        if one.album is not None and one.album in state.albums:
            amended += [one.ref] if one.ref is not None and one.ref not in state.reply else []
            continue
        known.add(one.seq)
        unread.append(one)
    dropped = max(0, len(unread) - UNREAD_LIMIT)
    return tuple(unread[dropped:]), tuple(amended), dropped


def read(
    state: ProcessState, consumed: Sequence[Heard], words: Sequence[str], facts: Facts
) -> ProcessState:
    """The state after these were read as the client's reply; `words` stand on its buttons."""
    albums = dict.fromkeys(
        (*state.albums, *(heard.album for heard in consumed if heard.album is not None))
    )
    gone = {heard.seq for heard in consumed}
    return state.model_copy(
        update={
            # A knock is let go together with the answer that came with it.
            "unread": tuple(
                heard
                for heard in state.unread
                if heard.seq not in gone and not _knocks(heard, facts)
            ),
            "reply": tuple(
                heard.ref for heard in consumed if heard.kind == "message" and heard.ref is not None
            ),
            "pressed": tuple(heard.button for heard in consumed if heard.button is not None),
            "pressed_words": tuple(words),
            "attached": tuple(
                str(heard.particulars["media"])
                for heard in consumed
                if heard.particulars.get("media")
            ),
            "albums": tuple(albums)[-ALBUMS_REMEMBERED:],
        }
    )


def event_name(heard: Heard) -> str:
    """`payment:sale` for a payment whose kind is a sale."""
    name = heard.name or ""
    if ":" not in name and (kind := heard.particulars.get("kind")):
        return f"{name}:{kind}"
    return name


def _is_of(heard: Heard, step_key: str) -> bool:
    return heard.kind == "event" and heard.particulars.get("step_key") == step_key


def _is_any(heard: Heard, wanted: Sequence[str]) -> bool:
    return heard.kind == "event" and any(event_is(event_name(heard), name) for name in wanted)


def _knocks(heard: Heard, facts: Facts) -> bool:
    if heard.kind != "message" or heard.ref is None:
        return False
    command, _, _ = facts.texts.get(heard.ref, "").partition(" ")
    return command == "/start"


def _settled_at(reply: Sequence[Heard], quiet: timedelta) -> datetime:
    first, last = min(heard.at for heard in reply), max(heard.at for heard in reply)
    if any(heard.button is not None for heard in reply):
        quiet = timedelta(0)  # a press is a whole answer
    settled_at = min(last + quiet, first + quiet * GATHERING_LIMIT)
    members = [heard.at for heard in reply if heard.album is not None]
    return max([settled_at, *(at + ALBUM_SETTLES for at in members)])
