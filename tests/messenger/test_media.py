"""Files: who gets them, as what, and what happens to those that cannot be had."""

import io
import os
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from temporalio.testing import ActivityEnvironment

from activities.clients.storage import Disk
from activities.clients.telegram import Telegram
from activities.conversation import ATTEMPTS, Conversation
from api.pictures import Unshowable, thumbnail
from models.media import Media, MediaState
from models.seal import BrokenSeal
from models.sniffing import sniff
from tests.messenger.test_pages import one, page_of, said, write
from tests.messenger.town import Town
from tests.web.website import Website


def jpeg(size: tuple[int, int] = (400, 300), **given: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (90, 120, 200)).save(made, "JPEG", **given)
    return made.getvalue()


async def sent(site: Website, town: Town, *files: tuple[str, bytes], text: str = "") -> list[Media]:
    lead_id = await town.writes("Иван", "Привет")
    async with site.signed_in(town.anna) as browser:
        posted = await write(browser, lead_id, text, files=[("files", file) for file in files])
    assert posted.status_code == 204, posted.text
    return await media_of(town, lead_id)


async def media_of(town: Town, lead_id: int) -> list[Media]:
    from sqlalchemy import select

    async with town.database.reading() as session:
        query = select(Media).where(Media.lead_id == lead_id).order_by(Media.id)
        return list((await session.execute(query)).scalars())


async def test_a_file_is_what_its_bytes_say(site: Website, served: Town):
    files = await sent(
        site, served,
        ("photo.txt", jpeg()), ("virus.jpg", b"MZ this is no picture"), ("a.pdf", b"%PDF-1.7 x"),
    )  # fmt: skip

    assert [(one.kind, one.mime) for one in files] == [
        ("photo", "image/jpeg"),
        ("document", "application/octet-stream"),
        ("document", "application/pdf"),
    ]
    assert (files[0].width, files[0].height) == (400, 300)


async def test_several_photos_are_one_album_with_the_text(site: Website, served: Town):
    files = await sent(site, served, ("1.jpg", jpeg()), ("2.jpg", jpeg((30, 40))), text="два")

    messages = await served.messages(files[0].lead_id)
    (album,) = [one for one in messages if one.author == served.anna.actor]
    assert (album.kind, album.text) == ("album", "два")
    assert {one.message_id for one in files} == {album.id}


async def test_an_empty_file_is_refused_and_nothing_is_sent(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        answer = await write(browser, ivan, "текст", files=[("files", ("пусто.txt", b""))])

    assert answer.status_code == 422
    assert "пусто.txt" in answer.text
    assert [one.direction for one in await served.messages(ivan)] == ["in"]


async def test_who_sees_the_lead_gets_the_file_and_nobody_else(site: Website, served: Town):
    (photo,) = await sent(site, served, ("1.jpg", jpeg()))
    for path in (f"/media/{photo.id}", f"/media/{photo.id}/thumbnail"):
        async with site.signed_in(served.anna) as browser:
            assert (await browser.get(path)).status_code == 200
        async with site.signed_in(served.boris) as browser:
            assert (await browser.get(path)).status_code == 404
        async with site.visitor() as browser:
            assert (await browser.get(path)).status_code == 303


async def test_a_file_is_shown_or_downloaded_but_never_run(site: Website, served: Town):
    page = b"<html><script>alert(1)</script></html>"
    photo, html = await sent(site, served, ("1.jpg", jpeg()), ("page.html", page))
    async with site.signed_in(served.anna) as browser:
        shown = await browser.get(f"/media/{photo.id}")
        saved = await browser.get(f"/media/{html.id}")

    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-disposition"].startswith("inline")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    for answer in (shown, saved):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert answer.headers["cache-control"] == "private, no-store"


async def test_a_player_may_ask_for_a_part(site: Website, served: Town):
    content = os.urandom(1000)
    (file,) = await sent(site, served, ("a.bin", content))
    async with site.signed_in(served.anna) as browser:
        part = await browser.get(f"/media/{file.id}", headers={"Range": "bytes=100-199"})

    assert part.status_code == 206
    assert part.content == content[100:200]


async def test_a_thumbnail_holds_nothing_of_the_camera(site: Website, served: Town):
    exif = Image.Exif()
    exif[0x010F] = "SpyCam"
    exif[0x0112] = 6  # lies on its side
    (photo,) = await sent(site, served, ("1.jpg", jpeg((1600, 900), exif=exif)))
    async with site.signed_in(served.anna) as browser:
        small = (await browser.get(f"/media/{photo.id}/thumbnail")).content

    picture = Image.open(io.BytesIO(small))
    assert b"SpyCam" not in small
    assert not picture.getexif()
    assert picture.height > picture.width
    assert max(picture.size) <= 720


def test_a_bomb_is_not_decoded(tmp_path):
    made = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(made, "PNG")
    (tmp_path / "bomb").write_bytes(made.getvalue())
    assert len(made.getvalue()) < 100_000

    with pytest.raises(Unshowable):
        thumbnail(tmp_path / "bomb", tmp_path / "small.webp")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "photo"),
        (b"GIF89a", "animation"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "photo"),
        (b"OggS" + b"\x00" * 24 + b"OpusHead", "voice"),
        (b"OggS" + b"\x00" * 24 + b"vorbis", "document"),
        (b"\x00\x00\x00\x20ftypisom", "video"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio"),
        (b"<svg xmlns=", "document"),
        (b"", "document"),
    ],
)
def test_kinds_by_their_first_bytes(head: bytes, kind: str):
    assert sniff(head).kind == kind


FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 1000}
KINDS: list[tuple[dict[str, Any], str]] = [
    ({"photo": [FILE | {"width": 9, "height": 9}], "caption": "подпись"}, "подпись"),
    ({"video": FILE | {"width": 9, "height": 9, "duration": 3}}, ""),
    ({"animation": FILE | {"duration": 3}, "document": FILE}, ""),
    ({"video_note": FILE | {"length": 9, "duration": 3}}, ""),
    ({"voice": FILE | {"duration": 3}}, "0:03"),
    ({"audio": FILE | {"duration": 63, "file_name": "песня.mp3"}}, "песня.mp3"),
    ({"sticker": FILE | {"width": 9, "height": 9, "emoji": "👍"}}, ""),
    ({"sticker": FILE | {"width": 9, "height": 9, "emoji": "👍", "is_animated": True}}, "👍"),
    ({"sticker": FILE | {"width": 9, "height": 9, "is_video": True}}, ""),
    ({"document": FILE | {"file_name": "договор.pdf"}}, "договор.pdf"),
    ({"location": {"latitude": 55.7, "longitude": 37.6}}, "55.7, 37.6"),
    ({"venue": {"location": {"latitude": 5, "longitude": 7}, "title": "Кафе"}}, "Кафе"),
    ({"contact": {"phone_number": "+7900", "first_name": "Пётр"}}, "+7900"),
    ({"poll": {"id": "1", "question": "Когда?", "options": [{"text": "завтра"}]}}, "завтра"),
    ({"dice": {"emoji": "🎯", "value": 6}}, "6"),
    ({"game": {"title": "Змейка"}}, "game"),
]  # fmt: skip


@pytest.mark.parametrize("state", list(MediaState))
async def test_every_kind_of_message_is_shown(site: Website, served: Town, state: MediaState):
    for message, _ in KINDS:
        ivan = await served.writes("Иван", **message)
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        for file in await media_of(served, ivan):
            found = await work.session.get_one(Media, file.id)
            found.deleted_at = served.now if state == MediaState.DELETED else None
            lead.media_fetched(found, state=state, sha256=b"x" * 32, reason="почему-то")
    async with site.signed_in(served.anna) as browser:
        page = await page_of(browser, ivan)

    bubbles = page.select("[role=log] .msg")
    assert len(bubbles) == len(KINDS)
    for bubble, (message, words) in zip(bubbles, KINDS, strict=True):
        assert bubble.select(".bub > *:not(.bub__meta)"), message
        if state == MediaState.READY or "file_id" not in str(message):
            assert words in said(bubble), message
        elif state == MediaState.FAILED:
            assert "почему-то" in said(bubble), message
    if state == MediaState.READY:
        players = "img, video, voice-player, a.file, .sticker"
        assert len(page.select(f"[role=log] :is({players})")) == 12


async def test_a_file_that_could_not_be_had_can_be_asked_for_again(site: Website, served: Town):
    document = {"file_id": "f", "file_name": "договор.pdf", "file_size": 1_200_000}
    ivan = await served.writes("Иван", document=document)
    (file,) = await media_of(served, ivan)
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        found = await work.session.get_one(Media, file.id)
        lead.media_fetched(found, state=MediaState.FAILED, reason="Telegram не ответил")
    async with site.signed_in(served.anna) as browser:
        bubble = one(await page_of(browser, ivan), "[data-message] .file")
        assert "договор.pdf" in said(bubble)
        assert "1,1 МБ" in said(bubble)
        assert "Telegram не ответил" in said(bubble)
        path = str(one(bubble, "button")["hx-post"])

        assert (await browser.post(path)).status_code == 204

    assert (await media_of(served, ivan))[0].state == MediaState.PENDING
    assert file.id in (await served.moves(ivan)).fetch


async def test_a_file_that_we_failed_to_fetch_says_so_and_can_be_asked_for(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", document={"file_id": "f", "file_name": "договор.pdf"})
    (file,) = await media_of(served, ivan)
    chosen = site.app.state.settings
    telegram, environment = Telegram(chosen.telegram), ActivityEnvironment()
    conversation = Conversation(
        served.database, telegram, Disk(chosen.data / "files"), chosen
    )  # the town's bot has a token that this key does not open
    with pytest.raises(BrokenSeal):
        await environment.run(conversation.fetch_media, file.id)
    async with served.database.unit_of_work(silent=True) as work:
        found = await work.session.get_one(Media, file.id)
        found.created_at -= timedelta(hours=1)
    async with site.signed_in(served.anna) as browser:
        waiting = one(await page_of(browser, ivan), "[data-message] .file")
        path = str(one(waiting, "button")["hx-post"])  # it has been under way for too long

        environment.info = replace(environment.info, attempt=ATTEMPTS)
        await environment.run(conversation.fetch_media, file.id)
        failed = one(await page_of(browser, ivan), "[data-message] .file")
        assert "что-то сломалось у нас (BrokenSeal)" in said(failed)
        assert (await browser.post(path)).status_code == 204
        assert (await browser.post(path)).status_code == 204
    await telegram.close()
    assert (await media_of(served, ivan))[0].state == MediaState.PENDING
    assert file.id in (await served.moves(ivan)).fetch


async def test_what_was_forwarded_says_from_whom(site: Website, served: Town):
    origins: list[tuple[Any, str]] = [
        ({"type": "user", "sender_user": {"first_name": "Пётр", "last_name": "Ли"}}, "Пётр Ли"),
        ({"type": "hidden_user", "sender_user_name": "Аноним<b>"}, "Аноним<b>"),
        ({"type": "channel", "chat": {"title": "Новости\u202e"}, "message_id": 1}, "Новости"),
        ({"type": "chat", "sender_chat": {}}, "Переслано"),
    ]
    for origin, _name in origins:
        ivan = await served.writes("Иван", "смотрите", forward_origin=origin)
    await served.writes("Иван", "а это моё")
    async with site.signed_in(served.anna) as browser:
        page = await page_of(browser, ivan)
    shown = page.select("[role=log] .bub")
    assert len(page.select(".bub__fwd")) == len(origins)
    for bubble, (_origin, name) in zip(shown, origins, strict=False):
        assert name in said(one(bubble, ".bub__fwd"))


async def test_a_file_that_is_there_is_not_fetched_again(site: Website, served: Town):
    (photo,) = await sent(site, served, ("1.jpg", jpeg()))
    async with site.signed_in(served.anna) as browser:
        await browser.post(f"/media/{photo.id}/fetching")

    assert (await media_of(served, photo.lead_id))[0].state == MediaState.READY


async def test_a_name_with_a_path_is_only_a_name(site: Website, served: Town):
    (file,) = await sent(site, served, (f"../../etc/{uuid4()}/passwd", b"root"))

    assert file.name == "passwd"
