"""The path a lead has walked, and what a preview promises."""

from datetime import timedelta

from sqlalchemy import text

from models.message import State
from models.process.outlook import given_back, started
from models.process.version import publish
from models.queries import path as paths
from tests.messenger.test_driving import greeted, taken
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.process.world import NOON, Ivan, a_process
from tests.web.website import Website

TWO_SENDS = """
hello:
  send:
    text: {ru: "Привет, {{ lead.first_name }}", en: "Hi"}
    typing: 4s
  next: mark
mark:
  set: {line: 2, fields: {offer_seen: "да"}}
  next: guide
guide:
  send:
    text: {ru: "Это {{ fields.offer_seen }}", en: "It is"}
    typing: 6s
  next: ask
ask:
  wait: {for: reply, timeout: 1h}
  next: bye
bye:
  end: done
"""


def test_a_preview_holds_every_message_until_the_next_wait_and_when_each_leaves():
    process = a_process(TWO_SENDS)
    ivan = Ivan(process)

    seen = started(process, ivan.facts, run=1, version=1, move=0, now=NOON)

    assert [(say.text, at - NOON) for say, at in seen.departures] == [
        ("Привет, Иван", timedelta(seconds=4)),
        ("Это да", timedelta(seconds=10)),
    ]
    assert seen.state.step == "ask"
    assert seen.due_at == NOON + timedelta(hours=1, seconds=10)


def test_a_preview_of_a_wait_holds_no_message():
    process = a_process(TWO_SENDS)
    ivan = Ivan(process).starts()
    ivan.arrives()
    ivan.arrives()
    assert ivan.state.step == "ask"

    seen = given_back(process, ivan.state, ivan.facts, at="same", read=(), move=9, now=ivan.now)

    assert seen.quiet
    assert not seen.departures


def lines_of(page: object) -> list[str]:
    return [said(each) for each in soup(page).select(".path__stop")]  # type: ignore[arg-type]


async def test_the_path_names_steps_ways_out_troubles_and_who_intervened(
    site: Website, served: Town
):
    ivan = await greeted(served)
    await taken(served, ivan)
    async with site.signed_in(served.anna) as browser:
        lead = await served.lead(ivan)
        await browser.delete(
            f"/leads/{ivan}/takeover", params={"seen": lead.move, "at": "step", "step": "nudge"}
        )
        served.passes(minutes=1)
        await served.moves(ivan)
        nudge = (await served.messages(ivan))[-1]
        await served.becomes(nudge, State.SENDING)
        await served.becomes(nudge, State.FAILED, because="Bad Request: chat not found")
        await served.moves(ivan)
        answer = await browser.get(f"/leads/{ivan}/path")
        stops = lines_of(answer)

    assert [stop.split(" ")[0] for stop in stops] == ["Начат", "Приветствие", "Ждём", "Напоминание"]
    assert "человек выбрал, откуда продолжить" in stops[2]
    assert "Анна Ким взяла диалог на себя" in stops[2]
    assert "вернула в авто" in stops[2]
    assert "не отправлено: Telegram не находит этот чат" in stops[3]
    assert "сейчас здесь" in stops[3]
    assert "сейчас здесь" not in stops[2]
    version = (await served.lead(ivan)).version
    link = one(soup(answer), ".path__stop.is-now a")
    assert link["href"] == f"/processes/greeting?version={version}&step=nudge"


async def test_a_path_is_its_leads_own_and_nobody_elses_to_see(site: Website, served: Town):
    ivan = await greeted(served)
    petra = await served.writes("Петра", "/start")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.boris, by="engine")
    async with site.signed_in(served.anna) as browser:
        hidden = await browser.get(f"/leads/{ivan}/path")
        own = lines_of(await browser.get(f"/leads/{petra}/path"))

    assert hidden.status_code == 404
    assert all("Ждём" not in stop for stop in own)


async def test_a_long_path_is_read_page_by_page_and_no_stop_is_lost(site: Website, served: Town):
    ivan = await greeted(served)
    lead = await served.lead(ivan)
    entered = 700
    async with served.database.unit_of_work() as work:
        await work.execute(
            text(
                "insert into event (lead_id, seq, kind, actor, at, particulars)"
                " select :lead, :seq + n, 'step_entered', 'process:greeting/answer', now(),"
                " jsonb_build_object('step', case when n % 2 = 0 then 'answer' else 'nudge' end,"
                " 'via', 'timeout') from generate_series(1, :many) n"
            ),
            {"lead": ivan, "seq": lead.seq, "many": entered},
        )
        (await work.locked_lead(ivan)).seq += entered
    async with served.database.reading() as session:
        upto, found, pages = 2**62, list[int](), 0
        while upto:
            page = await paths.path(session, ivan, upto=upto)
            found = [stop.entered.seq for stop in page.stops] + found
            upto, pages = page.older or 0, pages + 1
            if pages == 1:
                assert page.stops[-1].left is None
            assert all(stop.left for stop in page.stops[:-1])
            assert {(stop.process, stop.version) for stop in page.stops} == {
                ("greeting", lead.version)
            }
    assert pages == 4
    assert found == sorted(set(found))
    assert len(found) == entered + 3  # the start, the greeting and its wait
    async with site.signed_in(served.anna) as browser:
        more = one(soup(await browser.get(f"/leads/{ivan}/path")), ".path__more button")
        earlier = lines_of(await browser.get(str(more["hx-get"])))
    assert len(earlier) == paths.MOST - 1  # the line it ends with begins the next
    assert "сейчас здесь" not in earlier[-1]


async def test_another_process_is_shown_before_it_starts(site: Website, served: Town):
    ivan = await greeted(served)
    await served.becomes((await served.messages(ivan))[-1], State.SENT)
    async with served.database.unit_of_work() as work:
        await publish(work, OTHER, files={})
    async with site.signed_in(served.anna) as browser:
        lead = await served.lead(ivan)
        shown = soup(await browser.get(f"/leads/{ivan}/process/new?key=other"))
        nowhere = await browser.get(f"/leads/{ivan}/process/new?key=nowhere")
        told = said(one(shown, ".preview"))
        await browser.delete(f"/leads/{ivan}/process?seen={lead.move}")
        bare = soup(await browser.get(f"/leads/{ivan}/process/new?key=other"))
        form = one(bare, "form.panel")
        await browser.post(str(form["hx-post"]))

    assert nowhere.status_code == 404
    assert "Расскажу про вторую" in told
    assert "через 5 сек." in told
    assert "Узнать" in told
    assert "Расскажу про вторую" in said(one(bare, ".preview"))
    assert (await served.lead(ivan)).process_key == "other"


async def test_what_started_a_process_is_not_read_as_an_answer_to_it(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    await taken(served, ivan)  # before the robot has looked
    async with site.signed_in(served.anna) as browser:
        chooser = soup(await browser.get(f"/leads/{ivan}/takeover/end"))
        await served.writes("Иван", "Вы тут?")
        written = soup(await browser.get(f"/leads/{ivan}/takeover/end"))

    assert chooser.select(".heard label") == []
    assert "Спасибо" not in said(one(chooser, ".preview"))
    assert [said(label) for label in written.select(".heard label")] == ["Вы тут?"]
    assert "Спасибо за ответ" in said(one(written, ".preview"))


OTHER = """
process: other
title: {ru: Второй, en: Second}
languages: [ru, en]
start: tell
steps:
  tell:
    send:
      text: {ru: "Расскажу про вторую линию", en: "About line two"}
      typing: 5s
      buttons: [[{id: more, text: {ru: Узнать, en: More}}]]
    next: done
  done:
    end: done
"""
