"""What colleagues say to each other about a client."""

from models.note import handle, mentions
from models.queries import notices
from models.queries.notes import history
from models.user import User
from tests.messenger.test_pages import one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def told(town: Town, person: User) -> set[int]:
    async with town.database.reading() as session:
        asked = await session.get_one(User, person.id)
        return {lead.id for lead in await notices.news(session, asked)}


async def test_a_colleague_who_is_mentioned_hears_of_a_chat_that_is_anothers(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.anna, by=served.anna.actor)
    async with site.signed_in(served.anna) as browser:
        menu = soup(await browser.get(f"/leads/{ivan}/notes/colleagues"))
        igor, boris = (one.login for one in (served.igor, served.boris))
        text = f"@{igor.split('@')[0].upper()} и @{served.maria.login} , а @{boris} не видит"
        written = soup(await browser.post(f"/leads/{ivan}/notes", data={"text": text}))
        card = await page_of(browser, ivan)

    offered = {str(option["data-find"]).split(" ")[-1] for option in menu.select("[role=option]")}
    assert {igor, served.maria.login, served.dora.login} <= offered
    assert not {boris, served.anna.login} & offered  # sees it not; is the one who writes
    chips = [said(chip) for chip in written.select(".at-chip")]
    assert chips == [f"@{igor.split('@')[0].upper()}", f"@{served.maria.login}"]
    assert said(one(card, ".memo__text")) == text
    assert await told(served, served.igor) == {ivan}
    assert ivan in await told(served, served.maria)  # who hears of everybody's chats, too
    assert await told(served, served.boris) == set()
    async with site.signed_in(served.igor) as browser:
        bell = said(one(soup(await browser.get("/notices")), "#told"))
        await browser.post(f"/leads/{ivan}/reading")
    assert "Анна Ким упоминает вас: @IGOR" in bell
    assert await told(served, served.igor) == set()
    assert ivan in await told(served, served.maria)


async def test_a_note_is_pinned_edited_by_its_author_and_keeps_what_it_said(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    path = f"/leads/{ivan}/notes"
    async with site.signed_in(served.anna) as browser:
        first = soup(await browser.post(path, data={"text": "Звонить вечером"}))
        note = str(one(first, ".memo")["id"]).removeprefix("memo-")
        await browser.post(path, data={"text": "Вторая"})
        pinned = soup(await browser.put(f"{path}/{note}/pin"))
        edited = await browser.put(f"{path}/{note}", data={"text": "Звонить утром", "edits": 0})
        crossed = await browser.put(f"{path}/{note}", data={"text": "Не звонить", "edits": 0})
        before = said(soup(await browser.get(f"{path}/{note}/history")))
        unpinned = soup(await browser.delete(f"{path}/{note}/pin"))
    async with site.signed_in(served.boris) as browser:
        others = await browser.put(f"{path}/{note}", data={"text": "Моё", "edits": 1})

    assert [said(one(memo, ".memo__text")) for memo in pinned.select(".memo")] == [
        "Звонить вечером", "Вторая"]  # fmt: skip
    assert "изменено" in said(soup(edited))
    assert crossed.status_code == 409
    form = soup(crossed)
    assert said(one(form, "textarea")) == "Не звонить"
    assert "«Звонить утром»" in said(one(form, "[role=alert]"))
    assert one(form, "[name=edits]")["value"] == "1"
    assert "Звонить вечером" in before
    assert "Анна Ким" in before
    assert [said(one(memo, ".memo__text")) for memo in unpinned.select(".memo")] == [
        "Вторая", "Звонить утром"]  # fmt: skip
    assert others.status_code == 403


async def test_who_deletes_a_note_and_who_brings_it_back(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    path = f"/leads/{ivan}/notes"
    async with site.signed_in(served.anna) as browser:
        written = soup(await browser.post(path, data={"text": "Работает до шести"}))
        note = str(one(written, ".memo")["id"]).removeprefix("memo-")
    async with site.signed_in(served.boris) as browser:
        refused = await browser.delete(f"{path}/{note}")
    async with site.signed_in(served.igor) as browser:
        deleted = await browser.delete(f"{path}/{note}")
        gone = await browser.get(f"{path}/{note}")
    async with site.signed_in(served.boris) as browser:
        others = await browser.post(f"{path}/{note}/restoring")
    async with site.signed_in(served.igor) as browser:
        back = soup(await browser.post(f"{path}/{note}/restoring"))
        lines = said(one(await page_of(browser, ivan), "message-log"))

    assert refused.status_code == others.status_code == 403
    assert soup(deleted).select(".memo") == []
    assert f"{path}/{note}/restoring" in deleted.headers["HX-Trigger"]
    assert gone.status_code == 404
    assert len(back.select(".memo")) == 1
    assert "удалил заметку" in lines
    assert "вернул заметку" in lines


async def test_what_cannot_be_a_note_is_said_in_words(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    path = f"/leads/{ivan}/notes"
    async with site.signed_in(served.anna) as browser:
        answers = [await browser.post(path, data={"text": text}) for text in ("", " \n\t ")]
        longest = await browser.post(path, data={"text": "я" * 10_000})
        longer = await browser.post(path, data={"text": "я" * 12_345})
        page = await browser.get(f"{path}?after=0.zzz")

    assert {answer.status_code for answer in answers} == {422}
    assert "Заметка пуста" in answers[1].text
    assert longest.status_code == 200
    assert longer.status_code == page.status_code == 422
    assert "12345" in longer.text.replace("\xa0", "").replace(" ", "")


async def test_more_notes_than_a_page_holds_come_page_by_page(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        for number in range(45):
            await lead.write_note(f"заметка {number}", by=served.anna.actor)
    seen = []
    async with site.signed_in(served.anna) as browser:
        page = one(await page_of(browser, ivan), f"#memos-{ivan}")
        while True:
            seen += [said(each) for each in page.select(".memo__text")]
            more = page.select_one("[id^=memos-more]")
            if more is None:
                break
            page = soup(await browser.get(str(more["hx-get"])))

    assert seen == [f"заметка {number}" for number in reversed(range(45))]


async def test_whoever_does_not_see_the_lead_sees_none_of_its_notes(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.assign(served.anna, by=served.anna.actor)
        note = await lead.write_note("тайна", by=served.anna.actor)
    path = f"/leads/{ivan}/notes"
    async with site.signed_in(served.boris) as browser:
        answers = [
            await browser.get(f"{path}?after=0.999"),
            await browser.get(f"{path}/colleagues"),
            await browser.post(path, data={"text": "я"}),
            await browser.get(f"{path}/{note.id}"),
            await browser.get(f"{path}/{note.id}/edit"),
            await browser.get(f"{path}/{note.id}/history"),
            await browser.put(f"{path}/{note.id}", data={"text": "я", "edits": 0}),
            await browser.put(f"{path}/{note.id}/pin"),
            await browser.delete(f"{path}/{note.id}/pin"),
            await browser.delete(f"{path}/{note.id}"),
            await browser.post(f"{path}/{note.id}/restoring"),
        ]
    async with site.signed_in(served.dora) as browser:  # sees it, but talks with nobody
        reads = await browser.get(f"{path}/{note.id}")
        writes = await browser.post(path, data={"text": "я"})
    other = await served.writes("Пётр", "Привет")
    async with site.signed_in(served.anna) as browser:
        elsewhere = await browser.get(f"/leads/{other}/notes/{note.id}")

    assert [answer.status_code for answer in answers] == [404] * 11
    assert (reads.status_code, writes.status_code, elsewhere.status_code) == (200, 403, 404)
    async with served.database.reading() as session:
        assert await history(session, ivan, note.id) == []


async def test_a_mention_of_somebody_who_left_calls_nobody(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        gone = await work.session.get_one(User, served.igor.id)
        await gone.disable(now=served.now)
    async with site.signed_in(served.anna) as browser:
        written = soup(await browser.post(f"/leads/{ivan}/notes", data={"text": f"@{gone.login}"}))

    assert written.select(".memo")
    assert not written.select(".at-chip")


def test_an_at_sign_names_only_whom_it_can_mean():
    anna, other, boris = (
        User(id=number, login=f"{login}@nova.test", name=name)
        for number, login, name in ((1, "anna", "Анна Ким"), (2, "ann", "Анна Ли"),
                                    (3, "boris", "Борис Орлов"))
    )  # fmt: skip
    among = [anna, other, boris]

    assert mentions("@Анна", among) == []  # which of the two?
    assert mentions("см. @анна ли: @ann, @anna", among) == [(4, 8, 2), (14, 4, 2), (20, 5, 1)]
    assert mentions("a@boris @борисов @ @@борис", among) == [(20, 6, 3)]
    assert handle(anna, among) == "Анна Ким"
    assert handle(anna, [*among, User(id=4, login="a@x.test", name="анна ким")]) == anna.login
