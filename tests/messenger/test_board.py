"""The board of deals: what stands where, what it adds up to, and how cards are carried."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.async_api import Page, expect
from sqlalchemy import text

from models import pipelines
from models.payment import Kind
from models.queries import deals
from models.queries.deals import Tally, stages_of
from models.queries.desk import desk
from models.queries.view import Tab, View
from models.user import User
from tests.browsers import Complaints, axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website

_events = count(1)
NAMES = ("Иван", "Ольга", "Пётр", "Дана")
STAGES = ("new", "talking", "deposit", "lost")


async def moved(town: Town, lead_id: int, stage: str) -> None:
    async with town.database.unit_of_work() as work:
        await (await work.locked_lead(lead_id)).move_to(stage, by="user:1")


async def paid(town: Town, lead_id: int, kind: Kind, amount: int, currency: str) -> None:
    async with town.database.unit_of_work() as work:
        await (await work.locked_lead(lead_id)).record_payment(
            kind, amount=Decimal(amount), currency=currency, paid_at=datetime.now(UTC),
            source="test", source_id=f"board-{next(_events)}", by="user:1",
        )  # fmt: skip


async def loaded(page: Page, module: str) -> None:
    """A part of the page's code that is loaded when it is needed."""

    async def asked_for() -> Any:
        names = "performance.getEntriesByType('resource').map(one => one.name)"
        return await page.evaluate(f"{names}.find(one => one.includes('chunk-{module}'))")

    await page.evaluate("name => import(name).then(() => true)", await eventually(asked_for))


async def tallied(town: Town, person: User, view: View | None = None) -> Mapping[str, Tally]:
    view = view or View()
    async with town.database.reading() as session:
        stages = stages_of(view, await desk(session))
        return await deals.tallies(session, person, view, stages, now=town.now)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(0, 3), st.sampled_from(STAGES)),
        st.tuples(
            st.just("pay"), st.integers(0, 3), st.sampled_from(list(Kind)),
            st.integers(1, 500), st.sampled_from(("USD", "EUR")),
        ),
        st.tuples(st.just("reverse"), st.integers(0, 3)),
    ),
    max_size=10,
)  # fmt: skip


async def test_a_column_holds_what_its_leads_and_their_ledgers_say(town: Town):
    ids = [await town.writes(name, "Привет") for name in NAMES]

    async def does(act: tuple[Any, ...]) -> None:
        lead_id = ids[act[1]]
        if act[0] == "move":
            await moved(town, lead_id, act[2])
        elif act[0] == "pay":
            await paid(town, lead_id, *act[2:])
        else:
            async with town.database.unit_of_work() as work:
                lead = await work.locked_lead(lead_id)
                rows = await work.execute(
                    text("select p.id from payment p where lead_id = :lead and corrects_id is null"
                         " and not exists (select 1 from payment r where r.corrects_id = p.id)"),
                    {"lead": lead_id},
                )  # fmt: skip
                for number in rows.scalars().all()[:1]:
                    await lead.reverse_payment(number, by="user:1", reason="ошибка")

    loop = asyncio.get_running_loop()

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=ACTS)
    def any_acts(acts: list[tuple[Any, ...]]) -> None:
        async def they() -> None:
            for act in acts:
                await does(act)
            found = await tallied(town, town.maria)
            async with town.database.reading() as session:
                many = await session.execute(
                    text("select stage_key, count(*) from lead where id = any(:ids) group by 1"),
                    {"ids": ids},
                )
                ledger = await session.execute(
                    text("select stage_key, currency,"
                         " coalesce(sum(amount) filter (where kind <> 'withdrawal'), 0),"
                         " coalesce(sum(amount) filter (where kind = 'withdrawal'), 0)"
                         " from payment p join lead l on l.id = p.lead_id"
                         " where l.id = any(:ids) group by 1, 2"),
                    {"ids": ids},
                )  # fmt: skip
                rows = ledger.all()
            assert {key: one.leads for key, one in found.items() if one.leads} == dict(many.all())
            for at, part in ((2, "paid"), (3, "withdrawn")):
                said = {
                    (key, currency): amount
                    for key, one in found.items()
                    for currency, amount in getattr(one, part)
                }
                assert said == {(row[0], row[1]): row[at] for row in rows if row[at]}

        asyncio.run_coroutine_threadsafe(they(), loop).result(60)

    await asyncio.to_thread(any_acts)


async def test_a_board_shows_what_the_list_of_the_same_address_does(town: Town):
    ivan, olga, petr = [await town.writes(name, "Привет") for name in NAMES[:3]]
    await moved(town, olga, "deposit")
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(petr)).assign(town.boris, by="user:1")

    async def shown(person: User, view: View) -> dict[str, list[int]]:
        async with town.database.reading() as session:
            stages = stages_of(view, await desk(session))
            found = await deals.columns(session, person, view, stages, now=town.now)
        return {one.stage.key: [deal.chat.lead.id for deal in one.deals] for one in found}

    everything = await shown(town.maria, View())
    assert (set(everything["new"]), everything["deposit"]) == ({ivan, petr}, [olga])
    assert (await shown(town.anna, View()))["new"] == [ivan]  # a colleague's lead is not hers
    assert (await tallied(town, town.anna))["new"].leads == 1
    assert list(await shown(town.maria, View(stage=["deposit"]))) == ["deposit"]
    assert (await shown(town.boris, View(tab=Tab.MINE)))["new"] == [petr]
    assert (await shown(town.maria, View(q="Ольга")))["deposit"] == [olga]
    assert (await shown(town.maria, View(q="Ольга")))["new"] == []


async def test_columns_are_endless_by_key(town: Town):
    ids = []
    for number in range(deals.PAGE + 3):
        town.passes(seconds=1)
        ids.append(await town.writes(f"Клиент{number}", "Привет"))
    async with town.database.reading() as session:
        stage = (await desk(session)).stage("new")
        assert stage is not None
        first = await deals.column(session, town.maria, View(), stage, now=town.now)
        rest = await deals.column(
            session, town.maria, View(), stage, after=first.after, now=town.now
        )
    both = [deal.chat.lead.id for deal in (*first.deals, *rest.deals)]
    assert (both, rest.after) == (ids[::-1], None)


async def test_a_move_says_what_it_saw_and_can_be_taken_back(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        browser.headers["HX-Request"] = "true"
        answer = await browser.put(f"/deals/{ivan}/stage", data={"to": "deposit", "was": "new"})
        assert one(soup(answer), f"#card-{ivan}")["data-stage"] == "deposit"
        assert "return?to=new" in answer.headers["HX-Trigger"]
        stale = await browser.put(f"/deals/{ivan}/stage", data={"to": "lost", "was": "new"})
        assert stale.status_code == 409
        late = await browser.post(f"/deals/{ivan}/return?to=new&was=lost")
        assert late.status_code == 409
        back = await browser.post(f"/deals/{ivan}/return?to=new&was=deposit")
        assert one(soup(back), f"#card-{ivan}")["data-stage"] == "new"
        outside = await browser.get(f"/deals/cards?lead={ivan}&stage=deposit")
        assert one(soup(outside), f"#card-{ivan}")["data-in"] == "no"
        assert (await browser.get("/deals/column?key=new&after=x")).status_code == 422
        assert (await browser.get("/deals/column?key=no&after=x")).status_code == 404
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.anna, by="user:1")
    async with site.signed_in(served.boris) as browser:  # a colleague's lead is not his to carry
        hidden = await browser.put(f"/deals/{ivan}/stage", data={"to": "lost", "was": "new"})
        assert hidden.status_code == 404
        assert "Иван" not in (await browser.get(f"/deals/cards?lead={ivan}")).text
    assert (await served.lead(ivan)).stage_key == "new"


async def test_who_may_not_drive_looks_but_does_not_carry(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.dora) as browser:
        page = soup(await browser.get("/deals"))
        assert "Иван" in said(one(page, f"#card-{ivan}"))
        assert page.select("[draggable=true], [data-to-menu], #deal-to") == []
        refused = await browser.put(f"/deals/{ivan}/stage", data={"to": "deposit", "was": "new"})
    assert refused.status_code == 403
    assert (await served.lead(ivan)).stage_key == "new"


async def test_deals_are_carried_by_hand_and_by_keys(
    visit: Visit, served: Town, complaints: Complaints
):
    ivan, olga, petr = [await served.writes(name, "Привет") for name in NAMES[:3]]
    await paid(served, olga, Kind.SALE, 70, "USD")
    page = await visit(served.anna, f"/deals?owner=0&owner={served.anna.id}")
    new, talking, deposit = (page.locator(f"#col-{key}") for key in ("new", "talking", "deposit"))
    card = page.locator(f"#card-{ivan}")
    await expect(new.locator(".deal")).to_have_count(3)
    await expect(page.locator("#tally-new")).to_contain_text("70 $")
    assert await axe(page, within="#main") == []

    # by pointer, and back by the toast
    await card.drag_to(deposit)
    await expect(deposit.locator(f"#card-{ivan}")).to_be_visible()
    toast = page.locator("#toasts")
    await expect(toast).to_contain_text("Иван: Депозит")
    assert (await served.lead(ivan)).stage_key == "deposit"
    await toast.get_by_role("button", name="Вернуть").click()
    await expect(new.locator(f"#card-{ivan}")).to_be_visible()
    assert (await served.lead(ivan)).stage_key == "new"

    # by keys; the focus goes along
    await card.locator("a").focus()
    await page.keyboard.press("Alt+ArrowRight")
    await expect(talking.locator(f"#card-{ivan}")).to_be_visible()
    await expect(card.locator("a")).to_be_focused()
    await expect(page.locator("#tally-talking")).to_contain_text("1")
    await expect(card).not_to_have_class("deal is-moving")
    await card.get_by_role("button", name="Перевести «Иван»").click()
    await page.get_by_role("menuitem", name="Регистрация").click()
    await expect(page.locator(f"#col-registration #card-{ivan}")).to_be_visible()

    # what others do
    await moved(served, petr, "deposit")
    await expect(deposit.locator(f"#card-{petr}")).to_be_visible()
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(petr)).assign(served.boris, by="user:1")
    await expect(page.locator(f"#card-{petr}")).not_to_be_attached()
    dana = await served.writes("Дана", "Здравствуйте")
    await expect(new.locator(f"#card-{dana}")).to_be_visible()

    # a refusal puts it back and says why
    await page.route("**/deals/*/stage?*", lambda route: route.abort())
    await page.locator(f"#card-{olga} a").focus()
    await page.keyboard.press("Alt+ArrowRight")
    await expect(page.get_by_text("Сервер не ответил")).to_be_visible()
    await expect(new.locator(f"#card-{olga}")).to_be_visible()
    await page.unroute("**/deals/*/stage?*")
    complaints.expect("Failed to load resource|ERR_FAILED")

    # the same leads as a list, and the board again
    await page.get_by_role("searchbox").fill("Ольга")
    await expect(page.locator(".deal")).to_have_count(1)
    await expect(page.locator("#deals-whole")).to_contain_text("1 сделка")
    await page.get_by_role("link", name="Список").click()
    await expect(page.locator("[data-rows] > li")).to_have_count(1)


async def test_stages_are_ordered_by_keys_and_retired_with_their_leads(
    visit: Visit, served: Town, complaints: Complaints
):
    async with served.database.unit_of_work(silent=True) as work:
        way = await pipelines.add_pipeline(work, name_ru="Повторные", name_en="Once more")
        await work.flush()
        for name in ("first", "second"):
            await pipelines.add_stage(work, way.key, name_ru=name, name_en=name, kind="open", hue=2)
            await work.flush()
    ids = [await served.writes(name, "Привет") for name in NAMES[:2]]
    for lead_id in ids:
        await moved(served, lead_id, "second")
    page = await visit(served.maria, "/pipelines")
    stages = page.locator(f"#way-{way.key} > ul > li")
    await expect(stages).to_have_count(3)
    assert await axe(page, within="#main") == []

    await page.locator("#stage-second [data-grip]").focus()
    await loaded(page, "sorting")  # what only a hand needs comes at its first sign
    await page.keyboard.press("ArrowUp")
    await expect(stages.nth(1)).to_have_id("stage-second")
    await expect(page.locator("#stage-second [data-grip]")).to_be_focused()

    await page.locator("#stage-second").get_by_role("button", name="Убрать").click()
    form = page.get_by_role("form", name="Убрать «second»")
    await form.get_by_label("2 лида перейдут").select_option("first")
    await form.get_by_role("button", name="Убрать").click()
    await expect(page.locator("#toasts")).to_contain_text("переведено лидов: 2")
    await expect(stages).to_have_count(2)
    for lead_id in ids:
        assert (await served.lead(lead_id)).stage_key == "first"
    await page.reload()
    await expect(stages.first).to_be_visible()
    order = await stages.evaluate_all("all => all.map(one => one.id)")
    assert order[1:] == ["stage-first"]
