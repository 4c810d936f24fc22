"""Files both ways: a client's are fetched after the message exists, ours leave as what they are."""

import io
from datetime import timedelta

from PIL import Image
from sqlalchemy import select

from activities.clients.telegram import Accepted, Method
from models.lead.content import Content
from models.media import Media, MediaState
from models.message import State
from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_people import Client
from tests.world import World

ORIENTATION, GPS = 0x0112, 0x8825


async def talking(world: World) -> Client:
    person = await world.client("Петра")
    await person.starts()
    await world.stands_at(person, None, mode="manual")
    return person


async def files(world: World, person: Client) -> list[Media]:
    lead = await world.lead(person)
    async with world.database.reading() as session:
        rows = select(Media).where(Media.lead_id == lead.id).order_by(Media.id)
        return list((await session.execute(rows)).scalars())


async def fetched(world: World, person: Client, state: MediaState) -> Media:
    async def there() -> Media | None:
        found = await files(world, person)
        return found[-1] if found and found[-1].state == state else None

    media = await eventually(there, within=20)
    assert media is not None
    return media


def picture(colour: str) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(drawn, "JPEG")
    return drawn.getvalue()


async def sends(world: World, person: Client, *kinds: str, text: str = "") -> None:
    """Anna sends files of these kinds in one message."""
    digests = [await world.storage.keep_bytes(picture(f"#{n}{n}{n}")) for n in range(len(kinds))]
    async with world.change() as work:
        lead = await world.locked(work, person)
        media = [
            Media(lead_id=lead.id, kind=kind, state=MediaState.READY, name=f"{n}.jpg",
                  sha256=digest)
            for n, (kind, digest) in enumerate(zip(kinds, digests, strict=True))
        ]  # fmt: skip
        await lead.write(
            Content(text=text, media=media), by=world.anna, key=f"files {kinds}",
            now=await world.now(),
        )  # fmt: skip


async def test_a_photo_is_copied_from_telegram_and_kept_by_its_content(world: World) -> None:
    petra = await talking(world)
    await petra.sends_file("photo", "me.jpg", picture("teal"))
    media = await fetched(world, petra, MediaState.READY)
    assert media.sha256 is not None
    async with world.storage.local(media.sha256.hex()) as kept:
        assert Image.open(kept).size == (64, 48)
    lead = await world.lead(petra)
    assert lead.seen == lead.seq, "a fetched file leaves the lead unseen"


async def test_a_file_too_large_for_bots_is_a_placeholder_with_its_size(world: World) -> None:
    petra = await talking(world)
    await petra.sends("document", name="video.mov", declared_size=64 * 1024 * 1024)
    media = await fetched(world, petra, MediaState.TOO_BIG)
    assert (media.name, media.size) == ("video.mov", 64 * 1024 * 1024)
    assert (await world.messages(petra))[-1].kind == "document"


async def test_a_file_that_cannot_be_had_fails_after_some_attempts_and_may_be_asked_again(
    world: World,
) -> None:
    petra = await talking(world)
    await world.phone.fault("5xx_before", methods=["getFile"])
    await petra.sends("voice")
    await world.passes(timedelta(minutes=2))
    media = await fetched(world, petra, MediaState.FAILED)
    await world.phone.no_faults()
    async with world.change() as work:
        lead = await world.locked(work, petra)
        await lead.fetch_again(media.id, by=f"user:{world.anna.id}", now=await world.now())
    await fetched(world, petra, MediaState.READY)


async def test_an_album_of_a_client_is_one_reply(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    await world.stands_at(ivan, "ask")
    await ivan.sends("album", count=3)
    await world.passes(timedelta(seconds=2))
    lead = await world.stands_at(ivan, "human", mode="manual")
    assert lead.state is not None
    assert len(lead.state.reply) == 3
    assert len({message.group_key for message in (await world.messages(ivan))[-3:]}) == 1


async def test_photos_of_a_manager_leave_as_one_album_with_its_words(world: World) -> None:
    petra = await talking(world)
    await sends(world, petra, "photo", "photo", "photo", text="Три шага")
    line = await petra.hears("Три шага")
    album = [one for one in await petra.lines() if one.album == line.album]
    assert [one.media["kind"] if one.media else None for one in album] == ["photo"] * 3
    message = (await world.messages(petra))[-1]
    await eventually(lambda: is_sent(world, petra))
    message = (await world.messages(petra))[-1]
    assert message.telegram_ids == [one.message_id for one in album]


async def is_sent(world: World, person: Client) -> bool:
    return (await world.messages(person))[-1].state == State.SENT


async def test_a_file_that_is_lost_on_our_disk_is_a_failure_with_words(world: World) -> None:
    petra = await talking(world)
    await sends(world, petra, "photo")
    await eventually(lambda: is_sent(world, petra))
    media = (await files(world, petra))[-1]
    assert media.sha256 is not None
    await world.storage.drop(media.sha256.hex())
    async with world.change() as work:
        lead = await world.locked(work, petra)
        again = Media(lead_id=lead.id, kind="photo", state=MediaState.READY, sha256=media.sha256)
        await lead.write(Content(media=[again]), by=world.anna, key="lost", now=await world.now())

    async def failed() -> bool:
        return (await world.messages(petra))[-1].state == State.FAILED

    await eventually(failed)
    assert "FileNotFoundError" in str((await world.messages(petra))[-1].reason)


async def at_telegram(world: World, media: Media) -> bytes:
    """What the Bot API has received."""
    found = await world.telegram.call(
        world.phone_bot.token, Method("getFile", file_id=media.file_id)
    )
    assert isinstance(found, Accepted)
    path = found.result["file_path"]
    token = world.phone_bot.token
    return b"".join([chunk async for chunk in world.telegram.download(token, path)])


async def test_no_way_out_takes_along_where_a_photo_was_made(world: World) -> None:
    petra = await talking(world)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS).update({1: "N", 2: (55.0, 45.0, 7.0)})
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(drawn, "JPEG", exif=exif)
    digest = await world.storage.keep_bytes(drawn.getvalue())
    for kind in ("photo", "document"):
        async with world.change() as work:
            lead = await world.locked(work, petra)
            media = Media(lead_id=lead.id, kind=kind, state=MediaState.READY, name="me.jpg",
                          sha256=digest)  # fmt: skip
            await lead.write(Content(media=[media]), by=world.anna, key=kind, now=await world.now())
        await eventually(lambda: is_sent(world, petra))
        received = await at_telegram(world, (await files(world, petra))[-1])
        assert dict(Image.open(io.BytesIO(received)).getexif()) == {ORIENTATION: 6}


async def test_what_telegram_has_goes_again_by_its_id_and_by_its_bytes_when_it_forgot(
    world: World,
) -> None:
    petra = await talking(world)
    await sends(world, petra, "photo")
    await eventually(lambda: is_sent(world, petra))
    first = (await files(world, petra))[-1]
    for number, known in enumerate((first.file_id, "forgotten")):
        async with world.change() as work:
            lead = await world.locked(work, petra)
            again = Media(lead_id=lead.id, kind="photo", state=MediaState.READY, file_id=known,
                          sha256=first.sha256)  # fmt: skip
            await lead.write(
                Content(media=[again]), by=world.anna, key=f"again {number}", now=await world.now()
            )
        await eventually(lambda: is_sent(world, petra))

    unique = [one.file_unique_id for one in await files(world, petra)]
    assert unique[0] == unique[1], "it was not sent once more"
    assert unique[2] not in (None, unique[0])
