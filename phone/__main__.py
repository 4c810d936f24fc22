"""`python -m phone`: starts the lookalike and prints where it listens."""

import argparse
import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from uvicorn import Config

from phone.app import Application
from phone.listener import BreakableProtocol, Listener, open_socket
from phone.memory import restore, say_goodbye
from phone.refusals import Nonsense
from phone.store import Store
from phone.world import World

MEMORY = ":memory:"
STOP_WITHIN = 2  # seconds for what is under way


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m phone",
        description="A Telegram Bot API lookalike with a page that plays the clients.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 is any free one")
    parser.add_argument(
        "--control-port",
        type=int,
        help="a second door for the control API and the page; with it the fault"
        " refuse_connections really closes the first",
    )
    parser.add_argument(
        "--data",
        default=MEMORY,
        metavar="FOLDER",
        help="where chats outlive a restart; :memory: (default) keeps nothing",
    )
    parser.add_argument(
        "--bot",
        action="append",
        default=[],
        metavar="username=…,name=…,token=…",
        help='a bot, for example username=nova_start_bot,name="Nova Start",token=7000000001:AAA',
    )
    parser.add_argument(
        "--longest-pause",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="cap of the pauses between tries of a webhook (default 60)",
    )
    return parser.parse_args()


def described_bot(description: str) -> dict[str, str]:
    """`username=…,name=…,token=…`; a name may contain commas, a token a colon."""
    about: dict[str, str] = {}
    last = ""
    for part in description.split(","):
        key, equals, value = part.partition("=")
        if equals and key.strip() in ("username", "name", "token"):
            last = key.strip()
            about[last] = value.strip().strip("\"'")
        elif last:
            about[last] += f",{part}"
        else:
            raise Nonsense(f"cannot read the bot {description!r}")
    if "username" not in about:
        raise Nonsense(f"the bot {description!r} has no username")
    return {"name": about["username"], **about}


async def run(options: argparse.Namespace) -> None:
    folder = None if options.data == MEMORY else Path(options.data)
    world = World(store=Store(folder), longest_pause=options.longest_pause)
    restore(world)
    for description in options.bot:
        world.add_bot(**described_bot(description))
    application = Application(world)
    main = open_socket(options.host, options.port)
    control = None
    if options.control_port is not None:
        control = open_socket(options.host, options.control_port)
    config = Config(
        application,
        http=BreakableProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_WITHIN,
        backlog=2048,
    )
    listener = Listener(config, main=main, control=control, before_stop=world.sleep)
    application.rest.state.listener = listener
    # before uvicorn listens to signals, and when it raises them again after an orderly stop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: listener.stop())
    await world.wake()
    flushing = asyncio.create_task(world.store.flush_for_ever())
    try:
        await listener.listen()
    finally:
        flushing.cancel()
        with suppress(asyncio.CancelledError):
            await flushing
        say_goodbye(world)


def main() -> int:
    options = arguments()
    try:
        import uvloop

        uvloop.run(run(options))
    except (OSError, Nonsense) as problem:
        print(f"phone cannot start: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
