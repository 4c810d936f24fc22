"""What was said and what happened, page by page and since a seq."""

from models.message import State
from models.queries import conversation
from models.queries.conversation import Bubble, Line
from tests.messenger.town import Town


def said(items) -> list[str]:
    return [
        item.message.text if isinstance(item, Bubble) else f"({item.event.kind})" for item in items
    ]


async def read(town: Town, lead_id: int, ask=conversation.newest, **how):
    async with town.database.reading() as session:
        return await ask(session, lead_id, **how)


async def test_messages_and_what_happened_are_one_line_of_time(town: Town):
    ivan = await town.writes("Иван", "раз")
    async with town.database.unit_of_work() as work:
        await (await work.locked_lead(ivan)).move_to("talking", by=town.anna.actor)
    await town.answers(ivan, "два")

    stretch = await read(town, ivan)

    assert said(stretch.items)[-3:] == ["раз", "(stage_changed)", "два"]
    assert stretch.older is None


async def test_older_pages_join_without_a_gap_or_a_repeat(town: Town):
    for number in range(23):
        ivan = await town.writes("Иван", str(number))
    whole = said((await read(town, ivan, size=500)).items)

    pages: list[str] = []
    stretch = await read(town, ivan, size=5)
    while True:
        pages = said(stretch.items) + pages
        if stretch.older is None:
            break
        stretch = await read(town, ivan, conversation.before, place=stretch.older, size=5)

    assert pages == whole
    assert pages[-23:] == [str(number) for number in range(23)]


async def test_a_found_message_opens_with_what_was_around_it(town: Town):
    for number in range(40):
        ivan = await town.writes("Иван", str(number))
    place = next(one.position for one in await town.messages(ivan) if one.text == "12")

    stretch = await read(town, ivan, conversation.around, place=place, size=8)

    shown = said(stretch.items)
    assert shown.index("12") == 4
    assert shown == [str(number) for number in range(8, 20)]
    after = await read(town, ivan, conversation.after, place=stretch.newer, size=100)
    assert said(after.items) == [str(number) for number in range(20, 40)]
    assert after.newer is None


async def test_an_album_is_one_bubble_wherever_its_page_begins(town: Town):
    for number in range(3):
        photo = [{"file_id": f"f{number}", "width": 90, "height": 60, "file_size": 10}]
        ivan = await town.writes(
            "Иван",
            photo=photo,
            media_group_id="7",
            **({"caption": "три фото"} if not number else {}),
        )
    await town.writes("Иван", "и всё")

    (album, _), names = (await read(town, ivan, size=2)).items, set()
    for size in (2, 3, 4):
        found = next(one for one in (await read(town, ivan, size=size)).items if one.name != "")
        names.add(found.name)

    assert isinstance(album, Bubble)
    assert len(album.media) == 3
    assert album.message.text == "три фото"
    assert names == {album.name}


async def test_what_changed_since_a_seq_is_what_looks_different(town: Town):
    ivan = await town.writes("Иван", "раз")
    answer = await town.answers(ivan, "два")
    before = (await town.lead(ivan)).seq
    assert said((await read(town, ivan, conversation.changes, since=before)).items) == [
        "два"
    ]  # leaving

    await town.becomes(answer, State.SENT)
    await town.writes("Иван", "три")

    assert said((await read(town, ivan, conversation.changes, since=before)).items) == [
        "два",
        "три",
    ]
    now_at = (await town.lead(ivan)).seq
    assert (await read(town, ivan, conversation.changes, since=now_at)).items == []


async def test_too_many_changes_are_read_anew(town: Town):
    ivan = await town.writes("Иван", "раз")
    since = (await town.lead(ivan)).seq
    for number in range(conversation.MOST_CHANGED + 1):
        await town.writes("Иван", str(number))

    found = await read(town, ivan, conversation.changes, since=since)
    assert found.whole
    assert len(found.items) == conversation.PAGE


async def test_an_edit_keeps_what_stood_there(town: Town):
    ivan = await town.writes("Иван", "придёт завтра", message_id=77)
    edited = {"message_id": 77, "date": int(town.now.timestamp()), "text": "придёт сегодня",
              "edit_date": int(town.now.timestamp()) + 5}  # fmt: skip
    lead = await town.lead(ivan)
    edited |= {"chat": {"id": lead.chat_id, "type": "private"},
               "from": {"id": lead.telegram_id, "first_name": "Иван"}}  # fmt: skip

    await town.sends_update({"edited_message": edited})

    bubble = (await read(town, ivan)).items[-1]
    assert isinstance(bubble, Bubble)
    assert (bubble.message.text, [one.text for one in bubble.edits]) == (
        "придёт сегодня", ["придёт завтра"],
    )  # fmt: skip


async def test_a_message_sent_once_more_moves_to_the_end(town: Town):
    ivan = await town.writes("Иван", "раз")
    answer = await town.answers(ivan, "два")
    await town.becomes(answer, State.UNKNOWN)
    await town.writes("Иван", "три")
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        await lead.settle(answer.id or 0, State.QUEUED, by=town.anna.actor, now=town.now)

    shown = [item for item in (await read(town, ivan)).items if not isinstance(item, Line)]
    assert said(shown) == ["раз", "три", "два"]
