"""The command line: people, spots, campaigns, tokens, processes; `leadloom.py --help`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from activities.clients.storage import storage_of
from activities.clients.telegram import Telegram
from api import commands
from api.demo import demo
from api.moving import move_files
from api.scenes import play
from models.database import Database
from models.errors import BrokenInput, LeadloomError
from models.settings import Settings, settings
from workflows.engine import Engine

Verb = Callable[[commands.Ground, argparse.Namespace], Awaitable[int | None]]


def main() -> int:
    chosen = _parser().parse_args()
    try:
        return asyncio.run(_run(settings(), chosen.verb, chosen)) or 0
    except BrokenInput as broken:
        print(f"{broken}:", file=sys.stderr)
        for place, sentence in broken.problems.items():
            print(f"  {place}: {sentence}", file=sys.stderr)
    except (LeadloomError, ValidationError) as error:
        print(error, file=sys.stderr)
    except OperationalError:
        print("The database does not answer. Is `make run` running?", file=sys.stderr)
    return 1


async def _run(chosen: Settings, verb: Verb, arguments: argparse.Namespace) -> int | None:
    engine = Engine(chosen)
    ground = commands.Ground(
        settings=chosen,
        database=Database(chosen.postgres, pool=2, ring=engine.ring),
        engine=engine,
        storage=storage_of(chosen),
        telegram=Telegram(chosen.telegram),
    )
    try:
        return await verb(ground, arguments)
    finally:
        await ground.telegram.close()
        await ground.database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="leadloom.py", description=__doc__)
    words = parser.add_subparsers(required=True, metavar="command")

    person = words.add_parser("person", help="people who sign in").add_subparsers(required=True)
    add = _word(person, "add", commands.add_person, "invite a person: prints a one-time link")
    add.add_argument("login", help="e-mail address")
    add.add_argument("--name", required=True)
    add.add_argument(
        "--role", default="manager", choices=["manager", "team_lead", "designer", "admin", "ops"]
    )
    add.add_argument("--line", type=int, choices=[1, 2])
    add.add_argument("--team")
    add.add_argument("--locale", default="ru", choices=["ru", "en"])

    spot = words.add_parser("spot", help="ways in").add_subparsers(required=True)
    add = _word(spot, "add", commands.add_spot, "connect a bot; the token is read from stdin")
    add.add_argument("name")
    add.add_argument("--process", help="key of the process new leads start on")
    add.add_argument("--transport", default="polling", choices=["polling", "webhook"])
    add.add_argument("--link", default="", help="what {{ link }} stands for")
    add.add_argument("--line", type=int, default=1, choices=[1, 2])

    token = words.add_parser("token", help="robots' keys").add_subparsers(required=True)
    add = _word(token, "add", commands.add_token, "a key to the API: printed once")
    add.add_argument("name")
    add.add_argument(
        "--scope",
        action="append",
        required=True,
        dest="scopes",
        choices=["leads:read", "leads:write", "takeover"],
    )
    add.add_argument("--days", type=int, help="how long it works")

    campaigns = words.add_parser("campaigns", help="what links stand for")
    load = _word(
        campaigns.add_subparsers(required=True),
        "load",
        commands.load_campaigns,
        "payload,spot,buyer,source,platform,campaign,adset,ad as CSV",
    )
    load.add_argument("file", type=Path)

    for name, verb, help_ in (
        ("check", commands.check, "every problem of a process, by step"),
        ("scenarios", commands.scenarios, "run a process's scenarios in virtual time"),
        ("publish", commands.publish, "freeze a process as its next version"),
    ):
        _word(words, name, verb, help_).add_argument("file", type=Path)

    _word(
        words, "restored", commands.restored, "after a restore: review what was leaving, ring all"
    )
    _word(
        words, "reseal", commands.reseal,
        "after a change of the secret key; the earlier one is read from stdin",
    )  # fmt: skip
    kept = words.add_parser("files", help="what is kept on disk or in a bucket")
    move = _word(
        kept.add_subparsers(required=True), "move", move_files, "all files from one to the other"
    )
    move.add_argument("to", choices=["s3", "disk"])
    move.add_argument("--remove", action="store_true", help="take them away where they were")
    _word(words, "migrate", commands.migrate, "bring the database to this code's tables")
    _word(words, "demo", demo, "demo people, spots, campaigns and processes")
    _word(words, "play", play, "the demo's first minute: clients talk, managers answer")
    return parser


def _word(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, verb: Verb, help_: str
) -> argparse.ArgumentParser:
    word = words.add_parser(name, help=help_, description=help_)
    word.set_defaults(verb=verb)
    return word


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # Temporal's SDK may abort while the interpreter is taken down
