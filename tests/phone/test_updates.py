"""Updates: polling, the webhook, repeats, order, and bytes that are no update at all."""

import asyncio
from typing import Any

import httpx

from tests.eventually import eventually
from tests.phone.conftest import result
from tests.phone.receiver import Receiver
from tests.phone_process import Bot, Client, Phone


async def hooked(api: httpx.AsyncClient, receiver: Receiver, **settings: Any) -> None:
    assert await result(await api.post("setWebhook", json={"url": receiver.url, **settings}))


async def listening(phone: Phone, bot: Bot) -> None:
    """A poller of this bot waits."""
    health = phone.ask("GET", "/control/health")
    await health.until(lambda health: bot.id in health["pollers"], within=5)


async def texts(api: httpx.AsyncClient, **given: Any) -> list[str]:
    updates = await result(await api.post("getUpdates", json=given))
    return [update["message"]["text"] for update in updates]


async def test_an_offset_confirms_what_is_below_it(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    first, second = await lucas.writes("um"), await lucas.writes("dois")
    assert await texts(own_api) == ["um", "dois"]
    assert await texts(own_api, limit=1) == ["um"], "nothing was confirmed yet"
    assert await texts(own_api, offset=second.update_id) == ["dois"]
    assert await texts(own_api) == ["dois"]
    await lucas.writes("três")
    assert await texts(own_api, offset=-1) == ["três"]
    made = await phone.updates(bot=own_bot)
    assert [update["waiting"] for update in made] == [False, False, True]
    assert made[0]["update_id"] == first.update_id
    assert made[0]["attempts"] == 2


async def test_a_long_poll_ends_with_the_first_update(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    polling = asyncio.create_task(own_api.post("getUpdates", json={"timeout": 10}))
    await lucas.writes("oi")
    (update,) = await result(await asyncio.wait_for(polling, 5))
    assert update["message"]["text"] == "oi"


async def test_of_two_pollers_the_first_is_sent_away(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    first = asyncio.create_task(own_api.post("getUpdates", json={"timeout": 10}))
    await listening(phone, own_bot)
    second = asyncio.create_task(own_api.post("getUpdates"))
    answer = await asyncio.wait_for(first, 5)
    assert answer.status_code == 409
    assert "terminated by other getUpdates request" in answer.json()["description"]
    assert await result(await second) == []


async def test_a_webhook_and_a_poller_exclude_each_other(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    polling = asyncio.create_task(own_api.post("getUpdates", json={"timeout": 10}))
    await listening(phone, own_bot)
    await hooked(own_api, receiver)
    assert (await asyncio.wait_for(polling, 5)).status_code == 409
    assert (await own_api.get("getUpdates")).status_code == 409
    assert await result(await own_api.post("deleteWebhook")) is True
    assert await result(await own_api.get("getUpdates")) == []


async def test_a_webhook_brings_the_secret(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    bad = await own_api.post("setWebhook", json={"url": receiver.url, "secret_token": "a b"})
    assert bad.status_code == 400
    lucas = await phone.client("Lucas", bot=own_bot)
    await lucas.writes("antes")
    await hooked(own_api, receiver, secret_token="s3cret")
    await lucas.writes("depois")
    received = await receiver.has(2)
    assert [one.text for one in received] == ["antes", "depois"]
    assert {one.headers["X-Telegram-Bot-Api-Secret-Token"] for one in received} == {"s3cret"}
    await phone.drained(bot=own_bot)
    info = await result(await own_api.get("getWebhookInfo"))
    assert info["pending_update_count"] == 0
    assert "last_error_message" not in info


async def test_a_failed_delivery_is_repeated_in_the_same_bytes(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.answers.extend([(500, {}), (502, {}), (503, {})])
    await hooked(own_api, receiver)
    lucas = await phone.client("Lucas", bot=own_bot)
    await lucas.writes("oi")
    received = await receiver.has(4)
    assert [one.status for one in received] == [500, 502, 503, 200]
    assert len({one.body for one in received}) == 1
    (update,) = await phone.drained(bot=own_bot)
    assert update["attempts"] == 4
    info = await result(await own_api.get("getWebhookInfo"))
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 503 Service Unavailable"
    )


async def test_retry_after_is_obeyed(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.answers.append((503, {"Retry-After": "1"}))
    await hooked(own_api, receiver)
    await (await phone.client("Lucas", bot=own_bot)).writes("oi")
    await receiver.has(2)
    (update,) = await phone.drained(bot=own_bot)
    assert update["confirmed_at"] - update["made_at"] >= 1


async def test_a_failing_head_blocks_its_chat_and_no_other(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    priya = await phone.client("Priya", bot=own_bot)
    receiver.refused_chats.add(lucas.id)
    await hooked(own_api, receiver)
    for number in range(3):
        await lucas.writes(f"L{number}")
        await priya.writes(f"P{number}")

    def taken(status: int) -> list[str]:
        return [one.text for one in receiver.received if one.status == status]

    await eventually(lambda: taken(200) == ["P0", "P1", "P2"] and len(taken(500)) > 1)
    assert set(taken(500)) == {"L0"}
    receiver.refused_chats.clear()
    await eventually(lambda: taken(200)[3:] == ["L0", "L1", "L2"])


async def test_updates_can_be_ordered_to_come_twice(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    await phone.fault("repeat_updates", times=3, bot=own_bot.id)
    await lucas.writes("oi")
    assert await texts(own_api) == ["oi"] * 3
    await hooked(own_api, receiver)
    received = await receiver.has(3)
    assert len({one.body for one in received}) == 1


async def test_one_update_is_repeated_after_it_was_confirmed(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    said = await lucas.writes("oi")
    assert said.update_id
    assert await texts(own_api) == ["oi"]
    assert await texts(own_api, offset=said.update_id + 1) == []
    await phone.repeat(said.update_id, bot=own_bot)
    assert await texts(own_api, offset=said.update_id + 1) == ["oi"]
    assert await texts(own_api, offset=said.update_id + 1) == []
    bodies = {update["body"] for update in await phone.updates(bot=own_bot)}
    assert len(bodies) == 1


async def test_held_updates_are_released_in_another_order(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    await phone.hold(bot=own_bot)
    for number in range(3):
        await lucas.writes(str(number))
    assert await texts(own_api) == []
    await phone.release("reversed", bot=own_bot)
    assert await texts(own_api) == ["2", "1", "0"]
    await hooked(own_api, receiver)
    assert [one.text for one in await receiver.has(3)] == ["2", "1", "0"]


async def test_the_fault_of_order_leaves_each_chat_in_order(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    people: list[Client] = [await phone.client(f"C{n}", bot=own_bot) for n in range(4)]
    for number in range(8):
        for person in people:
            await person.writes(f"{person.id}:{number}")
    made = [update["update_id"] for update in await phone.updates(bot=own_bot)]
    await phone.fault("reorder_updates", bot=own_bot.id)
    came = await result(await own_api.get("getUpdates"))
    assert sorted(made) == sorted(update["update_id"] for update in came)
    assert made != [update["update_id"] for update in came]
    for person in people:
        own = [u["message"]["text"] for u in came if u["message"]["chat"]["id"] == person.id]
        assert own == [f"{person.id}:{number}" for number in range(8)]


async def test_a_flood_comes_in_order(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    last = await lucas.floods(250, "gota")
    assert last.update_id
    came: list[str] = []
    for _ in range(3):
        batch = await result(
            await own_api.post("getUpdates", json={"offset": last.update_id - 249 + len(came)})
        )
        came += [update["message"]["text"] for update in batch]
    assert came == [f"gota {number}" for number in range(1, 251)]


async def test_any_bytes_can_be_an_update(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    await hooked(own_api, receiver)
    await phone.inject(b"\xff{ not json", bot=own_bot)
    await phone.inject(b'{"moon_phase": {"full": true}}', bot=own_bot)
    await phone.inject(b'{"update_id": 5, "message": null}', as_is=True, bot=own_bot)
    received = await receiver.has(3)
    bodies = {one.body for one in received}
    assert b"\xff{ not json" in bodies
    assert b'{"update_id": 5, "message": null}' in bodies
    (named,) = [body for body in bodies if b"moon_phase" in body]
    assert b"update_id" in named


async def test_unread_updates_are_dropped_when_asked(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, receiver: Receiver
) -> None:
    lucas = await phone.client("Lucas", bot=own_bot)
    await lucas.writes("antes")
    await hooked(own_api, receiver, drop_pending_updates=True, allowed_updates=["message"])
    await lucas.writes("depois")
    assert [one.text for one in await receiver.has(1)] == ["depois"]
    assert (await lucas.blocks()).updates == [], "only messages are wanted"
