"""Shifts and distribution from the pages; a lead that goes to a colleague with a reason."""

import json

from sqlalchemy import select

from models.lead.lead import Lead
from models.timeline import Action, Event
from models.user import Role, Team, User
from tests.messenger.test_pages import FRAGMENT, one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def works_in_shifts(town: Town, off_shift: str = "stay") -> None:
    async with town.database.unit_of_work() as work:
        team = await work.session.get_one(Team, town.team_id)
        team.shifts, team.off_shift = True, off_shift


async def person(town: Town, one: User) -> User:
    async with town.database.reading() as session:
        return await session.get_one(User, one.id)


async def owner(town: Town, lead_id: int) -> int | None:
    async with town.database.reading() as session:
        return (await session.get_one(Lead, lead_id)).owner_id


async def told(town: Town, lead_id: int, kind: Action) -> dict[str, object]:
    async with town.database.reading() as session:
        query = select(Event.particulars).where(Event.lead_id == lead_id, Event.kind == kind)
        found = (await session.execute(query.order_by(Event.seq.desc()))).scalars().first()
        return dict(found or {})


async def test_a_shift_is_begun_and_ended_from_any_page(site: Website, served: Town):
    async with site.signed_in(served.anna) as browser:
        without = soup(await browser.get("/leads"))
        refused = await browser.put("/shift?on=yes")
        await works_in_shifts(served, off_shift="open")
        page = soup(await browser.get("/processes"))
        begun = soup(await browser.put(str(one(page, "#shift button")["hx-put"])))
        on = (await person(served, served.anna)).on_shift_at
        palette = soup(await browser.get("/palette/entries?asked=смену"))
        mine = soup(await browser.get("/me"))
        ended = await browser.put(str(one(begun, "#shift button")["hx-put"]))

    assert without.select("#shift button") == []
    assert refused.status_code == 422
    assert said(one(begun, "#shift")) == "На смене"
    assert on is not None
    assert "Закончить смену" in said(one(palette, "[data-press=Shift]"))
    assert "Все открытые чаты уходят команде" in said(one(mine, "#my-shift"))
    assert (
        "Все открытые чаты уходят команде"
        in json.loads(ended.headers["HX-Trigger"])["toast"]["text"]
    )
    anna = await person(served, served.anna)
    assert (anna.on_shift_at, anna.going_off) == (None, "open")


async def test_who_leads_the_team_decides_and_sees_who_is_at_work(site: Website, served: Town):
    here = f"/distribution/teams/{served.team_id}"
    line = f"/distribution/lines/1?team={served.team_id}"
    async with site.signed_in(served.igor) as browser:
        await browser.put(here, data={"shifts": "true", "off_shift": "waiting"})
        await browser.put(line, data={"way": "least_busy", "most": "30", "handed": "true"})
        absurd = await browser.put(line, data={"way": "least_busy", "most": "-1"})
        started = soup(await browser.put(f"/distribution/people/{served.anna.id}/shift?on=yes"))
        plan = {"day0": "yes", "begins0": "09:00", "ends0": "18:00", "begins1": "x", "ends1": ""}
        planned = soup(await browser.put(f"/distribution/people/{served.boris.id}/plan", data=plan))
        broken = await browser.put(
            f"/distribution/people/{served.boris.id}/plan", data=plan | {"day1": "yes"}
        )
        page = soup(await browser.get("/distribution"))

    assert absurd.status_code == broken.status_code == 422
    assert "на смене с" in said(one(started, f"#at-work-{served.anna.id}"))
    assert "пн 09:00–18:00" in said(one(planned, f"#at-work-{served.boris.id}"))
    (office,) = page.select(".office")
    first = one(office, "ul li:first-child")
    assert "Анна Ким" in said(first)
    assert one(office, f"#office-{served.team_id}-1-way option[selected]")["value"] == "least_busy"
    assert one(office, f"#office-{served.team_id}-1-most")["value"] == "30"
    assert (await person(served, served.boris)).plan_due_at is not None


async def test_others_decide_nothing(site: Website, served: Town):
    async with served.database.unit_of_work() as work:
        team = Team(name=f"other than {served.team_id}")
        work.add(team)
        await work.flush()
        stranger = User(login=f"stranger{team.id}@nova.test", name="Чужой", role=Role.MANAGER,
                        team_id=team.id)  # fmt: skip
        work.add(stranger)
        await work.flush()
        elsewhere, other = team.id, stranger.id
    async with site.signed_in(served.igor) as browser:
        answers = [
            await browser.put(f"/distribution/teams/{elsewhere}", data={"shifts": "true"}),
            await browser.put(f"/distribution/lines/1?team={elsewhere}", data={"way": "nobody"}),
            await browser.put("/distribution/lines/1", data={"way": "round_robin"}),
            await browser.put("/distribution/lines/3", data={"way": "round_robin"}),
            await browser.put(f"/distribution/people/{other}/shift?on=yes"),
            await browser.get(f"/distribution/people/{other}/plan"),
            await browser.put(f"/distribution/people/{other}/plan", data={}),
        ]
    async with site.signed_in(served.anna) as browser:
        managers = [
            await browser.get("/distribution"),
            await browser.put(f"/distribution/people/{served.boris.id}/shift?on=yes"),
            await browser.put(f"/distribution/people/{served.boris.id}/plan", data={}),
        ]

    assert [one.status_code for one in answers] == [403, 403, 403, 403, 404, 404, 404]
    assert [one.status_code for one in managers] == [403, 403, 404]


async def test_a_lead_is_handed_to_a_colleague_with_a_reason(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    await works_in_shifts(served)
    async with served.database.unit_of_work() as work:
        (await work.session.get_one(User, served.boris.id)).on_shift_at = served.now
    async with site.signed_in(served.anna) as browser:
        page = await page_of(browser, ivan)
        opened = soup(await browser.get(str(one(page, f"#owner-{ivan}")["hx-get"])))
        browser.headers.update(FRAGMENT)
        many = soup(await browser.get("/deeds/bar"))
        gone = await browser.put(
            f"/leads/{ivan}/transfer",
            data={"line": "2", "to": str(served.boris.id), "reason": " просит \n скидку "},
        )
        absurd = await browser.put(
            f"/leads/{ivan}/transfer", data={"line": "2", "to": str(served.dora.id)}
        )
    async with site.signed_in(served.boris) as browser:
        log = said(one(await page_of(browser, ivan), "[role=log]"))
        bell = said(soup(await browser.get("/notices")))

    names = [said(label) for label in opened.select(".transfer__to label")]
    assert names[2].startswith("Борис Орлов на смене · 0 открытых чатов")
    assert all("Дора" not in name for name in names)
    first = said(many.select("[data-deed=assign]")[1])  # the first of all offers nobody
    assert first == "Борис Орлов на смене · 0 открытых чатов"
    assert gone.headers["HX-Redirect"] == "/leads"
    assert absurd.status_code == 404
    assert await owner(served, ivan) == served.boris.id
    assert "Линия: 1 → 2" in log
    assert "никто → Борис Орлов · «просит скидку»" in log
    assert "просит скидку" in bell


async def test_a_change_of_the_line_alone_carries_its_reason(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.igor) as browser:
        long = await browser.put(f"/leads/{ivan}/transfer", data={"line": "2", "reason": "о" * 301})
        shown = await browser.put(f"/leads/{ivan}/transfer", data={"line": "2", "reason": "VIP"})

    assert long.status_code == 422
    assert shown.status_code == 200
    line = await told(served, ivan, Action.LINE_CHANGED)
    assert line == {"before": 1, "after": 2, "reason": "VIP"}
    assert await told(served, ivan, Action.OWNER_CHANGED) == {}


async def test_on_demand_it_goes_to_whose_turn_it_is_on_its_new_line(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.session.get_one(User, served.boris.id)).line = 2
    async with site.signed_in(served.igor) as browser:
        turn = {"line": "2", "to": "turn", "reason": "сложный"}
        by_hand = await browser.put(f"/leads/{ivan}/transfer", data=turn)
        unmoved = (await served.lead(ivan)).line
        await browser.put(
            f"/distribution/lines/2?team={served.team_id}",
            data={"way": "round_robin", "handed": "true"},
        )
        await browser.put(f"/leads/{ivan}/transfer", data=turn)

    assert (by_hand.status_code, unmoved) == (422, 1)
    assert await owner(served, ivan) == served.boris.id
    line = await told(served, ivan, Action.OWNER_CHANGED)
    assert (line["because"], line["reason"]) == ("round_robin", "сложный")


async def test_new_leads_are_given_at_once_where_that_is_chosen(site: Website, served: Town):
    line = f"/distribution/lines/1?team={served.team_id}"
    async with site.signed_in(served.maria) as browser:
        await browser.put(line, data={"way": "round_robin", "handed": "true"})
        nobodys = await served.writes("Иван", "Привет")
        await browser.put(line, data={"way": "round_robin", "new": "true"})
        given = await served.writes("Пётр", "Привет")

    assert await owner(served, nobodys) is None
    assert await owner(served, given) in (served.anna.id, served.boris.id)
