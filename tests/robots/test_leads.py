"""Robots find leads, tag them and move their stage."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.robots.pace import AT_ONCE, Bucket, TooFast
from models.lead.lead import Lead
from models.timeline import Action, Event
from tests.pages.house import House
from tests.robots.conftest import Robot


async def lines(house: House, lead: Lead, action: Action) -> list[Event]:
    async with house.database.reading() as session:
        query = select(Event).where(Event.lead_id == lead.id, Event.kind == action)
        return list((await session.execute(query)).scalars())


def sentence(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["detail"])


async def test_what_no_text_can_hold_is_refused(house: House, lucas: Lead, robot: Robot):
    lead, before = f"/leads/{lucas.id}", (await house.read(lucas)).seq
    async with robot("leads:read", "leads:write") as api:
        answers = [
            await api.get("/leads", params={"username": "до\x00после"}),
            await api.put(f"{lead}/tags/a%00b"),
            await api.put(f"{lead}/stage", json={"stage": "new\x00"}),
            await api.put(f"{lead}/stage", content=b'{"stage": "new\\ud800"}'),
        ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(sentence(answer) for answer in answers)
    assert (await house.read(lucas)).seq == before


@pytest.mark.parametrize("by", ["id", "telegram_id", "username", "at_username"])
async def test_a_lead_is_found_by_what_a_robot_knows(
    house: House, lucas: Lead, robot: Robot, by: str
):
    await house.lead("Priya")
    known: dict[str, dict[str, Any]] = {
        "id": {"id": lucas.id}, "telegram_id": {"telegram_id": lucas.telegram_id},
        "username": {"username": (lucas.username or "").upper()},
        "at_username": {"username": f"@{lucas.username}"},
    }  # fmt: skip
    async with robot("leads:read") as api:
        answer = await api.get("/leads", params=known[by])

    assert answer.status_code == 200
    (found,) = answer.json()["leads"]
    assert (found["id"], found["first_name"], found["stage"]) == (lucas.id, "Lucas", "new")
    assert found["process"]["key"] == "short"
    assert found["process"]["step"] == "ask"


async def test_nobody_is_found_by_a_part_of_a_name(lucas: Lead, robot: Robot):
    async with robot("leads:read") as api:
        for params in ({"username": "lucas"}, {"username": "%"}, {"telegram_id": 50}, {"id": 0}):
            assert (await api.get("/leads", params=params)).json() == {"leads": []}


@pytest.mark.parametrize(
    "params", [{}, {"id": 1, "username": "x"}, {"id": "one"}, {"name": "Lucas"}, {"id": 2**70}]
)
async def test_a_search_by_nothing_or_by_too_much_is_refused(robot: Robot, params: dict[str, Any]):
    async with robot("leads:read") as api:
        answer = await api.get("/leads", params=params)

    assert answer.status_code == 422
    assert sentence(answer)


async def test_a_tag_is_put_on_once_and_taken_off_once(house: House, lucas: Lead, robot: Robot):
    async with robot("leads:write") as api:
        for _ in range(2):
            answer = await api.put(f"/leads/{lucas.id}/tags/vip")
            assert answer.json()["tags"] == ["vip"]
        for _ in range(2):
            answer = await api.delete(f"/leads/{lucas.id}/tags/vip")
            assert answer.json()["tags"] == []

    (added,) = await lines(house, lucas, Action.TAG_ADDED)
    assert len(await lines(house, lucas, Action.TAG_REMOVED)) == 1
    assert added.actor == api.actor


async def test_a_stage_is_moved_once(house: House, lucas: Lead, robot: Robot):
    async with robot("leads:write") as api:
        for _ in range(2):
            answer = await api.put(f"/leads/{lucas.id}/stage", json={"stage": "deposit"})
            assert answer.json()["stage"] == "deposit"

    assert len(await lines(house, lucas, Action.STAGE_CHANGED)) == 1


async def test_unknown_leads_tags_stages_and_addresses_are_404(lucas: Lead, robot: Robot):
    async with robot("leads:read", "leads:write") as api:
        answers = [
            await api.put("/leads/999999/tags/vip"),
            await api.put(f"/leads/{lucas.id}/tags/no such tag"),
            await api.put(f"/leads/{lucas.id}/stage", json={"stage": "nowhere"}),
            await api.put("/leads/none/stage", json={"stage": "new"}),
            await api.get("/nothing"),
        ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert all(sentence(answer) for answer in answers)


async def test_a_body_with_something_more_is_refused(house: House, lucas: Lead, robot: Robot):
    async with robot("leads:write") as api:
        answer = await api.put(f"/leads/{lucas.id}/stage", json={"stage": "deposit", "owner": 1})

    assert answer.status_code == 422
    assert "owner" in answer.json()["problems"]
    assert (await house.read(lucas)).stage_key == "new"


async def test_without_a_token_nothing_is_told(house: House, lucas: Lead, robot: Robot):
    async with robot("leads:read") as api:
        assert (await api.get("/leads", params={"id": lucas.id})).status_code == 200
        for given in ({}, {"Authorization": "Bearer ll_wrong"}, {"Authorization": "Basic Zm9v"}):
            answer = await httpx.AsyncClient().get(
                f"{api.base_url}leads", params={"id": lucas.id}, headers=given
            )
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert sentence(answer)


CALLS = [
    ("leads:read", "GET", "/leads?id={id}"),
    ("leads:write", "PUT", "/leads/{id}/tags/vip"),
    ("leads:write", "DELETE", "/leads/{id}/tags/vip"),
    ("leads:write", "PUT", "/leads/{id}/stage"),
    ("takeover", "POST", "/leads/{id}/takeover"),
    ("takeover", "DELETE", "/leads/{id}/takeover"),
]


@pytest.mark.parametrize(("scope", "method", "path"), CALLS)
async def test_a_token_does_what_its_scope_says_and_nothing_else(
    lucas: Lead, robot: Robot, scope: str, method: str, path: str
):
    others = {"leads:read", "leads:write", "takeover"} - {scope}
    body: dict[str, Any] = {"json": {"stage": "deposit"}} if path.endswith("stage") else {}
    async with robot(scope) as api:
        answer = await api.request(method, path.format(id=lucas.id), **body)
        assert answer.status_code == 200, answer.text
    async with robot(*others) as api:
        answer = await api.request(method, path.format(id=lucas.id), **body)

    assert answer.status_code == 403
    assert scope in sentence(answer)


def test_a_bucket_fills_again_by_itself():
    bucket = Bucket(filled_at=0)
    for _ in range(int(AT_ONCE)):
        bucket.take(at=0)
    with pytest.raises(TooFast) as refused:
        bucket.take(at=0)

    bucket.take(at=refused.value.again)


async def test_a_token_that_calls_too_fast_is_told_when_to_come_again(
    house: House, lucas: Lead, robot: Robot
):
    async with robot("leads:read") as api, robot("leads:read") as other:
        number = int(api.actor.removeprefix("robot:"))
        house.site.app.state.buckets[number] = Bucket(left=-10_000)
        answer = await api.get("/leads", params={"id": lucas.id})
        calm = await other.get("/leads", params={"id": lucas.id})

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 100
    assert sentence(answer)
    assert calm.status_code == 200


async def test_the_api_describes_itself(robot: Robot):
    async with robot("leads:read") as api:
        described = (await api.get("/openapi.json")).json()

    assert {
        (path, method) for path, methods in described["paths"].items() for method in methods
    } == {
        ("/leads", "get"), ("/leads/{lead_id}/tags/{name}", "put"),
        ("/leads/{lead_id}/tags/{name}", "delete"), ("/leads/{lead_id}/stage", "put"),
        ("/leads/{lead_id}/tasks", "get"), ("/leads/{lead_id}/tasks", "post"),
        ("/leads/{lead_id}/tasks/{number}/outcome", "put"),
        ("/leads/{lead_id}/takeover", "post"), ("/leads/{lead_id}/takeover", "delete"),
    }  # fmt: skip
    assert "token" in described["components"]["securitySchemes"]
