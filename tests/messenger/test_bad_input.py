"""What people and their machines should not send, and do: each gets a clear answer, nothing typed
or sent is lost, nothing runs in the page."""

import asyncio
import hashlib
import io
import os
import re
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.async_api import BrowserContext, expect

from activities.clients.storage import BEGUN, Disk
from tests.browsers import Complaints
from tests.chaos.wire import Wire
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.rough import kept, pick, png, posted, raw, said_by, slowly, webp
from tests.messenger.test_browser import bubbles
from tests.messenger.test_media import media_of, sent
from tests.messenger.test_pages import write
from tests.messenger.town import Town
from tests.web.website import Website

MB = 1024 * 1024
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="ran()"><script>ran()</script></svg>'
HTML = b"<!doctype html><script>ran()</script><img src=x onerror=ran()>"


async def test_a_file_of_60_mb_is_refused_by_name_and_nothing_of_it_stays(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    before = kept(site)
    async with site.signed_in(served.anna) as anna:
        answer = await write(anna, ivan, "вот", files=[("files", ("кино.mov", bytes(60 * MB)))])
        assert answer.status_code == 422
        assert "кино.mov больше 50 МБ" in answer.text
        declared = {"Content-Length": str(2**40), "Content-Type": "multipart/form-data; boundary=x"}
        refused = await raw(site, anna, f"/leads/{ivan}/messages", b"", headers=declared)
        assert b" 413 " in refused.splitlines()[0]
        assert "слишком большое".encode() in refused
    assert kept(site) == before
    assert await said_by(served, ivan) == []


async def test_a_zip_bomb_goes_through_as_it_is_and_is_never_unpacked(site: Website, served: Town):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../bomb.svg", bytes(100 * MB))
    bomb = packed.getvalue()
    (file,) = await sent(site, served, ("отчёт.docx", bomb))

    assert (file.kind, file.mime, file.size) == ("document", "application/zip", len(bomb))
    assert file.sha256 == hashlib.sha256(bomb).digest()
    async with site.signed_in(served.anna) as anna:
        shown = await anna.get(f"/media/{file.id}")
        assert (shown.content, shown.headers.get("content-encoding")) == (bomb, None)
        assert (await anna.get(f"/media/{file.id}/thumbnail")).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", png(60_000, 60_000)),
        ("b.png", png(2**31 - 1, 2**31 - 1)),
        ("c.png", png(9_000, 900)[:60]),
        ("d.gif", b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\xf7\x00\x00" + bytes(900)),
        ("e.webp", webp(2**24, 2**24)),
        ("f.jpg", b"\xff\xd8\xff\xe0" + bytes(500)),
    ],
)
async def test_an_image_bomb_is_a_file_and_is_never_drawn(
    site: Website, served: Town, name: str, content: bytes
):
    (file,) = await sent(site, served, (name, content))
    assert file.kind in ("document", "animation")
    async with site.signed_in(served.anna) as anna:
        assert (await anna.get(f"/media/{file.id}/thumbnail")).status_code == 404
        bubble = (await anna.get(f"/leads/{file.lead_id}")).text
    assert f"/media/{file.id}/thumbnail" not in bubble


async def test_what_lies_about_its_type_is_shown_as_what_it_is_or_only_saved(
    site: Website, served: Town
):
    polyglot = b"GIF89a/*" + bytes(8) + b"*/=1;ran()"
    files = await sent(
        site, served,
        ("фото.svg", SVG), ("фото.jpg", HTML), ("a.html", b"%PDF-1.7" + HTML), ("a.js", polyglot),
    )  # fmt: skip
    async with site.signed_in(served.anna) as anna:
        shown = [await anna.get(f"/media/{file.id}") for file in files]
    kinds = [each.headers["content-type"] for each in shown]
    assert kinds == [*["application/octet-stream"] * 3, "image/gif"]
    ways = [each.headers["content-disposition"].partition(";")[0] for each in shown]
    assert ways == [*["attachment"] * 3, "inline"]
    for each in shown:
        assert each.headers["x-content-type-options"] == "nosniff"
        assert each.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../../etc/passwd", "passwd"),
        (r"..\..\windows\system32\cmd.exe", "cmd.exe"),
        ("..", "file"),
        ("/", "file"),
        ("счёт\u202egpj.exe", "счёт\u202egpj.exe"),
        ("а" * 500 + ".pdf", "а" * 196 + ".pdf"),
        ("a\x00b\x1b[31m\u2028.txt", "a b [31m .txt"),
    ],
)
async def test_a_bad_name_is_only_a_name(site: Website, served: Town, given: str, name: str):
    before = kept(site)
    ivan = await served.writes("Иван", "Привет")
    content = uuid4().bytes
    async with site.signed_in(served.anna) as anna:
        part = f'Content-Disposition: form-data; name="files"; filename="{given}"'
        answer = await posted(site, anna, ivan, part=part, content=content)
        assert b" 204 " in answer.splitlines()[0], answer
        (file,) = await media_of(served, ivan)
        saved = await anna.get(f"/media/{file.id}")
        page = (await anna.get(f"/leads/{ivan}")).text
    assert file.name == name
    assert {one.name for one in kept(site) - before} == {hashlib.sha256(content).hexdigest()}
    assert saved.content == content
    assert "\u202e" not in page  # it is made visible
    assert "\r" not in saved.headers["content-disposition"]


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t \n", "\u200b\u2060\ufeff \u00a0", "****", "\u202e"]
)
async def test_a_message_of_nothing_is_refused_in_words(site: Website, served: Town, text: str):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna:
        answer = await write(anna, ivan, text)
        if text == "****":  # four signs are something
            assert (answer.status_code, await said_by(served, ivan)) == (204, [("text", "****")])
            return
        assert answer.status_code == 422
        assert "Сообщение пустое" in answer.text
    assert await said_by(served, ivan) == []


async def test_a_long_text_leaves_in_parts_once_each(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    text = " ".join(f"слово{number}" for number in range(600))[:5000]
    key = str(uuid4())
    async with site.signed_in(served.anna) as anna:
        told = (await anna.post(f"/leads/{ivan}/messages/length", data={"text": text})).json()
        assert told == {"length": 5000, "most": 4096, "messages": 2}
        for _ in range(2):
            assert (await write(anna, ivan, text, key=key)).status_code == 204
        parts = await said_by(served, ivan)
        assert ([kind for kind, _ in parts], " ".join(said for _, said in parts)) == (
            ["text", "text"], text,
        )  # fmt: skip

        asked = {"text": text, "files": 1}
        told = (await anna.post(f"/leads/{ivan}/messages/length", data=asked)).json()
        assert told == {"length": 5000, "most": 1024, "messages": 3}
        answer = await write(anna, ivan, text, files=[("files", ("a.pdf", b"%PDF-1.7"))])
        assert answer.status_code == 204
        late = (await said_by(served, ivan))[2:]
        assert [kind for kind, _ in late] == ["document", "text", "text"]
        assert " ".join(said for _, said in late).strip() == text
        assert (await write(anna, ivan, "а" * 20_001)).status_code == 422


async def test_of_two_who_send_at_once_one_is_stopped_and_may_send_anyway(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    seen = (await served.lead(ivan)).seq
    async with site.signed_in(served.igor) as igor, site.signed_in(served.maria) as maria:
        people = {"Игорь": igor, "Мария": maria}
        answers = dict(
            zip(
                people,
                await asyncio.gather(
                    *(write(one, ivan, f"пишет {name}", seen=seen) for name, one in people.items())
                ),
                strict=True,
            )
        )
        assert sorted(one.status_code for one in answers.values()) == [204, 409]
        late = next(name for name, one in answers.items() if one.status_code == 409)
        first = next(name for name in people if name != late)
        assert first in answers[late].text
        assert "назад" in answers[late].text
        assert await said_by(served, ivan) == [("text", f"пишет {first}")]

        before = kept(site)
        file = [("files", ("a.bin", uuid4().bytes))]
        refused = await write(people[late], ivan, "и файл", seen=seen, files=file)
        assert (refused.status_code, kept(site)) == (409, before)

        again = await write(people[late], ivan, f"пишет {late}", seen=seen, anyway="1")
        assert again.status_code == 204
    assert len(await said_by(served, ivan)) == 2


async def test_a_connection_cut_in_mid_upload_leaves_nothing_behind(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    before = kept(site)
    async with site.signed_in(served.anna) as anna:
        await posted(site, anna, ivan, content=bytes(3 * MB), cut=2 * MB)
        await posted(site, anna, ivan, content=bytes(3 * MB), cut=100)
        # the site is as well as ever, and has nothing of it
        assert (await anna.get(f"/leads/{ivan}")).status_code == 200
    assert kept(site) == before
    assert await media_of(served, ivan) == []
    assert await said_by(served, ivan) == []


async def test_what_a_killed_process_began_to_keep_is_taken_away(tmp_path: Path):
    storage = Disk(tmp_path)
    digest = await storage.keep_bytes(b"whole")
    for name in (f"{BEGUN}old", f"{BEGUN}new"):
        (tmp_path / name).write_bytes(b"half")
    for path in (storage.path(digest), tmp_path / f"{BEGUN}old"):
        os.utime(path, (1, 1))
    await storage.tidy(before=datetime.now(UTC) - timedelta(days=1))
    assert storage.path(digest).read_bytes() == b"whole"
    assert {BEGUN + "old", BEGUN + "new"} & set(os.listdir(tmp_path)) == {BEGUN + "new"}


async def test_nothing_that_was_sent_or_named_runs_in_the_page(
    visit: Visit, site: Website, served: Town, complaints: Complaints
):
    trick = "<img src=x onerror=ran()>"
    files = await sent(
        site, served, (f"{trick}.svg", SVG), ("счёт\u202egpj.html", HTML), text=trick
    )
    ivan = files[0].lead_id
    await served.writes("Иван", f"{trick}<script>ran()</script>[a](javascript:ran())",
                        )  # fmt: skip
    document = {"file_id": "f", "file_name": f"../{trick}\u202e.svg", "mime_type": "image/svg+xml"}
    await served.writes("Иван", document=document, caption="javascript:ran()")
    page = await visit(served.anna, f"/leads/{ivan}")
    await page.evaluate("() => { window.ran = () => { window.itRan = true } }")
    log = page.get_by_role("log")
    await expect(log.get_by_text(trick).first).to_be_visible()
    for kind in ("img", "script", "iframe", "object", "embed"):
        assert await log.locator(f"{kind}:not([src^='/media/'])").count() == 0
    hrefs = await log.locator("a").evaluate_all("all => all.map(one => one.protocol)")
    assert set(hrefs) <= {"http:", "https:"}
    for file in files:
        async with page.expect_download() as saving:
            await page.locator(f"a[href='/media/{file.id}?download=1']").click()
        assert "/" not in (await saving.value).suggested_filename
    frame = """path => new Promise(done => {
        const one = Object.assign(document.createElement("iframe"), {src: path})
        one.onload = () => done(true)
        document.body.append(one)
        setTimeout(done, 300, false)
    })"""
    await page.evaluate(frame, f"/media/{files[0].id}")
    assert await page.evaluate("window.itRan") is None
    assert complaints.heard == [one for one in complaints.heard if "frame" in one.lower()]
    complaints.heard.clear()


async def test_a_broken_upload_is_kept_with_its_text_and_leaves_when_there_is_a_link(
    site: Website, served: Town, context: BrowserContext, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    petra = await served.writes("Petra", "Hello")
    wire = await Wire(urlsplit(site.address).port or 0).start()
    address = f"http://127.0.0.1:{wire.port}"
    (secret,) = (await site.cookie(served.anna)).values()
    await context.add_cookies([{"name": f"leadloom-{wire.port}", "value": secret, "url": address}])
    page = await context.new_page()
    await page.goto(f"{address}/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    picked = page.get_by_role("list", name="Прикреплённые файлы")
    await expect(page.locator("message-composer:defined")).to_be_attached()
    await field.fill("  \n ")
    await field.press("Enter")
    await expect(bubbles(page)).to_have_count(1)
    await pick(page, ("пусто.txt", b""), ("договор.pdf", b"%PDF-1.7" + bytes(600_000)))
    await expect(page.get_by_text("Файл пусто.txt пустой")).to_be_visible()
    await field.fill("а" * 5000)
    await expect(page.get_by_text("5000 из 1024 знаков. Уйдёт сообщений: 3")).to_be_visible()
    await page.locator(f"#lead-{petra} a").click()  # neither is lost by a look into another chat
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await expect(picked).to_have_count(0)
    await page.locator(f"#lead-{ivan} a").click()
    await expect(picked).to_contain_text("договор.pdf")
    await expect(field).to_have_value("а" * 5000)

    wiring = await context.new_cdp_session(page)
    await slowly(wiring, 40_000)
    await field.fill("вот договор")
    await field.press("Enter")
    mine = bubbles(page).last
    await expect(mine).to_contain_text("кБ из")
    assert wire.cut()
    assert (await said_by(served, ivan), await media_of(served, ivan)) == ([], [])
    await slowly(wiring, -1)

    async def gone() -> bool:
        return await said_by(served, ivan) == [("document", "вот договор")]

    await eventually(gone)
    await expect(bubbles(page)).to_have_count(2)
    assert [one.name for one in await media_of(served, ivan)] == ["договор.pdf"]
    await page.close()
    await wire.close()
    heard = complaints.heard
    heard[:] = [one for one in heard if not re.search("ERR_|Failed to fetch", one)]
