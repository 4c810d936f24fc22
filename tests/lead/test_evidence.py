"""A reply to a message of ours whose answer never came says that it arrived."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.lead.content import Content
from models.message import Message, State
from models.timeline import Action
from tests.lead.conftest import BOT, Inbox

CLAIMED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TELEGRAMS = 4000  # the number Telegram gave a message of ours


async def perhaps(inbox: Inbox, *texts: str, at: datetime = CLAIMED) -> list[int]:
    """Messages of a person that Telegram never answered; the client has written before."""
    await inbox.writes("/start")
    lead_id = (await inbox.lead()).id
    async with inbox.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        rows = []
        for words in texts:
            rows += await lead.leave(
                Content(text=words), by="user:1", action=Action.MANAGER_WROTE, at=at
            )
        await work.flush()
        for row in rows:
            row.attempt, row.claimed_at = 1, at
            lead.perhaps_sent(row, because="ReadTimeout", at=at)
    return [row.id for row in rows]


def reply(
    inbox: Inbox, to: str, *, number: int = TELEGRAMS, after: float = 2, by: int = BOT, **more: Any
) -> dict[str, Any]:
    """Ivan answers a message that the bot sent so many seconds after its claim."""
    answered = {
        "message_id": number, "date": int(CLAIMED.timestamp() + after), "text": to,
        "chat": {"id": 501, "type": "private"}, "from": {"id": by, "is_bot": by == BOT},
    }  # fmt: skip
    return inbox.update(text="да, дошло", reply_to_message=answered | more)


async def found(inbox: Inbox, message_id: int) -> Message:
    return next(one for one in await inbox.messages() if one.id == message_id)


async def test_a_reply_settles_the_one_message_it_can_mean(inbox: Inbox) -> None:
    asked, other = await perhaps(inbox, "Вы тут?", "Удобно говорить?")
    assert (await inbox.lead()).notice == "unknown"
    update = reply(inbox, "Вы тут?")
    await inbox.gets(update)
    message = await found(inbox, asked)
    assert (message.state, message.reason) == (State.SENT, None)
    assert message.telegram_ids == [TELEGRAMS]
    assert (await found(inbox, other)).state == State.UNKNOWN
    came = (await inbox.messages())[-1]
    assert (came.text, came.reply_to_id) == ("да, дошло", asked)
    kinds = [kind for _, kind in await inbox.events()]
    assert kinds[-2:] == ["message_settled", "client_wrote"]
    lead = await inbox.lead()
    assert [seq for seq, _ in await inbox.events()] == list(range(1, lead.seq + 1))
    before = lead.seq
    assert (await inbox.gets(update)).known
    assert (await inbox.lead()).seq == before


async def test_a_quote_counts_by_the_whole_message_it_is_from(inbox: Inbox) -> None:
    (asked,) = await perhaps(inbox, "  Вы тут? Удобно говорить?\n")
    update = reply(inbox, "Вы тут? Удобно говорить?")
    update["message"]["quote"] = {"text": "Удобно", "position": 8}
    await inbox.gets(update)
    assert (await found(inbox, asked)).state == State.SENT


async def test_a_reply_settles_a_file_by_its_caption(inbox: Inbox) -> None:
    (asked,) = await perhaps(inbox, "Прайс")
    update = reply(inbox, "", caption="Прайс", document={"file_id": "d"})
    del update["message"]["reply_to_message"]["text"]
    await inbox.gets(update)
    assert (await found(inbox, asked)).state == State.SENT


async def test_a_reply_keeps_a_second_attempt_from_leaving(inbox: Inbox) -> None:
    (asked,) = await perhaps(inbox, "Вы тут?")
    async with inbox.database.unit_of_work() as work:
        lead = await work.locked_lead((await inbox.lead()).id)
        await lead.settle(asked, State.QUEUED, by="user:1", now=CLAIMED + timedelta(minutes=1))
    await inbox.gets(reply(inbox, "Вы тут?"))
    assert (await found(inbox, asked)).state == State.SENT


async def test_a_reply_that_may_mean_several_messages_settles_none(inbox: Inbox) -> None:
    several = await perhaps(inbox, "Вы тут?", "Вы тут?")
    await inbox.gets(reply(inbox, "Вы тут?"))
    assert {(await found(inbox, one)).state for one in several} == {State.UNKNOWN}
    async with inbox.database.unit_of_work() as work:
        lead = await work.locked_lead((await inbox.lead()).id)
        await lead.settle(several[0], State.SENT, by="user:1", now=CLAIMED)
    await inbox.gets(reply(inbox, "Вы тут?"))  # which of them a person has settled already
    assert (await found(inbox, several[1])).state == State.UNKNOWN


async def test_a_reply_that_means_another_message_settles_nothing(inbox: Inbox) -> None:
    (asked,) = await perhaps(inbox, "Вы тут?")
    hour = 3600
    for other in (
        reply(inbox, "Вы там?"),
        reply(inbox, "Вы тут?", after=-hour),
        reply(inbox, "Вы тут?", after=hour),
        reply(inbox, "Вы тут?", by=501),
        reply(inbox, ""),
    ):
        await inbox.gets(other)
        assert (await inbox.messages())[-1].reply_to_id is None
    assert (await found(inbox, asked)).state == State.UNKNOWN


async def test_a_reply_to_a_message_whose_number_is_known_settles_no_other(inbox: Inbox) -> None:
    known, asked = await perhaps(inbox, "Вы тут?", "Вы тут?")
    async with inbox.database.unit_of_work() as work:
        lead = await work.locked_lead((await inbox.lead()).id)
        lead.sent(await lead.outgoing(known), telegram_ids=[TELEGRAMS], at=CLAIMED)
    await inbox.gets(reply(inbox, "Вы тут?"))
    assert (await found(inbox, asked)).state == State.UNKNOWN
    assert (await inbox.messages())[-1].reply_to_id == known
