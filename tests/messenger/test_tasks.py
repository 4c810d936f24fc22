"""Tasks on the card: set, changed, closed and taken back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from models.task import Task
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def tasks_of(town: Town, lead_id: int) -> list[Task]:
    async with town.database.reading() as session:
        query = select(Task).where(col(Task.lead_id) == lead_id).order_by(col(Task.id))
        return list((await session.execute(query)).scalars())


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
