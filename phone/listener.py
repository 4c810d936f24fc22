"""Sockets: listening, refusing to listen, and breaking connections for real."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.types import Scope
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "phone.transport"
RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close() sends RST


class BreakableProtocol(HttpToolsProtocol):
    """uvicorn's protocol; the application gets at the transport of its connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[TRANSPORT] = self.transport


def reset_connection(scope: Scope) -> None:
    """The peer sees ECONNRESET."""
    transport: asyncio.Transport = scope[TRANSPORT]
    connected = transport.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
    transport.abort()


def cut_connection(scope: Scope) -> None:
    """The peer sees the end of the stream before any answer."""
    scope[TRANSPORT].close()


def open_socket(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as problem:
        raise OSError(f"port {port} of {host} is not to be had: {problem.strerror}") from None
    return listening


class Listener(Server):
    """uvicorn with a main door that can be shut, and perhaps a control door that cannot."""

    def __init__(
        self,
        config: Config,
        *,
        main: socket.socket,
        control: socket.socket | None,
        before_stop: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self.before_stop = before_stop
        self.address: tuple[Any, ...] = main.getsockname()
        self.main: socket.socket | None = main
        self.control = control

    async def listen(self) -> None:
        assert self.main is not None
        await self.serve(sockets=[s for s in (self.main, self.control) if s is not None])

    def stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert self.main is not None
        print(f"phone listens on {_address(self.main)}", flush=True)
        if self.control is not None:
            print(f"control at {_address(self.control)}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.before_stop()  # ends long polls and event streams, or they would be waited for
        await super().shutdown(sockets)

    async def shut(self) -> None:
        """Whoever connects to the main door is refused by the kernel; open connections break."""
        if self.main is None or self.control is None:
            return
        port = self.address[1]
        self.servers[0].close()
        self.main.close()
        self.main = None
        for connection in list(self.server_state.connections):
            if connection.transport.get_extra_info("sockname")[1] == port:
                connection.transport.abort()

    async def reopen(self) -> None:
        if self.main is not None:
            return
        self.main = open_socket(self.address[0], self.address[1])
        self.servers[0] = await asyncio.get_running_loop().create_server(
            self._protocol, sock=self.main, backlog=self.config.backlog
        )

    def _protocol(self) -> BreakableProtocol:
        return BreakableProtocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
