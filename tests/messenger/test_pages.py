from tests.messenger.town import Town
from tests.web.website import Website


async def test_the_messenger_shows_the_list_and_the_open_chat(site: Website, served: Town):
    ivan = await served.writes("Иван Петров", "Привет")
    await served.moves(ivan)
    async with site.signed_in(served.anna) as browser:
        page = await browser.get(f"/leads/{ivan}")
        open("/tmp/lead/page.html", "w").write(page.text)
        assert page.status_code == 200
        assert "Иван Петров" in page.text
