"""What goes wrong is said clearly, in the reader's language, and takes nothing away."""

import pytest
from fastapi.routing import iter_route_contexts

from models.errors import Away, BrokenInput, LeadloomError, Missing, NotAllowed, Outrun, Refused
from tests.web.website import Website

RAISED = {
    "missing": (Missing("There is no such message"), 404),
    "not-allowed": (NotAllowed("Your role may not do this"), 403),
    "outrun": (Outrun("The lead has moved on since you looked"), 409),
    "refused": (Refused("At most %(most)s characters fit here", most=5), 422),
    "broken": (BrokenInput("The password is too short", {"password": "Check this field"}), 422),
    "away": (Away("The database does not answer. Nothing was changed."), 503),
    "unforeseen": (ZeroDivisionError("secret detail"), 500),
}


@pytest.fixture
def broken(site: Website) -> Website:
    """The site with a page for each thing that can go wrong."""

    async def fail(name: str) -> None:
        raise RAISED[name][0]

    if "/breaks/{name}" not in {route.path for route in iter_route_contexts(site.app.routes)}:
        site.app.add_api_route("/breaks/{name}", fail, methods=["GET"])
    return site


@pytest.mark.parametrize("name", RAISED)
async def test_a_page_a_fragment_and_json_say_the_same(broken: Website, name: str):
    error, status = RAISED[name]
    async with broken.visitor(**{"Accept-Language": "en"}) as browser:
        page = await browser.get(f"/breaks/{name}", headers={"Accept": "text/html"})
        fragment = await browser.get(f"/breaks/{name}", headers={"HX-Request": "true"})
        told = await browser.get(f"/breaks/{name}", headers={"Accept": "application/json"})

    assert {page.status_code, fragment.status_code, told.status_code} == {status}
    assert "<!doctype html>" in page.text
    assert "<html" not in fragment.text
    sentence = str(error) if isinstance(error, LeadloomError) else "Something broke on our side"
    assert all(sentence in one.text for one in (page, fragment, told))
    assert ("retry-after" in page.headers) is (status == 503)


async def test_an_unforeseen_error_shows_a_code_and_no_detail(broken: Website):
    async with broken.visitor() as browser:
        answer = await browser.get("/breaks/unforeseen", headers={"Accept": "application/json"})
    assert len(answer.json()["code"]) == 4
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_the_reader_decides_the_language(broken: Website):
    async with broken.visitor() as browser:
        russian = await browser.get("/nowhere", headers={"Accept-Language": "ru-RU,ru;q=0.9"})
        english = await browser.get("/nowhere", headers={"Accept-Language": "en-GB"})
    assert 'lang="ru"' in russian.text
    assert "There is no such page" in english.text
    assert "There is no such page" not in russian.text


async def test_what_was_typed_wrong_is_named(site: Website):
    anna = await site.person()
    async with site.signed_in(anna) as browser:
        browser.headers["HX-Request"] = "true"
        answer = await browser.post("/me", data={"theme": "x" * 100})
    assert answer.status_code == 422
    assert "<form" not in answer.text, "the fragment is for the error slot"
