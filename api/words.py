"""What things are called, in the reader's language: the only place that words enums and reasons.

Events are worded in `api/sentences.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.language import gettext as _
from api.language import number, reader
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.media import DAMAGED, OURS, Media
from models.message import State
from models.notice import Notice
from models.payment import Kind
from models.process.language import Process
from models.process.state import ProcessState
from models.queries.inbox import Listed
from models.ready import Scope
from models.user import THEMES, Role

LATE = timedelta(minutes=10)  # for a file that Telegram has


def N_(message: str) -> str:
    """Marks a message id that is worded later, or said by a part that cannot translate."""
    return message


@dataclass(frozen=True)
class Mark:
    """A status in one sign: its class, icon, and the words for the title and the screen reader."""

    kind: str
    icon: str
    said: str


def mark(kind: str) -> Mark:
    """Of a message's state, or of a lead's notice."""
    known: dict[str, Mark] = {
        State.SCHEDULED: Mark("queued", "clock", _("waits for its time")),
        State.QUEUED: Mark("queued", "clock", _("in the queue")),
        State.SENDING: Mark("queued", "clock", _("leaving")),
        State.SENT: Mark("sent", "check", _("sent: Telegram accepted it")),
        State.FAILED: Mark("error", "circle-alert", _("not sent")),
        State.UNKNOWN: Mark("unknown", "circle-question-mark", _("unknown whether it arrived")),
        State.CANCELLED: Mark("cancelled", "ban", _("taken back")),
        Notice.HANDED_OVER: Mark("system", "bell", _("the robot asks for a person")),
        Notice.ASSIGNED: Mark("system", "bell", _("the chat was given to somebody")),
        Notice.TASK_DUE: Mark("system", "alarm-clock", _("a task is due")),
        Notice.BLOCKED: Mark("system", "ban", _("the client blocked the bot")),
    }
    return known.get(kind) or Mark("system", "bell", _("new system notice"))


def mode(one: str) -> str:
    return _("Auto") if one == Mode.AUTO else _("Manual")


def why_manual(because: str | None, reason: dict[str, str] | None = None) -> str:
    """Why a person drives; `reason` are a designer's own words by language."""
    if reason:
        return reason.get(reader().locale) or next(iter(reason.values()))
    known = {
        "asked": _("the process asks for a person"),
        "send_failed": _("a message could not be sent"),
        "no_such_step": _("the process names a step that does not exist"),
        "runaway": _("the process went in circles"),
        "no_process": _("no process is set for this spot"),
        "restored": _("the database came back from a backup: look at what was leaving"),
        "stopped": _("the process was stopped"),
    }
    return known.get(because or "", "")


def why_not_sent(reason: str | None) -> str:
    """Telegram's words, where they are known, in ours."""
    known = {
        "blocked by the user": _("the client blocked the bot"),
        "user is deactivated": _("the client's account is deleted"),
        "chat not found": _("Telegram does not find this chat"),
        "too long": _("the text is too long for Telegram"),
        "can't parse entities": _("Telegram does not understand the formatting"),
        "earlier_part_failed": _("an earlier part was not sent"),
        "forgotten": _("counted as not sent"),
        "too big": _("the file is too big"),
        DAMAGED: _("the picture is damaged: what a camera wrote into it cannot be taken out"),
        "voice_messages_forbidden": _("the client does not take voice messages"),
    }
    if said := in_our_words(reason, known):
        return said
    return _("Telegram refused it (%(why)s)") % {"why": reason} if reason else _("no reason given")


def in_our_words(reason: str | None, known: dict[str, str]) -> str | None:
    """The sentence of the first known part that Telegram's reason contains."""
    said = (reason or "").lower()
    return next((sentence for part, sentence in known.items() if part in said), None)


def why_waiting(reason: str | None) -> str:
    """Why a queued message has not left yet."""
    known = {
        "too_many_requests": _("Telegram asked to slow down"),
        "bot_disabled": _("the bot is disabled: Telegram does not accept its token"),
        "chat_migrated": _("the chat has a new number"),
        "token_sealed": _("the bot's token was sealed with another secret key"),
    }
    return known.get(reason or "", _("Telegram cannot be reached") if reason else "")


def payment(kind: str) -> str:
    return {
        Kind.SALE: _("Sale"),
        Kind.REPEAT_SALE: _("Repeat sale"),
        Kind.WITHDRAWAL: _("Withdrawal"),
    }.get(Kind(kind), kind)


def happening(name: str) -> str:
    """What a process may wait for: `registration`, `payment:sale`; another's name is its own."""
    kind, _colon, which = name.partition(":")
    if kind == "payment":
        return payment(which) if which in set(Kind) else _("payment")
    return {"registration": _("registration")}.get(name, name)


def media(kind: str) -> str:
    known = {
        "photo": _("Photo"),
        "video": _("Video"),
        "voice": _("Voice message"),
        "video_note": _("Video circle"),
        "audio": _("Audio"),
        "animation": _("Animation"),
        "document": _("File"),
        "sticker": _("Sticker"),
        "album": _("Album"),
        "location": _("Place"),
        "venue": _("Place"),
        "unsupported": _("Message of another kind"),
        "contact": _("Contact"),
        "poll": _("Poll"),
        "dice": _("Dice"),
    }
    return known.get(kind, _("Message of kind %(kind)s") % {"kind": kind})


def why_not_fetched(reason: str | None) -> str:
    """Telegram's words about a file, or that it was us."""
    if reason and reason.startswith(OURS):
        return _("something broke on our side (%(why)s)") % {"why": reason.removeprefix(OURS)}
    return reason or ""


def is_late(file: Media) -> bool:
    """Whether a file should have been here long ago."""
    return datetime.now(UTC) - file.created_at > LATE


def waits(process: Process, state: ProcessState) -> str:
    """What a lead at a wait is waiting for."""
    waiting = state.waiting
    if waiting is None:
        return ""
    step = process.steps.get(state.step or "")
    events = [happening(one) for one in getattr(getattr(step, "wait", None), "event", ())]
    return {
        "reply": _("a reply of the client"),
        "event": _("the event “%(events)s”") % {"events": ", ".join(events).lower()},
        "duration": _("some time to pass"),
        "until": _("the right time of day"),
        "task": _("the outcome of the task"),
    }[waiting.kind]


def last_said(lead: Lead | Listed) -> str:
    """What a row shows last: words, or what kind of thing came without any."""
    return lead.last_text or ("" if lead.last_kind == "text" else media(lead.last_kind))


def handle(lead: Lead) -> str:
    """How Telegram calls a client."""
    return " · ".join(
        each
        for each in (f"@{lead.username}" if lead.username else "", str(lead.telegram_id or ""))
        if each
    )


def in_words(said: Mapping[str, str], otherwise: str) -> str:
    """A designer's words by language: the reader's, else any."""
    return said.get(reader().locale) or next(iter(said.values()), "") or otherwise


def size(count: int) -> str:
    """Of a file, given in bytes: 4.8 MB."""
    for unit, name in ((1024**2, _("%(n)s MB")), (1024, _("%(n)s KB"))):
        if count >= unit:
            return name % {"n": number(round(count / unit, 1))}
    return _("%(n)s bytes") % {"n": number(count)}


def tabs() -> Iterator[tuple[str, str, str]]:
    """(key, icon, name) of the chat list's tabs."""
    yield "all", "", _("All")
    yield "mine", "", _("Mine")
    yield "pinned", "pin", _("Pinned")
    yield "manual", "hand", _("Manual")
    yield "auto", "bot", _("Auto")
    yield "unread", "", _("Unread")
    yield "ignored", "", _("Ignored")


def promised(one: str) -> str:
    """What a list is filtered by: the open tasks of its chats."""
    return {"any": _("has a task"), "overdue": _("a task is overdue")}[one]


def field(name: str) -> str:
    """A contact's field; one of the team's own is called as its key."""
    known = {
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "language": _("Language"),
        "country": _("Country"),
        "buyer": _("Buyer"),
        "source": _("Source"),
        "platform": _("Platform"),
        "campaign": _("Campaign"),
        "adset": _("Ad set"),
        "ad": _("Ad"),
        "spot": _("Spot"),
        "payload": _("Link"),
        "username": _("Username"),
        "created_at": _("Created"),
        "owner": _("Manager"),
        "tags": _("Tags"),
        "stage": _("Stage"),
        "line": _("Line"),
    }
    return known.get(name, name.removeprefix("fields."))


def role(one: Role) -> str:
    return {
        Role.MANAGER: _("manager"),
        Role.TEAM_LEAD: _("team lead"),
        Role.DESIGNER: _("process designer"),
        Role.ADMIN: _("administrator"),
        Role.OPS: _("ops"),
    }[Role(one)]


def scope(one: str) -> str:
    """For whom a template is."""
    return {
        Scope.PRIVATE: _("only mine"),
        Scope.TEAM: _("the team"),
        Scope.ALL: _("everybody"),
    }[Scope(one)]


def asked(path: str) -> str:
    """A macro that has no value, as a question: lead.first_name, amount_to_pay."""
    return field(path.removeprefix("lead.")).replace("_", " ").capitalize()


def browser(agent: str) -> str:
    """Firefox, Windows; the whole header where it names nothing known."""
    programs = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "YaBrowser": "Yandex",
                "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
    systems = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad",
               "Mac OS": "macOS", "Linux": "Linux"}  # fmt: skip
    found = [next((name for part, name in known.items() if part in agent), "")
             for known in (programs, systems)]  # fmt: skip
    return ", ".join(filter(None, found)) or agent or _("unknown")


def theme(one: str) -> str:
    return {
        "auto": _("Theme: as the system"),
        "light": _("Theme: light"),
        "dark": _("Theme: dark"),
    }[one]


def next_theme(one: str) -> str:
    return THEMES[(THEMES.index(one) + 1) % len(THEMES)]


# Said by models inside of particulars, where the gathering does not look.
SAID_ELSEWHERE = (
    N_("At least %(least)s characters"),
    N_("At most %(most)s characters"),
    N_("Choose one from the list"),
    N_("This is not the password"),
    N_("Check this field"),
    N_("Give it a name"),
    N_("There is a macro that cannot be read"),
    N_("Neither words nor files"),
    N_("Its readers would not see: %(names)s"),
    N_("At most 10 files in one message"),
)
