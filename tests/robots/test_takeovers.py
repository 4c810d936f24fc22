"""Robots take leads over and give them back, as a person would by a button."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.lead.lead import Lead
from models.message import State
from models.timeline import Action, Event
from tests.pages.house import House
from tests.robots.conftest import Robot


async def timeline(house: House, lead: Lead) -> list[str]:
    async with house.database.reading() as session:
        query = select(Event.kind).where(Event.lead_id == lead.id).order_by(Event.seq)
        return list((await session.execute(query)).scalars())


async def test_taking_over_stops_what_waits_and_names_what_was_leaving(
    house: House, lucas: Lead, robot: Robot
):
    leaving = await house.sends(lucas, State.SENDING, claimed_at=house.now)
    waiting = await house.sends(lucas, State.QUEUED)

    async with robot("takeover") as api:
        answer = await api.post(f"/leads/{lucas.id}/takeover")

    assert answer.status_code == 200
    assert answer.json()["lead"]["mode"] == "manual"
    assert [(one["id"], one["state"]) for one in answer.json()["leaving"]] == [
        (leaving.id, "sending")
    ]
    states = {one.id: one.state for one in await house.said(lucas)}
    assert states[waiting.id] == State.CANCELLED
    assert states[leaving.id] == State.SENDING


async def test_by_robot_and_by_button_the_same_happens(house: House, robot: Robot):
    by_robot, by_button = await house.lead("Lucas"), await house.lead("Priya")
    async with robot("takeover") as api:
        await api.post(f"/leads/{by_robot.id}/takeover")
    async with house.site.signed_in(house.anna) as browser:
        answer = await browser.post(f"/leads/{by_button.id}/takeover?seen={by_button.move}")
        assert answer.status_code == 200

    one, other = await house.read(by_robot), await house.read(by_button)
    assert await timeline(house, one) == await timeline(house, other)
    for name in ("mode", "manual_until", "epoch", "move", "step", "version"):
        assert getattr(one, name) == getattr(other, name)


async def test_taken_over_twice_is_taken_over_once(house: House, lucas: Lead, robot: Robot):
    async with robot("takeover") as api:
        first = (await api.post(f"/leads/{lucas.id}/takeover")).json()["lead"]
        again = (await api.post(f"/leads/{lucas.id}/takeover")).json()["lead"]

    assert again == first
    assert (await timeline(house, lucas)).count(Action.TAKEN_OVER) == 1


async def test_a_pause_has_an_end(lucas: Lead, robot: Robot):
    until = datetime.now(UTC) + timedelta(hours=1)
    async with robot("takeover") as api:
        answer = await api.post(f"/leads/{lucas.id}/takeover", json={"until": until.isoformat()})

    assert datetime.fromisoformat(answer.json()["lead"]["manual_until"]) == until


@pytest.mark.parametrize(
    "until", ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-12-01T10:00:00", "soon"]
)
async def test_a_pause_without_a_sensible_end_is_refused(
    house: House, lucas: Lead, robot: Robot, until: str
):
    async with robot("takeover") as api:
        answer = await api.post(f"/leads/{lucas.id}/takeover", json={"until": until})

    assert answer.status_code == 422
    assert (await house.read(lucas)).mode == "auto"


async def test_a_repeat_with_its_key_does_not_take_over_what_was_given_back(
    house: House, lucas: Lead, robot: Robot
):
    key = {"Idempotency-Key": "order-17"}
    async with robot("takeover") as api:
        await api.post(f"/leads/{lucas.id}/takeover", headers=key)
        await api.delete(f"/leads/{lucas.id}/takeover")
        repeat = await api.post(f"/leads/{lucas.id}/takeover", headers=key)
        assert repeat.headers["idempotency-replayed"] == "true"
        assert repeat.json()["lead"]["mode"] == "auto"

        fresh = await api.post(f"/leads/{lucas.id}/takeover")
        assert fresh.json()["lead"]["mode"] == "manual"


async def test_a_key_belongs_to_one_call(house: House, lucas: Lead, robot: Robot):
    priya = await house.lead("Priya")
    key = {"Idempotency-Key": "order-17"}
    async with robot("takeover") as api, robot("takeover") as other:
        await api.post(f"/leads/{lucas.id}/takeover", headers=key)
        answer = await api.post(f"/leads/{priya.id}/takeover", headers=key)
        assert answer.status_code == 422
        assert (await house.read(priya)).mode == "auto"

        assert (await other.post(f"/leads/{priya.id}/takeover", headers=key)).status_code == 200


async def test_given_back_the_step_reads_what_the_client_wrote(
    house: House, lucas: Lead, robot: Robot
):
    async with robot("takeover") as api:
        await api.post(f"/leads/{lucas.id}/takeover")
        await house.writes(lucas, "да")
        answer = await api.delete(f"/leads/{lucas.id}/takeover")

    assert answer.json()["mode"] == "auto"
    state = (await house.read(lucas)).state
    assert state
    assert len(state.unread) == 1


async def test_given_back_without_reading_the_words_are_let_go(
    house: House, lucas: Lead, robot: Robot
):
    async with robot("takeover") as api:
        await api.post(f"/leads/{lucas.id}/takeover")
        await house.writes(lucas, "да")
        await api.delete(f"/leads/{lucas.id}/takeover", params={"read": False})

    state = (await house.read(lucas)).state
    assert state
    assert not state.unread


@pytest.mark.parametrize(
    ("at", "step"), [("same", "ask"), ("next", "thank"), ("start", "greet"), ("bye", "bye")]
)
async def test_a_lead_goes_on_where_the_robot_says(lucas: Lead, robot: Robot, at: str, step: str):
    async with robot("takeover") as api:
        await api.post(f"/leads/{lucas.id}/takeover")
        answer = await api.delete(f"/leads/{lucas.id}/takeover", params={"at": at})

    assert answer.status_code == 200
    assert answer.json()["process"]["step"] == step


async def test_a_step_that_is_not_there_is_refused(house: House, lucas: Lead, robot: Robot):
    async with robot("takeover") as api:
        await api.post(f"/leads/{lucas.id}/takeover")
        answer = await api.delete(f"/leads/{lucas.id}/takeover", params={"at": "nowhere"})

    assert answer.status_code == 422
    assert (await house.read(lucas)).mode == "manual"


async def test_a_lead_that_has_moved_on_is_not_commanded(house: House, lucas: Lead, robot: Robot):
    async with robot("takeover") as api:
        seen = (await api.post(f"/leads/{lucas.id}/takeover")).json()["lead"]["move"]
        stale = await api.delete(f"/leads/{lucas.id}/takeover", params={"move": seen - 1})
        assert stale.status_code == 409
        assert (await house.read(lucas)).mode == "manual"

        assert (
            await api.delete(f"/leads/{lucas.id}/takeover", params={"move": seen})
        ).status_code == 200
