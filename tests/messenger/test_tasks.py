"""Tasks on the card: set, changed, closed and taken back."""

from datetime import UTC, datetime, timedelta
from json import loads
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from models.task import Task
from models.user import User
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def tasks_of(town: Town, lead_id: int) -> list[Task]:
    async with town.database.reading() as session:
        query = select(Task).where(col(Task.lead_id) == lead_id).order_by(col(Task.id))
        return list((await session.execute(query)).scalars())


async def promised(town: Town, lead_id: int, what: str, due_at: datetime, whom: User) -> int:
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        task = await lead.set_task(
            what, due_at=due_at, assignee=whom, by=whom.actor, now=due_at - timedelta(days=30)
        )
    return task.id


async def test_a_task_is_set_changed_done_and_opened_again(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    path = f"/leads/{ivan}/tasks"
    async with site.signed_in(served.anna) as browser:
        form = one(soup(await browser.get(f"{path}/new")), ".task-form")
        people = [said(one) for one in form.select("[name=assignee] option")]
        made = soup(await browser.post(
            path, data={"what": "Позвонить", "when": "hour", "assignee": str(served.anna.id)}
        ))  # fmt: skip
        [task] = await tasks_of(served, ivan)
        assert timedelta(minutes=58) < task.due_at - datetime.now(UTC) <= timedelta(hours=1)
        assert "Позвонить" in said(one(made, f"#task-{task.id}"))

        edit = one(soup(await browser.get(f"{path}/{task.id}/edit")), ".task-form")
        day, clock = (str(one(edit, f"[name={name}]")["value"]) for name in ("day", "clock"))
        same = {"what": "Позвонить вечером", "when": "date", "day": day, "clock": clock}
        changed = await browser.put(f"{path}/{task.id}", data=same)
        [again] = await tasks_of(served, ivan)
        assert (again.what, again.due_at, again.assignee_id) == (
            "Позвонить вечером", task.due_at, None)  # fmt: skip
        assert "никто" in said(one(soup(changed), f"#task-{task.id}"))

        done = await browser.post(
            f"{path}/{task.id}/closing?outcome=done", data={"result": "Дозвонилась"}
        )
        assert soup(done).select(f"#task-{task.id}") == []
        assert "reopening" in done.headers["HX-Trigger"]
        closed = said(soup(await browser.get(f"{path}/closed")))
        assert "Позвонить вечером" in closed
        assert "Дозвонилась · Анна Ким" in closed
        open_again = await browser.post(f"{path}/{task.id}/reopening")
        assert soup(open_again).select(f"#task-{task.id}") != []
        told = said(soup(await browser.get(f"/leads/{ivan}")))

    assert people[0] == "никто"
    assert "Дора Майер" not in people
    for sentence in ("поставила задачу: «Позвонить»", "сделала задачу «Позвонить вечером»",
                     "снова открыла задачу"):  # fmt: skip
        assert sentence in told


async def test_bad_input_is_answered_in_words_and_nothing_is_set(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.assign(served.anna, by=served.anna.actor, at=served.now)
    good = {"what": "Позвонить", "when": "date", "day": "2027-03-01", "clock": "10:00"}
    answers = {}
    async with site.signed_in(served.anna) as browser:
        for name, bad in {
            "такого времени нет": {"day": "2027-02-30"},
            "время уже прошло": {"day": "2020-01-01"},
            "проверьте дату": {"day": "9999-12-31"},
            "не больше": {"what": "а" * 10_000},
            "Напишите": {"what": "   "},
            "Борис Орлов не видит": {"assignee": str(served.boris.id)},
            "исполнителя нет": {"assignee": str(served.dora.id)},
        }.items():
            answers[name] = await browser.post(f"/leads/{ivan}/tasks", data=good | bad)
        missing = await browser.post(f"/leads/{ivan}/tasks/999999/closing?outcome=done")
        odd = await browser.post(f"/leads/{ivan}/tasks/1/closing?outcome=forgotten")
    for name, answer in answers.items():
        assert answer.status_code == 422, name
        assert name in answer.text
    assert (missing.status_code, odd.status_code) == (404, 422)
    assert await tasks_of(served, ivan) == []


async def test_who_does_not_see_the_lead_or_does_not_talk_changes_none_of_its_tasks(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.assign(served.anna, by=served.anna.actor, at=served.now)
        task = await lead.set_task(
            "Позвонить", due_at=served.now + timedelta(hours=1), assignee=served.anna,
            by=served.anna.actor, now=served.now,
        )  # fmt: skip
    path = f"/leads/{ivan}/tasks/{task.id}"
    for person, refused in ((served.boris, 404), (served.dora, 403)):
        async with site.signed_in(person) as browser:
            answers = [await browser.post(f"{path}/closing?outcome=done"),
                       await browser.put(f"{path}/due", data={"when": "hour"}),
                       await browser.post(f"{path}/reopening")]  # fmt: skip
        assert {answer.status_code for answer in answers} == {refused}
    async with site.signed_in(served.dora) as browser:
        card = soup(await browser.get(f"/leads/{ivan}"))
    assert "Позвонить" in said(one(card, f"#task-{task.id}"))
    assert card.select(f"#task-{task.id} input, #task-{task.id} button") == []
    assert (await tasks_of(served, ivan))[0].outcome is None


async def test_the_page_groups_tasks_by_when_they_are_due_and_pages_them(
    site: Website, served: Town
):
    ivan, now = await served.writes("Иван", "Привет"), datetime.now(UTC)
    days = {"вчера": -1, "через два дня": 2, "через месяц": 30}
    for what, ahead in days.items():
        await promised(served, ivan, what, now + timedelta(days=ahead), served.anna)
    his = await promised(served, ivan, "Бориса", now - timedelta(hours=1), served.boris)
    async with site.signed_in(served.anna) as browser:
        page = soup(await browser.get("/tasks"))
        first = soup(await browser.get("/tasks?many=2"))
        more = str(one(first, "#tasks-more")["hx-get"])
        rest = soup(await browser.get(more))
        hers_only = soup(await browser.get("/tasks?who=team"))
        bad = await browser.get("/tasks?after=nonsense")
    headings = [said(each) for each in page.select(".thead")]
    assert headings == ["Просрочено 1", "В течение недели 1", "Позже 1"]
    assert [said(each) for each in page.select(".trow__what")] == list(days)
    assert [said(each) for each in rest.select(".trow__what")] == ["через месяц"]
    assert [said(each) for each in hers_only.select(".trow__what")] == list(days)
    assert bad.status_code == 422

    async with site.signed_in(served.igor) as browser:
        mine = soup(await browser.get("/tasks"))
        team = soup(await browser.get("/tasks?who=team"))
        boriss = soup(await browser.get(f"/tasks?who={served.boris.id}"))
        browser.headers["HX-Current-URL"] = f"{site.address}/tasks?who=team"
        done = await browser.post(f"/leads/{ivan}/tasks/{his}/closing?outcome=done")
        closed = said(soup(await browser.get(f"/tasks/closed?who={served.boris.id}")))
    assert mine.select(".trow") == []
    assert {*days, "Бориса"} <= {said(each) for each in team.select(".trow__what")}
    assert [said(each) for each in boriss.select(".trow__what")] == ["Бориса"]
    load = {said(one(each, "a")): said(one(each, ".num")) for each in team.select(".load li")}
    assert load == {"Анна Ким": "0 из 1", "Борис Орлов": "0 из 1", "Игорь Лапин": "0 из 0",
                    "Мария Седова": "0 из 0"}  # fmt: skip
    assert (done.status_code, "tasks-changed" in done.headers["HX-Trigger"]) == (204, True)
    assert "Бориса Иван · Игорь Лапин" in closed


async def test_an_overdue_task_stands_out_in_the_list_and_is_filtered(site: Website, served: Town):
    ivan, petra, olga = [await served.writes(name, "Привет") for name in ("Иван", "Petra", "Ольга")]
    now = datetime.now(UTC)
    await promised(served, ivan, "Позвонить", now - timedelta(hours=1), served.anna)
    await promised(served, petra, "Написать", now + timedelta(hours=1), served.anna)
    found = {}
    async with site.signed_in(served.anna) as browser:
        for view in ("", "?task=any", "?task=overdue"):
            page = soup(await browser.get(f"/leads{view}"))
            rows = page.select("#rows > li")
            found[view] = {int(str(row["data-lead"])): bool(row.select(".wait.is-bad"))
                           for row in rows}  # fmt: skip
        chip = said(one(page, ".chips--on"))
    assert {**found[""], ivan: True, petra: False, olga: False} == found[""]
    assert (found["?task=any"], found["?task=overdue"]) == (
        {ivan: True, petra: False}, {ivan: True})  # fmt: skip
    assert "задача просрочена" in chip


async def test_a_quick_action_sets_a_task_in_its_act_and_takes_it_back_with_it(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    name = f"Перезвонить {served.anna.id}"
    form = {"scope": "private", "name": name, "task": "Перезвонить", "task_due": "10800"}
    json = {"Accept": "application/json"}
    async with site.signed_in(served.anna) as browser:
        kept = await browser.post("/quick-actions", data=form)
        [number] = [str(each["data-number"]) for each in soup(kept).select("[data-number]")
                    if name in said(each)]  # fmt: skip
        edit = soup(await browser.get(f"/quick-actions/{number}/edit"))
        refused = await browser.post("/quick-actions", data=form | {"task": "а" * 1001})
        ran = []
        for _ in range(2):
            path = f"/leads/{ivan}/quick-actions/{number}"
            ran.append(await browser.post(path, data={"key": str(uuid4())}, headers=json))
        first, second = await tasks_of(served, ivan)
        assert timedelta(hours=2) < first.due_at - datetime.now(UTC) < timedelta(hours=4)
        assert (first.what, first.assignee_id) == ("Перезвонить", served.anna.id)
        await browser.post(f"/leads/{ivan}/tasks/{second.id}/closing?outcome=done")
        undone = [await browser.post(one.json()["path"]) for one in ran]
        log = said(one(soup(await browser.get(f"/leads/{ivan}")), "[role=log]"))
    assert refused.status_code == 422
    assert "Перезвонить" in str(one(edit, "[name=task]")["value"])
    assert str(one(edit, "[name=task_due] [selected]")["value"]) == "10800"
    first, second = await tasks_of(served, ivan)
    assert (first.outcome, second.outcome) == ("cancelled", "done")
    told = [loads(each.headers["HX-Trigger"])["toast"]["text"] for each in undone]
    assert told == ["Отменено", "Отменено, её задача уже сделана"]
    assert "Анна Ким поставила задачу: «Перезвонить»" in log
