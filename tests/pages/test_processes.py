"""The page of processes: who is where, how it goes, and that nothing can be changed there."""

from bs4 import BeautifulSoup, Tag
from sqlalchemy import text

from models.user import User
from tests.pages.house import SHORT, House


async def seen(house: House, person: User, path: str) -> BeautifulSoup:
    async with house.site.signed_in(person) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def words(tag: Tag | BeautifulSoup | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def node(page: BeautifulSoup, step: str) -> Tag:
    (found,) = page.select(f"#node-{step}")
    return found


async def test_every_version_shows_its_leads_by_who_leads_them(house: House):
    await house.publishes()
    old = await house.lead("Lucas")
    await house.publishes(SHORT.replace("2h", "3h"), by=house.maria)
    await house.lead("Priya")
    await house.changed(await house.lead("Mark"), mode="manual")
    await house.changed(await house.lead("Dina"), due_at=house.ago(minutes=5))

    (row,) = (await seen(house, house.dora, "/processes")).select("tbody tr")

    assert old.version == 1
    assert [words(badge) for badge in row.select(".badge")] == ["v2 3", "v1 1"]
    assert words(row.select_one(".r")) == "4"
    numbers = words(row.select_one(".num:not(.badge .num)"))
    assert [part.split()[-1] for part in numbers.split("·")] == ["2", "1", "1"]
    assert "Мария Седова" in words(row)


async def test_a_lead_whose_process_has_ended_is_on_no_version(house: House):
    await house.publishes()
    await house.changed(await house.lead("Lucas"), step=None)

    (row,) = (await seen(house, house.dora, "/processes")).select("tbody tr")

    assert words(row.select_one(".r")) == "0"


async def test_everybody_may_look_and_nobody_change(house: House):
    await house.publishes()
    for person in (house.anna, house.igor, house.dora, house.maria, house.oleg):
        page = await seen(house, person, "/processes/short?step=ask")

        assert len(page.select("svg.flow .node")) == 5
        assert not page.select("main form, main [hx-post], main [hx-put], main [hx-delete]")


async def test_who_is_not_signed_in_sees_nothing(house: House):
    await house.publishes()
    async with house.site.visitor() as stranger:
        for path in ("/processes", "/processes/short", "/processes/short/versions/1/source"):
            assert (await stranger.get(path)).status_code == 303


async def test_a_manager_counts_only_the_leads_they_see(house: House):
    await house.publishes()
    await house.lead("Lucas", line=1)
    await house.lead("Priya", line=2)
    hidden = await house.lead("Mark", owner_id=house.boris.id)

    assert hidden.owner_id == house.boris.id
    for person, count in ((house.anna, 1), (house.boris, 2), (house.maria, 3)):
        page = await seen(house, person, "/processes/short")
        assert words(page.select_one("#count-ask .node__nt")) == str(count)
        (row,) = (await seen(house, person, "/processes")).select("tbody tr")
        assert words(row.select_one(".r")) == str(count)


async def test_a_step_says_in_words_who_stands_there(house: House):
    await house.publishes()
    await house.lead("Lucas")
    await house.changed(await house.lead("Mark"), mode="manual")

    label = str(node(await seen(house, house.dora, "/processes/short"), "ask")["aria-label"])

    assert label.startswith("Ждать ответа")
    assert [node for node in label if node.isdigit()][-3:] == ["1", "1", "0"]


async def test_a_step_shows_its_texts_and_where_it_leads(house: House):
    await house.publishes()
    await house.lead("Lucas")

    beside = (await seen(house, house.dora, "/processes/short?step=greet")).select_one("aside")
    waits = (await seen(house, house.dora, "/processes/short?step=ask")).select_one("aside")

    assert beside
    assert waits
    assert [(said["lang"], words(said)) for said in beside.select(".said")] == [
        ("ru", "Здравствуйте"), ("en", "Hello"),
    ]  # fmt: skip
    assert {str(link["href"]).partition("step=")[2] for link in waits.select("section a")} == {
        "thank", "again",
    }  # fmt: skip
    assert [words(number) for number in waits.select(".stats b")] == ["1", "0", "0"]
    chats = [
        str(link["href"]) for link in waits.select("a[href^='/leads']") if "step" in link["href"]
    ]
    assert chats == ["/leads?archive=any&process=short&version=1&step=ask"]


async def test_an_old_version_is_shown_as_it_was(house: House):
    await house.publishes()
    await house.publishes(SHORT.replace("Спасибо", "Благодарим"))

    was = await seen(house, house.dora, "/processes/short?version=1&step=thank")
    now = await seen(house, house.dora, "/processes/short?step=thank")

    assert "Спасибо" in words(was.select_one(".said"))
    assert "Благодарим" in words(now.select_one(".said"))
    assert str(was.select_one("#node-ask")["href"]).startswith("/processes/short?version=1")  # type: ignore[index]


async def test_what_is_gone_since_publishing_is_a_problem(house: House):
    source = SHORT.replace("next: bye", "next: mark", 1).replace(
        "  bye:", "  mark: {set: {tag: vip}, next: bye}\n  bye:"
    )
    await house.publishes(source)
    page = await seen(house, house.dora, "/processes/short")
    assert not page.select("#problems li")

    async with house.database.unit_of_work() as work:
        await work.execute(text("delete from tag where name = 'vip'"))

    page = await seen(house, house.dora, "/processes/short")
    (problem,) = page.select("#problems li")
    assert "vip" in words(problem)
    assert "is-badn" in (node(page, "mark")["class"] or [])
    assert "is-badn" not in (node(page, "ask")["class"] or [])


async def test_its_scenarios_are_named_with_what_came_of_them(house: House):
    await house.publishes()

    page = await seen(house, house.dora, "/processes/short")

    assert "молчит и прощается" in words(page.select_one("aside"))
    assert "1 / 1" in words(page.select_one("aside"))


async def test_the_source_is_a_file_as_it_was_published(house: House):
    await house.publishes()
    async with house.site.signed_in(house.anna) as browser:
        answer = await browser.get("/processes/short/versions/1/source")

    assert answer.text == SHORT
    assert answer.headers["content-disposition"] == 'attachment; filename="short-v1.yaml"'


async def test_what_is_not_there_is_404(house: House):
    await house.publishes()
    nowhere = ("/processes/none", "/processes/short?version=9", "/processes/short?step=none",
               "/processes/short/versions/9/source", "/processes/Short")  # fmt: skip
    async with house.site.signed_in(house.dora) as browser:
        assert (await browser.get("/processes/short")).status_code == 200
        for path in nowhere:
            assert (await browser.get(path)).status_code == 404


async def test_a_clients_or_designers_words_never_become_markup(house: House):
    evil = "<script>alert(1)</script>"
    await house.publishes(SHORT.replace("Поблагодарить", evil))

    page = await seen(house, house.dora, "/processes/short?step=thank")

    assert evil in words(page.select_one("aside h2"))
    assert not page.find("script", string="alert(1)")


async def test_without_any_process_the_page_says_what_to_do(house: House):
    page = await seen(house, house.dora, "/processes")

    assert "publish" in words(page.select_one(".empty"))
