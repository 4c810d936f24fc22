"""The pages that stand around everything else."""

from tests.web.website import PASSWORD, Website


async def test_anna_signs_in_and_comes_to_the_start(site: Website):
    anna = await site.with_password(await site.person())
    async with site.visitor() as browser:
        page = await browser.get("/", follow_redirects=True)
        assert page.url.path == "/login"

        answer = await browser.post(
            "/sessions", data={"login": anna.login, "password": PASSWORD, "next": "/me"}
        )

        assert (answer.status_code, answer.headers["location"]) == (303, "/me")
        me = await browser.get("/me")
        assert me.status_code == 200
        assert "Анна Ким" in me.text
