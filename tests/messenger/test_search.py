"""The one search box."""

from models.queries.search import excerpt, search
from models.user import User
from tests.messenger.town import Town


async def found(town: Town, asked: str, *, by: User | None = None):
    async with town.database.reading() as session:
        return await search(session, by or town.anna, asked)


async def test_a_name_is_found_by_any_part_of_it(town: Town):
    ivan = await town.writes("Иван Петров", "привет")
    await town.writes("Марина Кравец", "добрый день")

    for asked in ("иван", "петр", "ИВАН ПЕТРОВ", "ив"):
        assert [chat.lead.id for chat in (await found(town, asked)).chats] == [ivan], asked


async def test_a_user_is_found_with_and_without_the_at_sign(town: Town):
    ivan = await town.writes("Ivan Petrov", "hello")
    username = (await town.lead(ivan)).username or ""

    assert [chat.lead.id for chat in (await found(town, f"@{username}")).chats] == [ivan]
    assert [chat.lead.id for chat in (await found(town, username)).chats] == [ivan]


async def test_an_at_sign_asks_for_a_user_and_not_for_a_name(town: Town):
    await town.writes("Иван Петров", "привет")

    assert (await found(town, "@петров")).chats == []


async def test_a_telegram_id_finds_its_client(town: Town):
    ivan = await town.writes("Иван Петров", "привет")

    number = str((await town.lead(ivan)).telegram_id)

    assert [chat.lead.id for chat in (await found(town, number)).chats] == [ivan]


async def test_a_tag_finds_its_chats_even_in_the_archive(town: Town):
    ivan = await town.writes("Иван Петров", "привет")
    await town.writes("Petra", "hello")
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        for name in ("vip", "вывод"):
            await lead.tag(name, by="user:1")
        lead.archive(by="user:1", at=town.now)

    for asked in ("вывод", "#выв"):
        tags = await found(town, asked)
        assert [tag.name for tag in tags.tags] == ["вывод"]
        assert [chat.lead.id for chat in tags.tagged] == [ivan]
        assert tags.tagged[0].tags[0].name == "вывод"
    assert (await found(town, "@вывод")).tags == ()


async def test_words_of_messages_are_found_newest_first(town: Town):
    ivan = await town.writes("Иван", "когда придёт депозит?")
    town.passes(minutes=1)
    petra = await town.writes("Petra", "мой депозит не пришёл")

    hits = (await found(town, "депозит")).hits

    assert [hit.chat.lead.id for hit in hits] == [petra, ivan]
    assert hits[1].excerpt == "когда придёт депозит?"


async def test_all_words_must_be_there_and_the_beginning_of_a_word_is_enough(town: Town):
    await town.writes("Иван", "когда придёт депозит?")

    assert len((await found(town, "депоз придёт")).hits) == 1
    assert (await found(town, "депозит вчера")).hits == []


async def test_nobody_finds_what_they_may_not_see(town: Town):
    ivan = await town.writes("Иван Петров", "мой секретный вопрос")
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.assign(town.anna, by="user:1")

    for asked in ("петров", "секретный"):
        mine, his = await found(town, asked), await found(town, asked, by=town.boris)
        assert mine.chats or mine.hits
        assert not his.chats
        assert not his.hits


async def test_what_means_something_to_the_database_is_only_text(town: Town):
    await town.writes("Иван", "скидка 100% & ещё: 5_5")

    for asked in ("%", "_", "100%", "' or 1=1", "a:*|b", "\\", "&", "5_5"):
        await found(town, asked)
    assert not (await found(town, "%%%")).chats


def test_a_long_message_is_shown_around_the_word():
    said = "слово " * 40 + "депозит пришёл" + " конец" * 40

    shown = excerpt(said, ["депозит"])

    assert shown.startswith("…слово")
    assert "депозит пришёл" in shown
    assert len(shown) <= 161
