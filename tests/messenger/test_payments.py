"""The ledger on the card: posted by hand, corrected, reversed."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from models.payment import Kind
from models.queries.ledger import PAGE
from tests.messenger.test_ledger import Ledger
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website

TODAY = datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def filled(answer: httpx.Response, **given: str) -> dict[str, str]:
    """A payment's form as it came, with what a person types into it."""
    form = one(soup(answer), "form.pay")
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    return {"kind": "sale", "currency": "USD"} | fields | given


async def test_a_payment_by_hand_is_posted_once_however_often_it_is_pressed(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        form = filled(await browser.get(f"/leads/{ivan}/payments/new"), amount="1 049,90")
        first = await browser.post(f"/leads/{ivan}/payments", data=form)
        again = await browser.post(f"/leads/{ivan}/payments", data=form)
        shown = soup(await browser.get(f"/leads/{ivan}"))

    assert (first.status_code, again.status_code) == (200, 200)
    row = said(one(soup(again), ".posting"))
    assert re.search(r"Продажа .* 1 049,90 \$ Анна Ким · вручную", row.replace("\xa0", " "))
    assert said(one(shown, f"#pays-{ivan} .money")).endswith("Продажа · 1")
    assert "Продажи 1 · 1 049,90 $" in said(one(shown, f"#cont-{ivan}")).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": "-5"}, "больше нуля"),
        ({"amount": "0"}, "больше нуля"),
        ({"amount": "1,005"}, "двух знаков"),
        ({"amount": "много"}, "числом"),
        ({"amount": "9" * 14}, "Слишком большая"),
        ({"currency": "ZZZ"}, "Такой валюты нет"),
        ({"paid_at": "1200-01-01T00:00"}, "Так давно"),
        ({"paid_at": "вчера"}, "день и время"),
        ({"paid_at": f"{TODAY + timedelta(days=365):%Y-%m-%dT%H:%M}"}, "не наступил"),
    ],
)
async def test_what_is_typed_wrongly_is_said_at_once(
    site: Website, served: Town, wrong: dict[str, str], told: str
):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        form = filled(await browser.get(f"/leads/{ivan}/payments/new"), amount="50")
        answer = await browser.post(f"/leads/{ivan}/payments", data=form | wrong)

    assert answer.status_code == 422
    assert told in answer.text
    assert await Ledger(served, ivan).told() == []


async def test_a_team_lead_corrects_and_reverses_with_a_reason(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    sale = await Ledger(served, ivan).posts("50", event=f"a{ivan}")
    path = f"/leads/{ivan}/payments/{sale}"
    async with site.signed_in(served.igor) as browser:
        form = filled(await browser.get(f"{path}/correction"), amount="60")
        silent = await browser.put(path, data=form)
        corrected = soup(await browser.put(path, data=form | {"reason": "опечатка"}))
        other = str(one(corrected, ".posting:not(.is-undone)")["id"]).removeprefix("posting-")
        undone = soup(
            await browser.post(
                f"/leads/{ivan}/payments/{other}/reversal", data={"reason": "возврат"}
            )
        )
        line = said(one(soup(await browser.get(f"/leads/{ivan}")), f"#log-{ivan}"))

    assert (silent.status_code, "Напишите причину" in silent.text) == (422, True)
    old = said(one(corrected, ".posting.is-undone")).replace("\xa0", " ")
    assert old.endswith("опечатка → 60 $")
    assert said(one(corrected, ".money")).replace("\xa0", " ") == "60 $ Продажа · 1"
    assert len(undone.select(".posting.is-undone")) == 2
    line = line.replace("\xa0", " ")
    assert "Игорь Лапин исправил: Продажа 50 $ → 60 $ · опечатка" in line
    assert "Игорь Лапин сторнировал: Продажа 60 $ · возврат" in line


async def test_a_manager_posts_and_does_not_correct(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    sale = await Ledger(served, ivan).posts("50", event=f"b{ivan}")
    path = f"/leads/{ivan}/payments"
    form = {"amount": "1", "currency": "USD", "paid_at": "2026-11-01T12:00", "reason": "так"}
    async with site.signed_in(served.anna) as browser:
        rows = soup(await browser.get(path))
        refused = [
            await browser.put(f"{path}/{sale}", data=form),
            await browser.post(f"{path}/{sale}/reversal", data=form),
        ]
    async with site.signed_in(served.dora) as browser:
        refused += [
            await browser.get(f"{path}/new"),
            await browser.post(path, data=form | {"kind": "sale", "key": "0" * 32}),
        ]

    assert [answer.status_code for answer in refused] == [403] * 4
    assert len(rows.select(".posting")) == 1
    assert rows.select(".posting__acts") == []
    assert await Ledger(served, ivan).told() == ["payment_recorded"]


async def test_another_leads_payment_is_not_there(site: Website, served: Town):
    ivan, petra = await served.writes("Иван", "Привет"), await served.writes("Петра", "Привет")
    sale = await Ledger(served, ivan).posts("50", event=f"c{ivan}")
    async with site.signed_in(served.igor) as browser:
        answers = [
            await browser.get(f"/leads/{petra}/payments/{sale}/correction"),
            await browser.post(
                f"/leads/{petra}/payments/{sale}/reversal", data={"reason": "чужой"}
            ),
        ]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_long_ledger_is_read_page_by_page(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    ledger = Ledger(served, ivan)
    for n in range(PAGE + 5):
        await ledger.posts("1", event=f"d{ivan}-{n}", kind=Kind.REPEAT_SALE)
    async with site.signed_in(served.anna) as browser:
        first = soup(await browser.get(f"/leads/{ivan}/payments"))
        more = str(one(first, "button[hx-get*=below]")["hx-get"])
        second = soup(await browser.get(more))

    shown = [row["id"] for page in (first, second) for row in page.select(".posting")]
    assert len(shown) == len(set(shown)) == PAGE + 5
    assert second.select("button[hx-get*=below]") == []
