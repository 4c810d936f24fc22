"""What the command line does. Each verb says on stdout what it made, in one line a thing."""

import argparse
import asyncio
import csv
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from activities.clients.storage import Storage
from activities.clients.telegram import Accepted, Method, Telegram
from activities.publishing import check_file, publish_file, read_definition
from models.change import Change
from models.database import Database, Work
from models.errors import BrokenInput, Refused
from models.lead.lead import Lead
from models.message import Message, State
from models.migrations.run import upgrade
from models.process.language import Process
from models.process.simulation import run_scenarios
from models.seal import BrokenSeal
from models.settings import Settings
from models.spot import Bot, Campaign, Spot
from models.staff import invite
from models.timeline import ENGINE
from models.token import Token
from models.user import Role, Team
from workflows.engine import LOOK, Engine

SKIP_NUMBERS = text(
    "select setval(pg_get_serial_sequence(:table, 'id'),"
    " nextval(pg_get_serial_sequence(:table, 'id')) + :skipped)"
)
SKIPPED = 1_000_000  # more than anybody has written since the backup
RUNG_AT_ONCE = 50
KEY = re.compile(r"[0-9a-fA-F]{64}")

COLUMNS = ("payload", "spot", "buyer", "source", "platform", "campaign", "adset", "ad")


@dataclass(frozen=True)
class Ground:
    settings: Settings
    database: Database
    engine: Engine
    storage: Storage
    telegram: Telegram


async def add_person(ground: Ground, given: argparse.Namespace) -> None:
    async with ground.database.unit_of_work() as work:
        team = await team_named(work, given.team) if given.team else None
        _person, link = await invite(
            work, login=given.login, name=given.name, role=Role(given.role), line=given.line,
            locale=given.locale, team_id=team.id if team else None, now=datetime.now(UTC),
        )  # fmt: skip
    print(f"{ground.settings.own_address}/invitations/{link}")


async def add_spot(ground: Ground, given: argparse.Namespace) -> None:
    """Asks Telegram who the token is. A bot that is here already gets one more spot."""
    token = sys.stdin.readline().strip()
    me = await ground.telegram.call(token, Method("getMe"))
    if not isinstance(me, Accepted):
        raise Refused("Telegram does not know this token: %(answer)s", answer=me)
    async with ground.database.unit_of_work() as work:
        await connect(work, ground.settings, token, me.result, transport=given.transport)
        spot = Spot(
            name=given.name, bot_id=me.result["id"], process_key=given.process, line=given.line,
            settings={"link": given.link} if given.link else {},
        )  # fmt: skip
        work.add(spot)
    print(f"{given.name}: @{me.result['username']}, {given.transport}")


async def add_token(ground: Ground, given: argparse.Namespace) -> None:
    ends = datetime.now(UTC) + timedelta(days=given.days) if given.days else None
    async with ground.database.unit_of_work() as work:
        token, secret = Token.issue(given.name, given.scopes, by=None, expires_at=ends)
        work.add(token)
    print(secret)


async def load_campaigns(ground: Ground, given: argparse.Namespace) -> None:
    """A payload that is known already gets the new row's values."""
    rows = list(csv.DictReader(StringIO(given.file.read_text(encoding="utf-8-sig"))))
    unknown = set(rows[0] if rows else ()) - set(COLUMNS)
    if not rows:
        raise BrokenInput("The file has no campaigns", {})
    if unknown:
        raise BrokenInput(
            "The file has unknown columns",
            {name: f"known are {', '.join(COLUMNS)}" for name in sorted(unknown)},
        )
    async with ground.database.unit_of_work() as work:
        spots = (await work.execute(select(Spot))).scalars()
        await _load(work, rows, {spot.name: spot.id for spot in spots})
    print(f"{len(rows)} campaigns")


async def check(ground: Ground, given: argparse.Namespace) -> int:
    process = await check_file(ground.database, given.file)
    doubts = [one for one in process.problems() if one.severity == "warning"]
    for problem in doubts:
        print(f"  {problem.step or 'process'}: {problem.sentence()}")
    print(f"{process.process}: {len(process.steps)} steps, may be published")
    return 0


async def scenarios(ground: Ground, given: argparse.Namespace) -> int:
    source, _ = read_definition(given.file)
    results = run_scenarios(Process.from_yaml(source))
    for result in results:
        print(f"{'passed' if result.passed else 'FAILED'}  {result.scenario}")
        for failure in result.failures:
            print(f"        {failure.sentence()}")
    return 0 if all(result.passed for result in results) else 1


async def publish(ground: Ground, given: argparse.Namespace) -> None:
    version = await publish_file(ground.database, ground.storage, given.file)
    print(f"{version.key} v{version.number}")


async def migrate(ground: Ground, given: argparse.Namespace) -> None:
    await asyncio.to_thread(upgrade, ground.settings.postgres)


async def reseal(ground: Ground, given: argparse.Namespace) -> None:
    """After the key was changed: what the earlier one sealed is sealed with the present one.

    The earlier key comes on stdin. All or nothing: a secret that neither opens is named.
    """
    earlier = sys.stdin.readline().strip()
    if not KEY.fullmatch(earlier):
        raise Refused("The earlier key is 64 hex digits, on stdin")
    closed: dict[str, str] = {}
    resealed = 0
    async with ground.database.unit_of_work(silent=True) as work:
        query = select(Bot).order_by(Bot.id).with_for_update(key_share=True)
        bots = list((await work.execute(query)).scalars())
        for bot in bots:
            try:
                resealed += bot.reseal(key=ground.settings.key(), earlier=bytes.fromhex(earlier))
            except BrokenSeal:
                closed[f"@{bot.username}"] = "sealed with another key"
        if closed:
            raise BrokenInput("Neither key opens these bots' secrets; nothing was changed", closed)
    print(f"{resealed} of {len(bots)} bots resealed")


async def restored(ground: Ground, given: argparse.Namespace) -> None:
    """After PostgreSQL came back from a backup: what had been leaving then may have arrived since.

    Every epoch is raised, queued and sending messages become *unknown* for a person to review, and
    every lead looks again. A lead that was moving then, or whose time came in between, goes to a
    person: what its process would say now it may have said. Numbers that were given out since the
    backup are not given out again.
    """
    now = datetime.now(UTC)
    async with ground.database.unit_of_work(silent=True) as work:
        moving = select(Lead.id).where((Lead.due_at <= now) | (Lead.seq > Lead.seen))
        moved = set((await work.execute(moving)).scalars())
        await work.execute(text("update lead set epoch = epoch + 1, rung = seen"))
        for table in ("lead", "message"):
            await work.execute(SKIP_NUMBERS, {"table": table, "skipped": SKIPPED})
        came = (Message.state == State.SCHEDULED) & (Message.not_before <= now)
        leaving = select(Message).where(Message.state.in_([State.QUEUED, State.SENDING]) | came)
        unsure = list((await work.execute(leaving)).scalars())
        for message in unsure:
            lead = await work.locked_lead(message.lead_id)
            lead.perhaps_sent(message, because="restored", at=now)
            moved.add(lead.id)
        half = select(Change).where(col(Change.state).in_([State.QUEUED, State.SENDING]))
        for change in (await work.execute(half)).scalars():
            lead = await work.locked_lead(change.lead_id)
            lead.perhaps_changed(change, because="restored", at=now)
        for lead_id in sorted(moved):
            lead = await work.locked_lead(lead_id)
            await lead.take_over(by=ENGINE, now=now, because="restored")
        leads = list((await work.execute(text("select id from lead order by id"))).scalars())
    for start in range(0, len(leads), RUNG_AT_ONCE):
        some = leads[start : start + RUNG_AT_ONCE]
        await asyncio.gather(*(ground.engine.ring(lead_id, LOOK) for lead_id in some))
    print(f"{len(leads)} leads look again, {len(unsure)} messages to review")


async def team_named(work: Work, name: str) -> Team:
    team = (await work.execute(select(Team).where(Team.name == name))).scalar_one_or_none()
    if team is None:
        team = Team(name=name)
        work.add(team)
        await work.flush()
    return team


async def connect(
    work: Work, settings: Settings, token: str, me: dict[str, object], *, transport: str
) -> Bot:
    bot = await work.session.get(Bot, me["id"])
    if bot is None:
        bot = Bot.of(
            token, username=str(me["username"]), name=str(me["first_name"]),
            transport=transport, key=settings.key(),
        )  # fmt: skip
        work.add(bot)
        await work.flush()
    return bot


async def _load(work: Work, rows: list[dict[str, str]], spots: dict[str, int]) -> None:
    missing = {row["spot"] for row in rows if row.get("spot")} - set(spots)
    if missing:
        raise BrokenInput(
            "The file names unknown spots", dict.fromkeys(sorted(missing), "add it first")
        )
    for row in rows:
        values = {name: row.get(name) or None for name in COLUMNS[2:]}
        values["spot_id"] = spots.get(row.get("spot") or "")  # type: ignore[assignment]
        await work.execute(
            insert(Campaign)
            .values(payload=row["payload"], **values)
            .on_conflict_do_update(index_elements=["payload"], set_=values)
        )
