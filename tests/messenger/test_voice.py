"""Voice messages: dictated, listened to, converted; what was said aloud is not lost."""

import io
import re
from typing import Literal

import av
from playwright.async_api import BrowserContext, Page, expect

from activities.envelope import Parcel, envelope
from models.media import Media
from models.user import User
from tests.browsers import Complaints, axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_browser import bubbles
from tests.messenger.test_media import media_of
from tests.messenger.test_pages import write
from tests.messenger.town import Town
from tests.web.website import Website

BLOCK = 960


def recorded(
    seconds: int,
    *,
    form: str = "webm",
    codec: Literal["libopus", "pcm_s16le"] = "libopus",
    rate: int = 48_000,
) -> bytes:
    """Two channels, quiet first and loud later, as a browser's recorder might give them."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        for number in range(seconds * rate // BLOCK):
            loud = 20_000 if number * BLOCK > seconds * rate / 2 else 500
            frame = av.AudioFrame(format="s16", layout="stereo", samples=BLOCK)
            wave = [loud if at // 50 % 2 else -loud for at in range(BLOCK) for _ in range(2)]
            frame.planes[0].update(b"".join(one.to_bytes(2, "little", signed=True) for one in wave))
            frame.sample_rate, frame.pts = rate, number * BLOCK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


async def spoken(town: Town, lead_id: int) -> Media:
    (found,) = await media_of(town, lead_id)
    return found


async def test_what_is_dictated_becomes_what_telegram_plays(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna:
        answer = await write(anna, ivan, "", files=[("voice", ("голос", recorded(3)))])
        assert answer.status_code == 204
        media = await spoken(served, ivan)
        shown = await anna.get(f"/media/{media.id}")
        page = (await anna.get(f"/leads/{ivan}")).text

    assert (media.kind, media.duration, media.name) == ("voice", 3, "voice.ogg")
    assert shown.headers["content-type"] == "audio/ogg"
    with av.open(io.BytesIO(shown.content)) as sound:
        stream = sound.streams.audio[0]
        assert (sound.format.name, stream.codec_context.name, stream.channels) == ("ogg", "opus", 1)
    peaks = media.details["peaks"]
    assert (len(peaks), max(peaks[:20]) < 5, min(peaks[22:]) > 20) == (42, True, True)
    assert f'data-peaks="{" ".join(map(str, peaks))}"' in page

    message = (await served.messages(ivan))[-1]
    parcel = Parcel(id=message.id, attempt=1, kind=message.kind, chat_id=1)
    method = envelope(parcel, [media], contents={media.id: b"sound"})
    assert (method.name, method.fields["duration"]) == ("sendVoice", 3)
    assert method.fields["voice"].name == "voice.ogg"


async def test_what_cannot_be_played_or_lasts_too_long_is_refused_in_words(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    endless = recorded(17 * 60, form="matroska", codec="pcm_s16le", rate=BLOCK)
    for content, said in (
        (b"", "не воспроизводится"),
        (b"MZ this is no sound", "не воспроизводится"),
        (b"\x1aE\xdf\xa3" + bytes(900), "не воспроизводится"),
        (b"OggS" + b"OpusHead" + bytes(900), "не воспроизводится"),
        (endless, "не больше 15 минут"),
    ):
        async with site.signed_in(served.anna) as anna:
            answer = await write(anna, ivan, "", files=[("voice", ("голос", content))])
        assert answer.status_code == 422
        assert said in answer.text
    assert [one.direction for one in await served.messages(ivan)] == ["in"]


async def test_only_whose_team_has_the_tool_dictates(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    switch, button = f"/tools/voice?team={served.team_id}", 'data-act="voice"'
    async with site.signed_in(served.igor) as igor, site.signed_in(served.anna) as anna:
        assert button in (await anna.get(f"/leads/{ivan}")).text
        await igor.put(switch)
        assert button not in (await anna.get(f"/leads/{ivan}")).text
        answer = await write(anna, ivan, "", files=[("voice", ("голос", recorded(1)))])
        assert answer.status_code == 403
        await igor.put(switch, data={"has": "true"})
        answer = await write(anna, ivan, "", files=[("voice", ("голос", recorded(1)))])
        assert answer.status_code == 204


async def dictate(page: Page) -> None:
    """With the keyboard alone, until something was heard."""
    await page.keyboard.press("v")
    bar = page.get_by_role("group", name="Голосовое")
    await expect(bar.get_by_role("button", name="Остановить и послушать")).to_be_focused()
    await expect(bar).to_contain_text("из 15:00")
    meter = bar.get_by_role("img", name="Громкость")

    async def heard() -> bool:
        tall = "all => all.some(one => Number(one.getAttribute('height')) > 5)"
        return bool(await meter.locator("rect").evaluate_all(tall))

    await eventually(heard)


# Whether the bar's parts end where it ends.
FITS = """bar => { const end = bar.getBoundingClientRect().right
  const parts = [...bar.querySelectorAll("button, svg")].filter(one => one.checkVisibility())
  return parts.every(one => one.getBoundingClientRect().right <= end) }"""


async def test_dictated_listened_to_discarded_and_sent_by_keys(
    visit: Visit, served: Town, context: BrowserContext
):
    ivan = await served.writes("Иван", "Привет")
    await context.grant_permissions(["microphone"])
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    bar = page.get_by_role("group", name="Голосовое")
    asked = page.get_by_role("dialog", name="Удалить эту запись?")
    await field.fill("допишу потом")
    await field.blur()

    await dictate(page)
    assert await axe(page, within=".composer") == []
    for width in (1280, 768, 390, 1440):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await bar.evaluate(FITS), width
    await bar.get_by_role("button", name="Пауза").click()
    await expect(bar).to_have_attribute("data-state", "paused")
    await bar.get_by_role("button", name="Записывать дальше").click()
    await expect(bar.locator(".rec__time")).to_have_text(re.compile("0:(0[3-9]|[1-5])"))
    await bar.get_by_role("button", name="Остановить и послушать").click()
    await expect(bar.get_by_role("button", name="Отправить")).to_be_focused()
    await bar.get_by_role("button", name="Послушать").click()
    await expect(bar.locator("voice-player.is-playing")).to_be_visible()
    await expect(bar.locator(".wave rect")).to_have_count(42)

    await page.keyboard.press("Escape")
    await asked.get_by_role("button", name="Не удалять").click()
    await bar.get_by_role("button", name="Отправить").press("Enter")
    await expect(bubbles(page).last.locator("voice-player .wave rect")).to_have_count(42)
    media = await spoken(served, ivan)
    assert (media.kind, media.mime) == ("voice", "audio/ogg")
    assert (media.duration or 0) >= 3
    await expect(field).to_have_value("допишу потом")

    await field.blur()
    await dictate(page)
    await page.keyboard.press("Escape")
    without = page.locator("body:not(:has(.rec))")  # a moment's sound is not asked about
    await expect(asked.or_(without)).to_be_visible()
    if await asked.is_visible():
        await asked.get_by_role("button", name="Удалить").click()
    await expect(bar).to_have_count(0)
    await expect(field).to_have_value("допишу потом")


async def test_a_recording_survives_another_chat_a_reload_and_a_broken_upload(
    visit: Visit, served: Town, context: BrowserContext, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    petra = await served.writes("Petra", "Hello")
    await context.grant_permissions(["microphone"])
    page = await visit(served.anna, f"/leads/{ivan}")
    bar = page.get_by_role("group", name="Голосовое")
    await dictate(page)

    await page.locator(f"#lead-{petra} a").click()
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await expect(bar).to_have_count(0)
    await page.locator(f"#lead-{ivan} a").click()
    await expect(bar).to_have_attribute("data-state", "ready")
    await page.reload()
    await expect(bar).to_have_attribute("data-state", "ready")

    await context.route("**/messages", lambda route: route.abort())
    await bar.get_by_role("button", name="Отправить").click()
    await expect(bubbles(page).last).to_contain_text("Голосовое")
    await expect(bubbles(page).last).to_contain_text("уйдёт, когда появится связь")
    await page.locator(f"#lead-{petra} a").click()
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await page.reload()  # the page holds nothing of it any more
    await expect(page.locator("message-composer:defined")).to_be_visible()
    assert await media_of(served, ivan) == []
    await context.unroute("**/messages")

    async def sent() -> bool:  # although another chat is open
        return [one.kind for one in await media_of(served, ivan)] == ["voice"]

    await eventually(sent, within=30)
    complaints.expect("ERR_FAILED")


async def test_a_refused_microphone_is_explained(
    visit: Visit, served: Town, context: BrowserContext
):
    ivan = await served.writes("Иван", "Привет")
    await context.grant_permissions([])
    page = await visit(served.anna, f"/leads/{ivan}")
    await page.get_by_role("button", name="Записать голосовое").click()

    await expect(page.get_by_text("Микрофон здесь не разрешён")).to_be_visible()
    await expect(page.get_by_label("Сообщение", exact=True)).to_be_visible()


async def test_a_colleagues_answer_gives_the_recording_back(
    visit: Visit, served: Town, context: BrowserContext, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    await assigned(served, ivan, to=served.anna)
    await context.grant_permissions(["microphone"])
    page = await visit(served.anna, f"/leads/{ivan}")
    bar = page.get_by_role("group", name="Голосовое")
    await dictate(page)
    await context.set_offline(True)
    await bar.get_by_role("button", name="Отправить").click()
    await served.answers(ivan, "Уже отвечаю", by=served.igor)
    await context.set_offline(False)

    await expect(page.get_by_text("Игорь Лапин: ответ")).to_be_visible()
    await expect(bar).to_have_attribute("data-state", "ready")
    assert await media_of(served, ivan) == []
    await page.get_by_role("button", name="Всё равно отправить").click()

    async def sent() -> bool:
        return [one.kind for one in await media_of(served, ivan)] == ["voice"]

    await eventually(sent)
    complaints.expect("ERR_INTERNET_DISCONNECTED|409|Failed to fetch")


async def assigned(town: Town, lead_id: int, *, to: User) -> None:
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(lead_id)).assign(to, by=town.igor.actor)
