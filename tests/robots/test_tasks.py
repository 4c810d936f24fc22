"""Robots read a lead's tasks, set one, and say how one ended."""

from datetime import UTC, datetime, timedelta

from models.lead.lead import Lead
from models.timeline import Action
from tests.pages.house import House
from tests.robots.conftest import Robot
from tests.robots.test_leads import lines


async def test_a_task_is_set_once_for_its_key_and_closed(house: House, lucas: Lead, robot: Robot):
    path, due = f"/leads/{lucas.id}/tasks", datetime.now(UTC) + timedelta(hours=2)
    asked = {"what": "Позвонить", "due_at": due.isoformat()}
    key = {"Idempotency-Key": "order-17"}
    async with robot("leads:read", "leads:write") as api:
        made = await api.post(path, json=asked, headers=key)
        again = await api.post(path, json=asked, headers=key)
        (task,) = (await api.get(path)).json()["tasks"]
        closing = f"{path}/{task['id']}/outcome"
        done = [await api.put(closing, json={"outcome": "done", "result": "да"}) for _ in range(2)]
        other = await api.put(closing, json={"outcome": "cancelled"})
        left = (await api.get(path)).json()
    assert (made.status_code, made.json(), again.json()) == (201, task, task)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (task["what"], task["outcome"]) == ("Позвонить", None)
    assert [each.json()["outcome"] for each in done] == ["done", "done"]
    assert (other.status_code, left) == (422, {"tasks": []})
    assert len(await lines(house, lucas, Action.TASK_CREATED)) == 1
    assert len(await lines(house, lucas, Action.TASK_DONE)) == 1


async def test_a_task_that_cannot_be_is_refused(house: House, lucas: Lead, robot: Robot):
    path, due = f"/leads/{lucas.id}/tasks", datetime.now(UTC) + timedelta(hours=2)
    good = {"what": "Позвонить", "due_at": due.isoformat()}
    async with robot("leads:read", "leads:write") as api:
        refused = [
            (await api.post(path, json=good | bad)).status_code
            for bad in (
                {"due_at": "2020-01-01T10:00:00Z"}, {"due_at": "завтра"}, {"what": ""},
                {"what": "а" * 10_000}, {"due_at": "9999-12-31T23:59:59Z"},
                {"due_at": "2027-01-01T10:00:00"}, {"more": 1},
            )
        ]  # fmt: skip
        nobody = await api.post(path, json=good | {"assignee": "nobody@nova.test"})
        absent = await api.get("/leads/999999999/tasks")
        none = await api.put(f"{path}/999999/outcome", json={"outcome": "done"})
    async with robot("leads:read") as api:
        reader = await api.post(path, json=good)
    assert refused == [422] * 7
    assert (nobody.status_code, absent.status_code, none.status_code) == (404, 404, 404)
    assert reader.status_code == 403
    assert await lines(house, lucas, Action.TASK_CREATED) == []
