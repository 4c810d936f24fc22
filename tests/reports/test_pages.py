"""The pages of reports: whose figures, in which days, and as files."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from playwright.async_api import BrowserContext

from models.payment import Kind
from models.queries.reports.span import own
from models.user import User
from tests.browsers import axe
from tests.messenger.town import Town
from tests.web.website import Website

NAMES = ("deposits", "funnel", "answers", "load")


async def pays(
    town: Town, lead_id: int, amount: int, *, kind: Kind = Kind.SALE, days: int = 0,
    currency: str = "USD",
) -> None:  # fmt: skip
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        await lead.record_payment(
            kind, amount=Decimal(amount), currency=currency, source="test", by="robot:1",
            paid_at=town.now - timedelta(days=days), source_id=f"{lead_id}.{kind}.{amount}",
        )  # fmt: skip


async def owned(town: Town, name: str, owner: User, **given: object) -> int:
    lead_id = await town.writes(name, "здравствуйте")
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        lead.owner_id = owner.id
        for field, value in given.items():
            setattr(lead, field, value)
    return lead_id


async def look(site: Website, person: User, path: str, status: int = 200) -> BeautifulSoup:
    async with site.signed_in(person) as browser:
        answer = await browser.get(path)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def figures(page: BeautifulSoup) -> dict[str, str]:
    """What the page shows first, name by name."""
    return {
        one.span.get_text(): one.b.get_text().replace("\xa0", " ")  # type: ignore[union-attr]
        for one in page.select(".kpi")
    }


async def test_a_manager_sees_own_figures_and_no_others(site: Website, served: Town):
    ivan = await owned(served, "Иван", served.anna, buyer="Максим Орлов")
    petra = await owned(served, "Петра", served.boris, buyer="Ирина Белова")
    await pays(served, ivan, 120)
    await pays(served, ivan, 30, kind=Kind.REPEAT_SALE)
    await pays(served, petra, 777)

    page = await look(site, served.anna, "/reports/deposits?by=buyer&period=today")

    assert figures(page)["Первые депозиты"] == "120 $"
    assert figures(page)["Чистыми"] == "150 $"
    assert "777" not in page.get_text()
    assert "Ирина Белова" not in page.get_text()
    link = page.select_one("tbody th a")
    assert link is not None
    assert link.get_text() == "Максим Орлов"
    listed = await look(site, served.anna, str(link["href"]))
    assert [row["data-lead"] for row in listed.select("#chats li[data-lead]")] == [str(ivan)]
    theirs = await look(site, served.boris, "/reports/deposits?by=buyer&period=today")
    assert figures(theirs)["Первые депозиты"] == "777 $"


async def test_two_currencies_are_never_one_sum(site: Website, served: Town):
    ivan = await owned(served, "Иван", served.anna)
    await pays(served, ivan, 100)
    await pays(served, ivan, 60, kind=Kind.REPEAT_SALE)
    await pays(served, ivan, 90, currency="EUR")

    page = await look(site, served.anna, "/reports/deposits")
    euros = await look(site, served.anna, "/reports/deposits?currency=eur")

    assert figures(page)["Первые депозиты"] == "100 $"
    assert figures(euros)["Первые депозиты"] == "90 €"
    nothing = await look(site, served.anna, "/reports/deposits?currency=XYZ", 422)
    assert "В этой валюте" in nothing.select_one("#problem").get_text()  # type: ignore[union-attr]


async def test_who_answers_is_counted_and_what_is_only_read_is_not(site: Website, served: Town):
    asked = await owned(served, "Иван", served.anna)
    served.passes(minutes=4)
    await served.answers(asked, "добрый день", by=served.anna)
    served.passes(minutes=1)
    await served.answers(asked, "вы здесь?", by=served.anna)  # nobody waited for it
    read = await owned(served, "Петра", served.anna)
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(read)).dismiss(by=served.anna.actor, at=served.now)

    async with site.at(served.now + timedelta(seconds=1)):
        page = await look(site, served.anna, "/reports/answers")
        load = await look(site, served.anna, "/reports/load")

    assert figures(page)["Ответы людей"] == "1"
    assert figures(page)["Первый ответ человека, медиана"] == "4 мин"
    assert figures(load)["Ждут сейчас"] == "0"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=2026-11-20&to=2026-11-01", "Первый день позже последнего"),
        ("from=1998-01-01&to=1998-02-01", "Telegram ещё не было"),
        ("from=2999-01-01&to=2999-02-01", "ещё не наступил"),
        ("from=2020-01-01&to=2026-11-01", "не больше 366 дней"),
        ("from=yesterday&to=2026-11-01", "Это не дата"),
        ("period=own", "Выберите оба дня"),
        ("by=money", "не считаются"),
    ],
)
async def test_days_that_make_no_period_are_named_and_stay_in_the_form(
    site: Website, asked: str, said: str
):
    anna = await site.person()
    page = await look(site, anna, f"/reports/deposits?{asked}", 422)
    problem = page.select_one("#problem")
    assert problem is not None
    assert said in problem.get_text()
    given = dict(one.split("=") for one in asked.split("&"))
    for name in {"from", "to"} & given.keys():
        field = page.select_one(f"input[name={name}]")
        assert field is not None
        assert field["value"] == given[name]


def test_a_day_may_have_twenty_five_hours():
    now = datetime(2026, 11, 1, tzinfo=UTC)
    day = own("2026-10-25", "2026-10-25", zone="Europe/Berlin", now=now)
    assert day.ends.timestamp() - day.begins.timestamp() == 25 * 3600


async def test_a_table_goes_to_a_spreadsheet_and_runs_nothing_there(site: Website, served: Town):
    ivan = await owned(served, "Иван", served.anna, source='=cmd|"/c calc"!A1')
    await pays(served, ivan, 120)
    await pays(served, ivan, 5, kind=Kind.WITHDRAWAL)

    async with site.signed_in(served.anna) as browser:
        answer = await browser.get("/reports/deposits/origins.csv?by=source")
        days = await browser.get("/reports/deposits/days.csv")
        missing = await browser.get("/reports/deposits/nothing.csv")
        wrong = await browser.get("/reports/deposits/days.csv?from=2026-11-02&to=2026-11-01")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.startswith("\ufeff")
    heads, row, total = csv.reader(io.StringIO(answer.text[1:]), delimiter=";")
    assert heads[:3] == ["Источник", "Число", "Первые депозиты, USD"]
    assert row[:3] == ['\'=cmd|"/c calc"!A1', "1", "120,00"]
    assert (row[-1], total[-1]) == ("115,00", "115,00")
    assert len(days.text.splitlines()) == 3
    assert (missing.status_code, wrong.status_code) == (404, 422)


async def test_the_filter_offers_what_there_is(site: Website, served: Town):
    await owned(served, "Иван", served.anna, source="Facebook")
    asked = "/reports/filter?report=funnel&period=30&source=Facebook"
    mine = await look(site, served.anna, asked)
    assert mine.form is not None
    assert mine.form["action"] == "/reports/funnel"
    chosen = mine.select_one("select[name=source] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "Facebook"
    assert mine.select_one("input[type=hidden][name=period]") is not None
    assert mine.select_one("[name=owner]") is None  # a manager has only own figures
    assert (await look(site, served.igor, asked)).select_one("[name=owner]") is not None


@pytest.mark.parametrize(("width", "look_"), [(1440, "dark"), (390, "light")])
async def test_reports_are_readable_by_anyone_at_any_width(
    site: Website, served: Town, context: BrowserContext, width: int, look_: str
):
    ivan = await owned(served, "Иван", served.anna, source="Facebook")
    await pays(served, ivan, 100)
    served.passes(minutes=2)
    await served.answers(ivan, "добрый день", by=served.anna)
    await owned(served, "Петра", served.anna)
    async with served.database.unit_of_work() as work:
        (await work.session.get_one(User, served.anna.id)).theme = look_
    for name, value in (await site.cookie(served.anna)).items():
        await context.add_cookies([{"name": name, "value": value, "url": site.address}])
    page = await context.new_page()
    await page.set_viewport_size({"width": width, "height": 844})
    for name in NAMES:
        await page.goto(f"{site.address}/reports/{name}")
        assert await page.locator("svg[role=img][aria-label]").count() > 1, name
        assert await axe(page) == [], name
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} scrolls sideways"
    await page.get_by_role("button", name="Фильтр").click()
    await page.locator("#report-filter form").wait_for()
    assert await axe(page) == []
