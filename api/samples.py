"""Sample rows and events for the patterns page: drawn by the same macros as the real ones."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from api import notices, words
from api.language import gettext as _
from api.sentences import Line, line
from models.lead.lead import Lead
from models.stage import Tag
from models.timeline import Action, Event
from models.user import User

PEOPLE = {5: "Анна Ким", 6: "Игорь Лапин"}
TAGS = {"пополнил": 4, "vip": 7, "kyc": 2, "вывод": 1, "регистрация": 6}


class SampleCast:
    hues: Mapping[str, int] = TAGS

    def who(self, actor: str | None) -> str:
        kind, _colon, rest = (actor or "").partition(":")
        return PEOPLE[int(rest)] if kind == "user" else _("Robot")

    def user(self, number: int | None) -> str:
        return PEOPLE[number] if number else _("nobody")

    def title(self, process: str | None, step: str | None) -> str:
        return step or ""

    def process(self, key: str | None) -> str:
        return key or ""

    def stage(self, key: str | None) -> str:
        return key or ""

    def field(self, name: str) -> str:
        return words.field(name)

    def value(self, name: str, value: str) -> str:
        return value


def chats() -> list[Any]:
    now = datetime.now(UTC)
    igor = User(id=6, login="igor@leadloom.test", name=PEOPLE[6])
    return [
        _chat(1, "Lucas", "Almeida", "br", "Ваш менеджер напишет сегодня", mode="manual",
              last_author="user:6", last_state="unknown", tags=["пополнил", "vip"], author=igor),
        _chat(2, "Priya", "Sharma", "in", "क्या मैं UPI से भुगतान कर सकती हूँ?", mode="manual",
              unread=3, tags=["регистрация"], waiting_since=now - timedelta(minutes=42),
              business_connection="sample"),
        _chat(3, "Marcus", "Obi", "ng", "How long does withdrawal take?", mode="auto", unread=1,
              tags=["вывод", "пополнил"], waiting_since=now - timedelta(minutes=12)),
        _chat(4, "Анна", "Петрова", "kz", "Новая заявка: 120 $ на вывод", mode="manual",
              notice="handed_over", tags=["вывод"], waiting_since=now - timedelta(minutes=6)),
        _chat(5, "Rohan", "Verma", "in", "Инструкция.pdf", mode="manual", last_author="user:6",
              last_state="failed", tags=["kyc"], author=igor),
        _chat(6, "Jordan", "Wells", "us", "Your guide is ready", mode="auto",
              last_author="process:first_contact/guide", last_state="sent"),
        _chat(7, "Kwame", "A.", None, "Welcome, Kwame!", mode="auto", process_key=None,
              last_author="process:first_contact/hello", last_state="queued"),
    ]  # fmt: skip


def lines() -> list[tuple[Line, datetime]]:
    now = datetime.now(UTC)
    told: list[tuple[Action, str, dict[str, Any]]] = [
        (Action.PROCESS_STARTED, "engine", {"process": "first_contact", "version": 7}),
        (Action.TAKEN_OVER, "user:5", {}),
        (Action.TAKEN_OVER, "user:6", {"until": str(now + timedelta(hours=1))}),
        (Action.GIVEN_BACK, "user:5", {"step": "Поздравить", "read": 2}),
        (Action.HANDED_OVER, "process:first_contact/ask", {"because": "asked"}),
        (Action.STAGE_CHANGED, "process:first_contact/ask", {"before": "new", "after": "deposit"}),
        (Action.TAG_ADDED, "process:first_contact/ask", {"tag": "регистрация"}),
        (Action.OWNER_CHANGED, "user:6", {"before": 6, "after": 5}),
        (Action.PAYMENT_RECORDED, "robot:1",
         {"kind": "sale", "amount": "50.00", "currency": "USD"}),
    ]  # fmt: skip
    events = [
        Event(lead_id=1, seq=number, kind=kind, actor=actor, at=now, particulars=given)
        for number, (kind, actor, given) in enumerate(told, start=1)
    ]
    return [(said, event.at) for event in events if (said := line(event, SampleCast()))]


def _chat(
    number: int,
    first: str,
    last: str,
    country: str | None,
    text: str,
    *,
    tags: list[str] | None = None,
    author: Any = None,
    **given: Any,
) -> Any:
    lead = Lead(
        id=number, bot_id=1, chat_id=number, first_name=first, last_name=last, country=country,
        last_text=text, last_action_at=datetime.now(UTC),
        **{"process_key": "first_contact", "last_author": "client", **given},
    )  # fmt: skip
    hued = [Tag(name=name, hue=TAGS[name]) for name in tags or ()]
    return SimpleNamespace(lead=lead, tags=hued, author=author)


def told() -> list[Any]:
    """What the bell opens, chat by chat."""
    now = datetime.now(UTC)
    wrote, human, failed = (
        notices.Line("message-square", "", "How long does withdrawal take?", now, 1, many=3),
        notices.Line("hand", "manual", _("The robot asks for a person"), now, 2),
        notices.Line("circle-alert", "bad", f"{_('Not sent')}: Инструкция.pdf", now, 3),
    )
    marcus, rohan = chats()[2], chats()[4]
    return [
        (SimpleNamespace(chat=marcus, new=True), [wrote, human]),
        (SimpleNamespace(chat=rohan, new=False), [failed]),
    ]
