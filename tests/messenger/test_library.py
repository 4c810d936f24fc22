"""A lead's files: looked through, renamed, hidden, deleted, downloaded, sent again."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select

from activities.discarding import discard
from models.lead.content import Content
from models.media import Media, MediaState
from models.message import State
from models.user import User
from tests.messenger.test_media import jpeg
from tests.messenger.test_pages import one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def sends(
    site: Website, town: Town, lead_id: int, *names: str, by: User, text: str = "",
    content: bytes | None = None,
) -> list[Media]:  # fmt: skip
    """Files of these names, gone to the client."""
    storage = site.app.state.storage
    rows = []
    for name in names:
        kind = {"jpg": "photo", "mp4": "video", "ogg": "voice"}.get(name[-3:], "document")
        kept = content or (jpeg() if kind == "photo" else name.encode())
        rows.append(
            Media(lead_id=lead_id, kind=kind, state=MediaState.READY, name=name, size=len(kept),
                  sha256=await storage.keep_bytes(kept), uploaded_by_id=by.id)
        )  # fmt: skip
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        messages = await lead.write(
            Content(text=text, media=rows), by=by, key=str(uuid4()), now=town.now
        )
    for message in messages:
        await town.becomes(message, State.SENT)
    return rows


async def names_of(browser: httpx.AsyncClient, lead_id: int, query: str = "") -> list[str]:
    page = soup(await browser.get(f"/leads/{lead_id}/media?{query}"))
    return [said(one(each, ".lib-file__about b")) for each in page.select(".lib-file")]


async def belongs(town: Town, lead_id: int, owner: User) -> None:
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(lead_id)).assign(owner, by=owner.actor)


async def file(town: Town, media_id: int) -> Media:
    async with town.database.reading() as session:
        return await session.get_one(Media, media_id)


async def test_files_are_found_by_kind_words_and_days(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    await sends(site, served, ivan, "паспорт.jpg", by=served.anna, text="Ваш 100% документ")
    served.passes(days=3)
    await sends(site, served, ivan, "голос.ogg", "смета.pdf", by=served.anna)
    other = await served.writes("Пётр", "Привет")
    await sends(site, served, other, "чужой.pdf", by=served.anna)
    day = served.now.date()
    async with site.signed_in(served.anna) as browser:
        everything = await names_of(browser, ivan)
        photos = await names_of(browser, ivan, "shelf=photo")
        captions = await names_of(browser, ivan, "q=100%25 документ")
        nothing = await names_of(browser, ivan, "q=_")
        recent = await names_of(browser, ivan, f"since={day - timedelta(days=1)}")
        earlier = await names_of(browser, ivan, f"until={day - timedelta(days=2)}")
        broken = await browser.get(f"/leads/{ivan}/media?since=2026-02-31")
        card = await page_of(browser, ivan)
        block = soup(await browser.get(f"/leads/{ivan}/media/block"))

    assert everything == ["смета.pdf", "голос.ogg", "паспорт.jpg"]
    assert photos == captions == earlier == ["паспорт.jpg"]
    assert nothing == []
    assert recent == ["смета.pdf", "голос.ogg"]
    assert broken.status_code == 422
    asked = one(card, f"#media-{ivan} [hx-trigger]")
    assert (asked["hx-get"], asked["hx-trigger"]) == (f"/leads/{ivan}/media/block",
                                                     "intersect once")  # fmt: skip
    assert [said(each) for each in block.select(".lib__shelves button")] == [
        "Фото 1", "Видео 0", "Голос 1", "Файлы 1"]  # fmt: skip
    assert len(block.select("[data-view=photo]")) == 1


async def test_more_files_than_a_page_holds_come_page_by_page(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    for number in range(6):
        named = (f"{number}-{part}.pdf" for part in range(5))
        await sends(site, served, ivan, *named, by=served.anna)
    async with site.signed_in(served.anna) as browser:
        first = soup(await browser.get(f"/leads/{ivan}/media?q=pdf"))
        rest = soup(await browser.get(str(one(first, ".lib-more")["hx-get"])))

    names = [said(each) for page in (first, rest) for each in page.select(".lib-file b.ell")]
    assert len(names) == len(set(names)) == 30
    assert rest.select(".lib-more") == []


async def test_a_file_is_renamed_with_its_ending_and_hidden_until_shown(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    (scan,) = await sends(site, served, ivan, "scan0001.pdf", by=served.anna)
    path = f"/leads/{ivan}/media/{scan.id}"
    async with site.signed_in(served.anna) as browser:
        renamed = soup(await browser.put(path, data={"name": "../Договор\u202e"}))
        nameless = await browser.put(path, data={"name": " . "})
        download = await browser.get(f"/media/{scan.id}?download=1")
        hidden = await browser.put(f"{path}/hiding")
        listed, among_hidden = (
            await names_of(browser, ivan),
            await names_of(browser, ivan, "hidden=true"),
        )
        log = await page_of(browser, ivan)
        await browser.post(f"{path}/showing")
        back = await names_of(browser, ivan)

    assert said(one(renamed, "b.ell")).startswith("Договор")
    assert (await file(served, scan.id)).name == "Договор\u202e.pdf"
    assert nameless.status_code == 422
    assert "%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80" in download.headers["content-disposition"]
    assert f"{path}/showing" in hidden.headers["HX-Trigger"]
    assert (listed, len(among_hidden), len(back)) == ([], 1, 1)
    assert "Договор" in said(one(log, "message-log .file"))
    lines = said(one(log, "message-log"))
    assert "Анна Ким переименовала файл: scan0001.pdf" in lines
    assert "Анна Ким скрыла файл из медиатеки" in lines


async def test_who_deletes_a_file_and_what_becomes_of_its_content(site: Website, served: Town):
    storage = site.app.state.storage
    ivan, petr = await served.writes("Иван", "Привет"), await served.writes("Пётр", "Привет")
    (here,) = await sends(site, served, ivan, "тайна.pdf", by=served.anna, content=b"secret")
    (there,) = await sends(site, served, petr, "тоже.pdf", by=served.anna, content=b"secret")
    name = (here.sha256 or b"").hex()

    async def a_while_later() -> bool:
        now = datetime.now(UTC) + timedelta(hours=1)
        await discard(served.database, storage, now=now)
        return await storage.kept_at(name) is not None

    await belongs(served, ivan, served.boris)
    async with site.signed_in(served.boris) as browser:
        refused = await browser.delete(f"/leads/{ivan}/media/{here.id}")
    await belongs(served, ivan, served.anna)
    async with site.signed_in(served.anna) as browser:
        deleted = await browser.delete(f"/leads/{ivan}/media/{here.id}")
        again = await browser.delete(f"/leads/{ivan}/media/{here.id}")
        gone = await browser.get(f"/media/{here.id}")
        kept = await a_while_later()
        bubble = said(one(await page_of(browser, ivan), "message-log .file"))
    async with site.signed_in(served.igor) as browser:  # leads the team
        await browser.delete(f"/leads/{petr}/media/{there.id}")
    await discard(served.database, storage, now=datetime.now(UTC))
    just_now = await storage.kept_at(name) is not None

    assert (refused.status_code, deleted.status_code) == (403, 200)
    assert (again.status_code, gone.status_code) == (404, 404)
    assert kept, "another message is made of it"
    assert "тайна.pdf" in bubble
    assert "удалён: Анна Ким" in bubble
    assert just_now, "who keeps the same at this moment has no row yet"
    assert await a_while_later() is False


async def test_what_has_not_left_is_taken_back_and_not_deleted(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    (scan,) = await sends(site, served, ivan, "scan.pdf", by=served.anna)
    await served.becomes((await served.messages(ivan))[-1], State.QUEUED)
    async with site.signed_in(served.anna) as browser:
        refused = await browser.delete(f"/leads/{ivan}/media/{scan.id}")

    assert refused.status_code == 422
    assert (await file(served, scan.id)).sha256 is not None


async def test_several_files_are_one_archive_with_safe_names(site: Website, served: Town):
    ivan = await served.writes("Иван Грозный", "Привет")
    rows = await sends(
        site, served, ivan, "a.pdf", "A.pdf", "../../etc/passwd", 'q"?.txt', by=served.anna
    )
    (lost,) = await sends(site, served, ivan, "lost.pdf", by=served.anna, content=b"lost")
    await site.app.state.storage.drop((lost.sha256 or b"").hex())
    path = f"/leads/{ivan}/media/archive?" + "&".join(f"file={row.id}" for row in [*rows, lost])
    async with site.signed_in(served.anna) as browser:
        answer = await browser.get(path)
        none = await browser.get(f"/leads/{ivan}/media/archive?file={lost.id}")

    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.testzip() is None
    assert sorted(packed.namelist()) == ["A.pdf", "a (2).pdf", "passwd", "q__.txt"]
    assert packed.read("passwd") == b"../../etc/passwd"
    assert "filename*=utf-8''%D0%98%D0%B2%D0%B0%D0%BD" in answer.headers["content-disposition"]
    assert none.status_code == 404


async def test_a_file_goes_again_without_being_uploaded(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    (scan,) = await sends(site, served, ivan, "scan.pdf", by=served.anna)
    async with served.database.unit_of_work() as work:
        (await work.session.get_one(Media, scan.id)).file_id = "BQAC"
    other = await served.writes("Пётр", "Привет")

    def form(media_id: int, lead: Any) -> dict[str, str]:
        return {"key": str(uuid4()), "seen": str(lead.seq), "kept": f"media:{media_id}"}

    async with site.signed_in(served.anna) as browser:
        lead = await served.lead(ivan)
        sent = await browser.post(f"/leads/{ivan}/messages", data=form(scan.id, lead))
        crossed = await browser.post(
            f"/leads/{other}/messages", data=form(scan.id, await served.lead(other))
        )
        await browser.delete(f"/leads/{ivan}/media/{scan.id}")
        lead = await served.lead(ivan)
        gone = await browser.post(f"/leads/{ivan}/messages", data=form(scan.id, lead))

    assert (sent.status_code, crossed.status_code, gone.status_code) == (204, 404, 404)
    async with served.database.reading() as session:
        query = select(Media).where(Media.lead_id == ivan).order_by(Media.id)
        first, again = (await session.execute(query)).scalars()
    assert (first.state, again.state) == (MediaState.DELETED, MediaState.READY)
    assert (again.file_id, again.name, again.kind) == ("BQAC", "scan.pdf", "document")


async def test_whoever_does_not_see_the_lead_gets_none_of_its_files(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    (scan,) = await sends(site, served, ivan, "scan.pdf", by=served.anna)
    await belongs(served, ivan, served.anna)
    path = f"/leads/{ivan}/media"
    asked = [
        ("GET", path), ("GET", f"{path}/block"), ("GET", f"{path}/archive?file={scan.id}"),
        ("GET", f"{path}/{scan.id}"), ("GET", f"{path}/{scan.id}/edit"),
        ("PUT", f"{path}/{scan.id}"), ("PUT", f"{path}/{scan.id}/hiding"),
        ("POST", f"{path}/{scan.id}/showing"), ("DELETE", f"{path}/{scan.id}"),
        ("GET", f"/media/{scan.id}"), ("GET", f"/media/{scan.id}/thumbnail"),
    ]  # fmt: skip
    other = await served.writes("Пётр", "Привет")
    async with site.signed_in(served.boris) as browser:
        answers = [await browser.request(verb, where) for verb, where in asked]
        elsewhere = [
            await browser.request(verb, where.replace(f"/leads/{ivan}/", f"/leads/{other}/"))
            for verb, where in asked[2:9]
        ]
    async with site.signed_in(served.dora) as browser:  # sees it, but talks with nobody
        reads = [(await browser.get(where)).status_code for _, where in asked[:4]]
        writes = [(await browser.request(verb, where)).status_code for verb, where in asked[4:9]]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.status_code for answer in elsewhere} <= {404, 422}
    assert (set(reads), set(writes)) == ({200}, {403})
    assert (await file(served, scan.id)).name == "scan.pdf"
