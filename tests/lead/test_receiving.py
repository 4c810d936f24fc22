"""What comes in is stored once, read if it can be, and never lost."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.database import Database
from models.lead.receiving import receive, replay
from models.update import UpdateState
from tests.eventually import eventually, never
from tests.lead.conftest import BOT, Inbox

PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 900},
    {"file_id": "large", "file_unique_id": "l", "width": 900, "height": 600, "file_size": 90_000},
]


async def test_a_first_message_opens_a_lead_on_the_spots_process(inbox: Inbox) -> None:
    receipt = await inbox.writes("/start br_02")
    lead = await inbox.lead()
    assert receipt.lead_id == lead.id
    assert (lead.first_name, lead.username, lead.language) == ("Иван", "ivan", "ru")
    assert (lead.process_key, lead.step, lead.mode) == ("greeting", "hello", "auto")
    assert (lead.buyer, lead.source, lead.campaign, lead.ad) == (
        "Максим", "Facebook", "BR_Nov", "video_4",
    )  # fmt: skip
    kinds = [kind for _, kind in await inbox.events()]
    assert kinds == ["lead_opened", "process_started", "client_wrote"]


async def test_an_unknown_payload_opens_a_lead_without_an_origin(inbox: Inbox) -> None:
    await inbox.writes("/start nobody_knows")
    lead = await inbox.lead()
    assert lead.payload == "nobody_knows"
    assert lead.buyer is None


async def test_a_bot_without_a_process_opens_its_lead_in_manual(inbox: Inbox) -> None:
    async with inbox.database.unit_of_work() as work:
        await work.execute(text("update spot set process_key = null"))
    await inbox.writes("/start")
    lead = await inbox.lead()
    assert (lead.mode, lead.process_key, lead.unread) == ("manual", None, 1)


async def test_events_are_numbered_without_gaps_while_many_write_at_once(inbox: Inbox) -> None:
    await inbox.writes("/start")
    await asyncio.gather(*(inbox.writes(f"сообщение {number}") for number in range(40)))
    lead = await inbox.lead()
    assert [seq for seq, _ in await inbox.events()] == list(range(1, lead.seq + 1))
    assert len(await inbox.messages()) == 41
    assert lead.unread == 41


async def test_two_first_messages_at_once_open_one_lead(inbox: Inbox) -> None:
    await asyncio.gather(*(inbox.writes(f"привет {number}") for number in range(8)))
    kinds = [kind for _, kind in await inbox.events()]
    assert kinds.count("lead_opened") == 1
    assert kinds.count("client_wrote") == 8


async def test_the_same_update_again_changes_nothing(inbox: Inbox) -> None:
    await inbox.writes("/start")
    update = inbox.update(text="один раз")
    first = await inbox.gets(update)
    before = await inbox.lead()
    assert not first.known
    assert (await inbox.gets(update)).known
    after = await inbox.lead()
    assert (after.seq, after.unread) == (before.seq, before.unread)
    assert len(await inbox.messages()) == 2


async def test_the_same_update_many_times_at_once_is_one_message(inbox: Inbox) -> None:
    await inbox.writes("/start")
    update = inbox.update(text="разом")
    await asyncio.gather(*(inbox.gets(update) for _ in range(10)))
    assert len(await inbox.messages()) == 2


async def test_another_update_with_a_known_id_is_a_new_message(inbox: Inbox) -> None:
    """After a silent week Telegram numbers anew."""
    await inbox.writes("/start")
    update = inbox.update(text="старое")
    await inbox.gets(update)
    other = inbox.update(text="новое") | {"update_id": update["update_id"]}
    assert not (await inbox.gets(other)).known
    assert [message.text for message in await inbox.messages()] == ["/start", "старое", "новое"]


async def test_a_ring_is_outstanding_until_the_lead_has_seen(inbox: Inbox) -> None:
    rings: list[tuple[int, int]] = []

    async def ring(lead_id: int, seq: int) -> None:
        rings.append((lead_id, seq))

    inbox.database.ring = ring
    await inbox.writes("/start")
    await inbox.writes("раз")
    await inbox.writes("два")
    await never(lambda: len(rings) > 1, within=0.2)
    async with inbox.database.unit_of_work() as work:
        await work.execute(text("update lead set seen = seq"))
    await inbox.writes("три")
    await eventually(lambda: len(rings) == 2)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"photo": PHOTO, "caption": "вот"}, "photo"),
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "voice"),
        ({"video": {"file_id": "v", "file_unique_id": "v", "width": 4, "height": 3}}, "video"),
        ({"video_note": {"file_id": "n", "file_unique_id": "n", "length": 240}}, "video_note"),
        ({"document": {"file_id": "d", "file_unique_id": "d", "file_name": "a.pdf"}}, "document"),
        ({"sticker": {"file_id": "s", "file_unique_id": "s", "emoji": "👋"}}, "sticker"),
        (
            {"animation": {"file_id": "a", "file_unique_id": "a"},
             "document": {"file_id": "a", "file_unique_id": "a"}},
            "animation",
        ),
    ],
)  # fmt: skip
async def test_files_wait_to_be_fetched_and_the_message_is_there_already(
    inbox: Inbox, content: dict[str, Any], kind: str
) -> None:
    await inbox.writes("/start")
    await inbox.gets(inbox.update(**content))
    message = (await inbox.messages())[-1]
    assert message.kind == kind
    async with inbox.database.reading() as session:
        rows = (await session.execute(text("select kind, state, file_id from media"))).all()
    assert [(row.kind, row.state) for row in rows] == [(kind, "pending")]
    if kind == "photo":
        assert rows[0].file_id == "large"


async def test_location_and_contact_keep_their_particulars(inbox: Inbox) -> None:
    await inbox.writes("/start")
    await inbox.gets(inbox.update(location={"latitude": 55.7, "longitude": 37.6}))
    await inbox.gets(inbox.update(contact={"phone_number": "+7", "first_name": "Оля"}))
    location, contact = (await inbox.messages())[-2:]
    assert (location.kind, location.details["latitude"]) == ("location", 55.7)
    assert (contact.kind, contact.details["first_name"]) == ("contact", "Оля")


async def test_a_kind_we_do_not_know_is_kept_and_shown_as_such(inbox: Inbox) -> None:
    await inbox.writes("/start")
    await inbox.gets(inbox.update(game={"title": "Змейка"}))
    message = (await inbox.messages())[-1]
    assert (message.kind, message.details["kinds"]) == ("unsupported", ["game"])


async def test_an_edit_keeps_what_stood_before_and_is_no_new_message(inbox: Inbox) -> None:
    await inbox.writes("/start")
    written = inbox.update(text="прывет")
    await inbox.gets(written)
    edited = {
        "update_id": 900,
        "edited_message": written["message"] | {"text": "привет", "edit_date": 1_790_000_500},
    }
    await inbox.gets(edited)
    messages = await inbox.messages()
    assert [message.text for message in messages] == ["/start", "привет"]
    assert messages[-1].edited_at is not None
    async with inbox.database.reading() as session:
        before = (await session.execute(text("select text from message_edit"))).scalars().all()
    assert before == ["прывет"]


async def test_an_edit_of_nothing_we_show_changes_nothing(inbox: Inbox) -> None:
    await inbox.writes("/start")
    written = inbox.update(text="то же")
    await inbox.gets(written)
    before = (await inbox.lead()).seq
    edit = {"update_id": 901, "edited_message": written["message"] | {"edit_date": 1_790_000_500}}
    await inbox.gets(edit)
    assert (await inbox.lead()).seq == before


async def test_blocking_and_coming_back_are_facts(inbox: Inbox) -> None:
    await inbox.writes("/start")
    for number, status in ((910, "kicked"), (911, "member")):
        change = {"chat": {"id": 501, "type": "private"}, "new_chat_member": {"status": status}}
        await inbox.gets({"update_id": number, "my_chat_member": change})
        lead = await inbox.lead()
        assert (lead.blocked_at is not None) is (status == "kicked")
    kinds = [kind for _, kind in await inbox.events()]
    assert kinds[-2:] == ["client_blocked", "client_unblocked"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b'{"update_id": "7"}',
        b'{"update_id": 7, "message": {}}',
        b'{"update_id": 7, "message": {"chat": {"id": 1, "type": "private"}}}',
        b"\xff\xfe\x00",
        b'{"update_id": 7, "message": ' + b"[" * 5000,
    ],
)
async def test_what_cannot_be_read_is_kept_as_poison(inbox: Inbox, raw: bytes) -> None:
    receipt = await inbox.gets(raw)
    assert receipt.poisoned
    kept = (await inbox.updates())[-1]
    assert (kept.state, kept.raw) == (UpdateState.POISON, raw)
    assert kept.error


async def test_a_number_too_large_for_its_column_is_poison_not_an_outage(inbox: Inbox) -> None:
    update = inbox.update(text="большой", chat=2**70)
    assert (await inbox.gets(update)).poisoned


async def test_an_update_of_another_kind_is_kept_as_ignored(inbox: Inbox) -> None:
    receipt = await inbox.gets({"update_id": 5, "poll": {"id": "1"}})
    assert not receipt.poisoned
    assert (await inbox.updates())[-1].state == UpdateState.IGNORED


async def test_what_is_deleted_in_a_business_chat_stays_in_the_history(inbox: Inbox) -> None:
    written = inbox.update(text="ой", business_connection_id="b1")
    business = {"update_id": written["update_id"], "business_message": written["message"]}
    await inbox.gets(business)
    gone = {"business_connection_id": "b1", "chat": written["message"]["chat"],
            "message_ids": [written["message"]["message_id"], 999]}  # fmt: skip
    await inbox.gets({"update_id": 900, "deleted_business_messages": gone})

    (message,) = await inbox.messages()
    assert message.text == "ой"
    assert message.deleted_at is not None
    assert (await inbox.events())[-1][1] == "message_deleted"


async def test_what_text_columns_cannot_hold_is_replaced_and_kept_raw(inbox: Inbox) -> None:
    await inbox.writes("/start")
    raw = json.dumps(inbox.update(text="а\x00б\ud83d")).encode()
    assert not (await inbox.gets(raw)).poisoned
    assert (await inbox.messages())[-1].text == "а\ufffdб\ufffd"
    assert (await inbox.updates())[-1].raw == raw


async def test_poison_is_replayed_once_the_reader_can_read_it(inbox: Inbox) -> None:
    raw = json.dumps(inbox.update(text="теперь читается")).encode()
    async with inbox.database.unit_of_work() as work:
        await work.execute(
            text("insert into telegram_update (bot_id, digest, raw, state, error)"
                 " values (:bot, sha256(:raw), :raw, 'poison', 'an old reader')"),
            {"bot": BOT, "raw": raw},
        )  # fmt: skip
    poison = (await inbox.updates())[-1]
    receipt = await replay(inbox.database, poison.id or 0)
    assert not receipt.known
    assert [message.text for message in await inbox.messages()] == ["теперь читается"]
    assert [update.state for update in await inbox.updates()] == [UpdateState.DONE]


async def test_poison_that_stays_poison_stays_the_same_row(inbox: Inbox) -> None:
    unread, too_large = b"not json", json.dumps(inbox.update(text="да", chat=2**70)).encode()
    for raw in (unread, too_large):
        await inbox.gets(raw)
    async with inbox.database.unit_of_work() as work:
        await work.execute(text("update telegram_update set error = 'an old reader'"))
    before = await inbox.updates()
    for poison in before:
        twice = [replay(inbox.database, poison.id) for _ in range(2)]
        assert all(receipt.poisoned for receipt in await asyncio.gather(*twice))
    after = await inbox.updates()
    told = [(one.id, one.received_at, one.raw, one.state) for one in after]
    assert told == [(one.id, one.received_at, one.raw, one.state) for one in before]
    assert all(one.error != "an old reader" for one in after)
    assert (await inbox.gets(unread)).known


async def test_a_database_that_is_away_is_no_poison(inbox: Inbox) -> None:
    nowhere = Database("postgresql+psycopg://postgres@127.0.0.1:1/none")
    update = json.dumps(inbox.update(text="позже")).encode()
    with pytest.raises(OperationalError):
        await receive(nowhere, update, bot_id=BOT)
    await nowhere.close()
