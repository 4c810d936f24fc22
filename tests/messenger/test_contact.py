"""The contact on the card, edited in place by several people; the team's own fields."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.errors import Outrun
from models.user import User
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def own(site: Website, admin: User, kind: str, *, options: str = "", **given: str) -> str:
    """An administrator makes a field; its key."""
    key = f"f{uuid4().hex[:8]}"
    form = {"key": key, "kind": kind, "name_ru": f"Поле {key}", "name_en": f"Field {key}",
            "options": options} | given  # fmt: skip
    async with site.signed_in(admin) as browser:
        answer = await browser.post("/fields", data=form)
        assert answer.status_code == 200, answer.text
    return key


async def test_a_value_is_edited_where_it_stands(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    path = f"/leads/{ivan}/contact/field"
    async with site.signed_in(served.anna) as browser:
        form = soup(await browser.get(f"{path}/edit?name=buyer&added=true"))
        was = one(form, "input[name=was]")["value"]
        kept = await browser.put(f"{path}?name=buyer", data={"value": " Максим ", "was": was})
        left = soup(await browser.get(f"{path}?name=buyer"))

    assert "Максим" in said(one(soup(kept), f"#value-{ivan}-buyer"))
    assert "Максим" in said(one(left, f"#value-{ivan}-buyer"))
    assert (await served.lead(ivan)).buyer == "Максим"


async def test_the_second_of_two_is_shown_what_the_first_wrote(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    path = f"/leads/{ivan}/contact/field?name=source"
    async with site.signed_in(served.anna) as anna, site.signed_in(served.igor) as igor:
        await anna.put(path, data={"value": "Facebook", "was": ""})
        crossed = await igor.put(path, data={"value": "TikTok", "was": ""})
        assert (await served.lead(ivan)).source == "Facebook"
        form = soup(crossed)
        was = one(form, "input[name=was]")["value"]
        told = said(one(form, ".note"))
        mine = str(one(form, "input[name=value]")["value"])
        again = await igor.put(path, data={"value": mine, "was": was})

    assert (crossed.status_code, again.status_code) == (409, 200)
    assert "“Facebook”" in told.replace("«", "“").replace("»", "”")
    assert "Анна Ким" in told
    assert (mine, (await served.lead(ivan)).source) == ("TikTok", "TikTok")


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("country", "Бразилия", "BR"),
        ("country", "brazil", "BR"),
        ("country", "ng", "NG"),
        ("country", "", ""),
        ("language", "португальский", "pt"),
        ("language", "hi", "hi"),
    ],
)
async def test_countries_and_languages_are_found_by_name_or_code(
    site: Website, served: Town, name: str, typed: str, kept: str
):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        was = (await served.lead(ivan)).field(name)
        path = f"/leads/{ivan}/contact/field?name={name}"
        answer = await browser.put(path, data={"value": typed, "was": was})
        wrong = await browser.put(path, data={"value": "Атлантида", "was": kept})
        found = soup(await browser.get(f"/leads/{ivan}/contact/offered?name=country&value=бра"))

    assert (answer.status_code, wrong.status_code) == (200, 422)
    assert "Выберите из списка" in wrong.text
    assert (await served.lead(ivan)).field(name) == kept
    assert said(one(found, "button[value=BR]")).startswith("Бразилия")


KINDS = [
    ("number", "1 200,50", "1200.5", "1 200,5", "много"),
    ("date", "2026-02-28", "2026-02-28", "28 фев", "2026-02-30"),
    ("yes_no", "yes", "yes", "да", "возможно"),
    ("choice", "pro", "pro", "pro", "vip"),
    ("link", "https://a.example/x", "https://a.example/x", "https://a.example/x", "javascript:1"),
    ("text", "что угодно", "что угодно", "что угодно", "д" * 501),
]


@pytest.mark.parametrize(("kind", "typed", "kept", "shown", "wrong"), KINDS)
async def test_an_own_field_takes_what_fits_its_kind(
    site: Website, served: Town, kind: str, typed: str, kept: str, shown: str, wrong: str
):
    ivan = await served.writes("Иван", "Привет")
    key = await own(site, served.maria, kind, options="basic\npro\npro\n")
    path = f"/leads/{ivan}/contact/field?name=fields.{key}"
    async with site.signed_in(served.anna) as browser:
        assert "заполнить" in (await browser.get(f"/leads/{ivan}/contact")).text
        refused = await browser.put(path, data={"value": wrong, "was": ""})
        answer = await browser.put(path, data={"value": typed, "was": ""})
        page = soup(await browser.get(f"/leads/{ivan}"))

    assert (refused.status_code, answer.status_code) == (422, 200)
    assert (await served.lead(ivan)).fields == {key: kept}
    assert shown in said(one(page, f"#field-{ivan}-fields-{key}")).replace("\xa0", " ")
    assert f"Поле {key}: – → {shown}" in said(one(page, f"#log-{ivan}")).replace("\xa0", " ")


async def test_what_only_a_process_wrote_is_shown_by_its_key(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.set_field("fields.цель #1", "дом", by="process:greeting/ask")
    async with site.signed_in(served.anna) as browser:
        page = soup(await browser.get(f"/leads/{ivan}/contact"))
        form = await browser.get(
            f"/leads/{ivan}/contact/field/edit", params={"name": "fields.цель #1"}
        )
        missing = await browser.get(f"/leads/{ivan}/contact/field/edit?name=fields.nothing")

    assert "цель #1 дом" in said(one(page, "dl"))
    assert (form.status_code, missing.status_code) == (200, 404)


async def test_fields_are_kept_by_administrators(site: Website, served: Town):
    key = await own(site, served.maria, "choice", options="a\nb")
    other = await own(site, served.maria, "text")
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).set_field(f"fields.{key}", "a", by="robot:1")
    async with site.signed_in(served.maria) as browser:
        form = soup(await browser.get(f"/fields/{key}/edit"))
        given = {"name_ru": "Тариф", "name_en": "Plan", "options": "a\nb\nc",
                 "seen": str(one(form, "input[name=seen]")["value"])}  # fmt: skip
        answers = [
            await browser.post("/fields", data={"key": key, "kind": "text", "name_ru": "Я",
                                                "name_en": "I"}),
            await browser.post("/fields", data={"key": "Ключ", "kind": "text", "name_ru": "Я",
                                                "name_en": "I"}),
            await browser.post("/fields", data={"key": "one", "kind": "choice", "name_ru": "Я",
                                                "name_en": "I", "options": "a"}),
            await browser.put(f"/fields/{key}", data=given),
            await browser.put(f"/fields/{key}", data=given),
            await browser.put("/fields/order", data={"numbers": f"{other},{key}"}),
            await browser.post(f"/fields/{key}/retirement"),
        ]  # fmt: skip
        listed = (await browser.get("/fields")).text
        card = soup(await browser.get(f"/leads/{ivan}/contact"))
    async with site.signed_in(served.anna) as browser:
        refused = await browser.get("/fields")

    assert [one.status_code for one in answers] == [422, 422, 422, 200, 409, 200, 200]
    assert listed.index(f"Поле {other}") < listed.index("Тариф")
    assert "Тариф a" in said(one(card, "dl"))  # retired, and still read
    assert refused.status_code == 403


async def test_the_card_says_who_blocked_and_ignores_in_one_press(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).blocked_at = served.now
    async with site.signed_in(served.anna) as browser:
        before = soup(await browser.get(f"/leads/{ivan}/contact"))
        after = soup(await browser.put(f"/leads/{ivan}/contact/standing?does=ignore"))

    assert "Клиент заблокировал бота" in said(one(before, ".note.is-bad"))
    assert said(one(before, f"#ignore-{ivan}")) == "Игнорировать"
    assert "heed" in str(one(after, f"#ignore-{ivan}")["hx-put"])
    assert (await served.lead(ivan)).ignored_at is not None


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["looks", "writes"]),
        st.integers(0, 1),
        st.sampled_from(["buyer", "fields.goal"]),
        st.sampled_from(["", "a", "b", "c"]),
    ),
    max_size=30,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
async def test_two_people_never_lose_a_change_without_a_word(town: Town, edits: Sequence[Any]):
    town.passes(minutes=1)
    lead_id = await town.writes(f"Клиент {town.now}", "Привет")
    people = [town.anna, town.boris]
    pages: list[dict[str, str]] = [{"buyer": "", "fields.goal": ""} for _ in people]
    for act, who, name, value in edits:
        async with town.database.unit_of_work() as work:
            lead = await work.locked_lead(lead_id)
            there = lead.field(name)
            if act == "looks":
                pages[who][name] = there
                continue
            try:
                lead.edit_field(name, value, was=pages[who][name], by=people[who].actor)
            except Outrun:
                # the other's value stays, and is not what this person had seen
                assert lead.field(name) == there != pages[who][name]
                pages[who][name] = there
            else:
                # nothing was replaced that this person had not seen
                assert there in (pages[who][name], value)
                pages[who][name] = value

    # and the timeline has every change that was made, each from where the last one had left off
    async with town.database.reading() as session:
        query = "select particulars from event where lead_id = :lead and kind = 'field_changed'"
        lines = (await session.execute(text(f"{query} order by seq"), {"lead": lead_id})).scalars()
        chain: dict[str, str] = {}
        for line in lines:
            assert line["before"] == chain.get(line["field"], "")
            chain[line["field"]] = line["after"]
    lead = await town.lead(lead_id)
    assert chain == {name: lead.field(name) for name in chain}
