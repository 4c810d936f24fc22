"""The deal and the contact on the card."""

from tests.messenger.test_pages import one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def test_stage_line_owner_and_tags_change_by_one_act_each(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        moved = soup(await browser.put(f"/leads/{ivan}/stage?key=talking"))
        await browser.put(f"/leads/{ivan}/owner", data={"owner": str(served.anna.id)})
        await browser.put(f"/leads/{ivan}/line?line=2")
        tagged = soup(await browser.post(f"/leads/{ivan}/tags", data={"name": "vip"}))
        bare = soup(await browser.delete(f"/leads/{ivan}/tags?name=vip"))

    lead = await served.lead(ivan)
    assert (lead.stage_key, lead.line, lead.owner_id) == ("talking", 2, served.anna.id)
    assert said(one(moved, "[aria-current=step]")) == "В диалоге"
    assert "vip" in said(one(tagged, f"#deal-{ivan} .tag"))
    assert bare.select(".tag") == []


async def test_what_is_not_in_the_vocabulary_is_refused(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        answers = [
            await browser.put(f"/leads/{ivan}/stage?key=moon"),
            await browser.post(f"/leads/{ivan}/tags", data={"name": "выдуманный"}),
            await browser.put(f"/leads/{ivan}/owner", data={"owner": "999999999"}),
            await browser.put(f"/leads/{ivan}/owner", data={"owner": str(served.dora.id)}),
            await browser.put(f"/leads/{ivan}/line?line=3"),
        ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 422]


async def test_a_lead_given_away_leads_back_to_the_list(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        browser.headers["HX-Request"] = "true"
        answer = await browser.put(f"/leads/{ivan}/owner", data={"owner": str(served.boris.id)})

    assert answer.headers["HX-Redirect"] == "/leads"


async def test_a_contact_is_edited_in_place(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        form = soup(await browser.get(f"/leads/{ivan}/contact/edit"))
        filled = {str(field["name"]): str(field.get("value", "")) for field in form.select("input")}
        saved = await browser.put(
            f"/leads/{ivan}/contact", data=filled | {"buyer": "Максим", "country": "BR"}
        )

    lead = await served.lead(ivan)
    assert (lead.buyer, lead.country, lead.first_name) == ("Максим", "BR", "Иван")
    assert "Бразилия" in said(one(soup(saved), f"#cont-{ivan}"))


async def test_two_people_who_edit_one_field_are_told(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        form = soup(await browser.get(f"/leads/{ivan}/contact/edit"))
        filled = {str(field["name"]): str(field.get("value", "")) for field in form.select("input")}
        async with served.database.unit_of_work() as work:
            (await work.locked_lead(ivan)).set_field("buyer", "Борис сказал", by="user:1")

        crossed = await browser.put(f"/leads/{ivan}/contact", data=filled | {"buyer": "Моё"})
        elsewhere = await browser.put(f"/leads/{ivan}/contact", data=filled | {"campaign": "c1"})

    assert crossed.status_code == 409
    page = soup(crossed)
    assert one(page, "[name=buyer]")["value"] == "Моё"
    assert "Борис сказал" in said(one(page, "[role=alert]"))
    assert elsewhere.status_code == 200
    lead = await served.lead(ivan)
    assert (lead.buyer, lead.campaign) == ("Борис сказал", "c1")


async def test_what_a_lead_came_by_is_shown(site: Website, served: Town):
    ivan = await served.writes("Иван", "/start br_nov")
    async with site.signed_in(served.anna) as browser:
        card = said(one(await page_of(browser, ivan), f"#cont-{ivan}"))

    assert "br_nov" in card
    assert "spot-" in card
