"""Who works here: invited, changed, let go, by an administrator."""

import re
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import expect

from models.user import Role, User
from tests.browsers import Complaints, axe
from tests.messenger.conftest import Visit
from tests.messenger.town import Town
from tests.web.website import FROM_OUR_PAGE, Website

LINK = re.compile(r"/invitations/([\w-]+)")


@pytest.fixture
async def maria(served: Town) -> User:
    return served.maria


async def now(town: Town, person: User) -> User:
    async with town.database.reading() as session:
        return await session.get_one(User, person.id)


async def owner_of(town: Town, lead_id: int) -> int | None:
    return (await town.lead(lead_id)).owner_id


async def test_who_is_invited_chooses_a_password_once_and_is_in(
    site: Website, served: Town, maria: User
):
    login = f"petr-{uuid4().hex[:6]}@nova.test"
    form = {"name": "  Пётр   Лис ", "login": login.upper(), "role": "manager", "line": "2",
            "team": str(served.team_id)}  # fmt: skip
    async with site.signed_in(maria) as browser:
        answer = await browser.post("/people", data=form)
        assert answer.status_code == 200
        assert "ещё не входил" in answer.text
        again = await browser.post("/people", data=form)
        assert (again.status_code, "уже занят" in again.text) == (422, True)
        page = (await browser.get("/people")).text
    link = LINK.search(answer.text)
    assert link
    assert link[1] not in page  # shown once

    chosen = {"password": "correct horse battery"}
    async with httpx.AsyncClient(base_url=site.address, headers=FROM_OUR_PAGE) as visitor:
        # the form of the page carries its own token
        door = (await visitor.get(link[0])).text
        token = re.search(r'name="csrf" value="([^"]*)"', door)
        chosen["csrf"] = token[1] if token else ""
        assert (await visitor.post(link[0], data=chosen)).status_code == 303
        assert "Пётр" in (await visitor.get("/me")).text
        assert (await visitor.get(link[0])).status_code != 200


async def test_only_an_administrator_decides_about_people(site: Website, served: Town, maria: User):
    for person in (served.anna, served.igor, served.dora):
        async with site.signed_in(person) as browser:
            assert 'href="/people"' not in (await browser.get("/me")).text
            assert (await browser.get("/people")).status_code == 403
            assert (await browser.post("/people/teams", data={"name": "x"})).status_code == 403
            leaving = await browser.post(f"/people/{served.boris.id}/leaving")
            assert leaving.status_code == 403
    async with site.signed_in(maria) as browser:
        assert 'href="/people"' in (await browser.get("/me")).text
    assert not (await now(served, served.boris)).disabled_at


async def test_another_role_signs_out_and_another_line_does_not(
    site: Website, served: Town, maria: User
):
    form = {"name": "Борис Орлов", "role": "manager", "line": "2", "team": str(served.team_id)}
    path = f"/people/{served.boris.id}"
    async with site.signed_in(served.boris) as boris, site.signed_in(maria) as browser:
        assert (await browser.put(path, data=form)).status_code == 200
        assert (await boris.get("/me")).status_code == 200
        assert (await now(served, served.boris)).line == 2

        assert (await browser.put(path, data=form | {"role": "team_lead"})).status_code == 200
        assert (await boris.get("/me", headers={"HX-Request": "true"})).status_code == 401
        changed = await now(served, served.boris)
        assert (changed.role, changed.line) == (Role.TEAM_LEAD, None)

        for wrong in ({"team": "999999"}, {"line": "7"}, {"line": "²"}, {"name": " "}):
            assert (await browser.put(path, data=form | wrong)).status_code in (404, 422)


async def test_a_leavers_leads_go_on_with_somebody_or_back_to_the_line(
    site: Website, served: Town, maria: User
):
    ivan, olga = await served.writes("Иван", "раз"), await served.writes("Ольга", "два")
    for lead_id in (ivan, olga):
        async with served.database.unit_of_work() as work:
            lead = await work.locked_lead(lead_id)
            lead.assign(served.boris, by=maria.actor)
    path = f"/people/{served.boris.id}"
    async with site.signed_in(served.boris) as boris, site.signed_in(maria) as browser:
        asked = (await browser.get(f"{path}/leaving")).text
        assert "перейдут 2 лида" in asked
        gone = await browser.post(f"{path}/leaving", data={"heir": str(served.dora.id)})
        assert gone.status_code == 404  # a designer does not talk to clients
        gone = await browser.post(f"{path}/leaving", data={"heir": str(served.boris.id)})
        assert gone.status_code == 404  # nor does who leaves
        assert not (await now(served, served.boris)).disabled_at
        assert (await boris.get("/me")).status_code == 200

        gone = await browser.post(f"{path}/leaving", data={"heir": str(served.anna.id)})
        assert gone.status_code == 200
        assert (await boris.get("/me", headers={"HX-Request": "true"})).status_code == 401
        assert {await owner_of(served, one) for one in (ivan, olga)} == {served.anna.id}

        assert (await browser.post(f"{path}/return")).status_code == 200
        assert not (await now(served, served.boris)).disabled_at
        path = f"/people/{served.anna.id}"
        assert (await browser.post(f"{path}/leaving")).status_code == 200
        assert {await owner_of(served, one) for one in (ivan, olga)} == {None}


async def test_an_administrator_stays(own_site: Website):
    maria = await own_site.person("Мария", role=Role.ADMIN)
    async with own_site.signed_in(maria) as browser:
        form = {"name": "Мария", "role": "manager"}
        refused = await browser.put(f"/people/{maria.id}", data=form)
        assert (refused.status_code, "Последний администратор" in refused.text) == (422, True)
        assert (await browser.post(f"/people/{maria.id}/leaving")).status_code == 422

        other = await own_site.person("Олег", role=Role.ADMIN)
        assert (await browser.put(f"/people/{other.id}", data=form)).status_code == 200


async def test_by_hand(visit: Visit, served: Town, maria: User, complaints: Complaints):
    page = await visit(maria, "/people")
    await page.get_by_role("button", name="Пригласить").click()
    form = page.get_by_role("form", name="Пригласить")
    await form.get_by_label("Имя").fill("Вера Сон")
    await form.get_by_label("Почта").fill("nonsense@x")
    await form.get_by_role("button", name="Пригласить").click()
    await expect(form.get_by_role("alert")).to_contain_text("адрес почты")
    complaints.expect("422")
    await expect(form.get_by_label("Имя")).to_have_value("Вера Сон")
    await form.get_by_label("Почта").fill(f"vera-{uuid4().hex[:6]}@nova.test")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="/invitations/")).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="Вера Сон")).to_contain_text(
        "ещё не входил"
    )
    boris = page.locator(f"#person-{served.boris.id}")
    await boris.get_by_role("button", name="Закрыть вход").click()
    assert await axe(page) == []
    await boris.get_by_role("button", name="Закрыть вход").click()
    await expect(boris).to_contain_text("отключён")
    await page.locator(".toast").get_by_role("button", name="Впустить снова").click()
    await expect(boris).not_to_contain_text("отключён")
