"""A phone that was stopped goes on where it was; one that was killed repeats no id."""

from pathlib import Path

from tests.phone.conftest import result
from tests.phone_process import Phone


async def test_chats_files_and_ids_outlive_a_restart(tmp_path: Path) -> None:
    phone = Phone(data=tmp_path / "phone").start()
    lucas = await phone.client("Lucas", language_code="pt")
    before = await lucas.sends("photo", caption="meu documento")
    assert before.messages[0].media
    assert phone.stop() == 0
    phone.start()
    try:
        (line,) = await lucas.lines()
        assert line.text == "meu documento"
        photo = await phone.request_later("GET", before.messages[0].media["url"])
        assert photo.content.startswith(b"\xff\xd8")
        after = await lucas.writes("voltei")
        assert before.update_id
        assert before.message_id
        assert after.update_id == before.update_id + 1
        assert after.message_id == before.message_id + 1
        api = f"{phone.control_url}/bot{phone.bot.token}/getUpdates"
        waiting = await result(
            await phone.request_later("GET", api.removeprefix(phone.control_url))
        )
        assert [update["update_id"] for update in waiting] == [before.update_id, after.update_id]
    finally:
        phone.stop()


async def test_a_killed_phone_skips_ids_rather_than_repeat_one(tmp_path: Path) -> None:
    phone = Phone(data=tmp_path / "phone").start()
    lucas = await phone.client("Lucas")
    before = await lucas.starts()
    phone.kill()
    phone.start()
    try:
        someone = await phone.client("Someone")
        after = await someone.starts()
        assert before.update_id
        assert before.message_id
        assert after.update_id
        assert after.message_id
        assert after.update_id > before.update_id
        assert after.message_id > before.message_id
    finally:
        phone.stop()


def test_everything_can_be_said_without_an_event_loop() -> None:
    with Phone() as phone:
        ivan = phone.client("Иван").now()
        ivan.starts("promo").now()
        path = f"/bot{phone.bot.token}/sendMessage"
        phone.request("POST", path, json={"chat_id": ivan.id, "text": "Здравствуйте"})
        assert ivan.hears("Здравствуйте").now().by_bot
        assert [accept["text"] for accept in phone.accepts().now()] == ["Здравствуйте"]
        phone.reset().now()
        assert phone.accepts().now() == []
