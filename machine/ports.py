"""Ports of this machine."""

import os
import socket
from itertools import count

LOOPBACK = "127.0.0.1"

# below where the system takes ports for outgoing connections from
_FIRST, _LAST = 15_000, 32_000
_rows = count()


def answers(port: int, *, host: str = LOOPBACK) -> bool:
    """Somebody listens there."""
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def taken(port: int) -> bool:
    """Listening on this port would fail now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def free(count: int = 1) -> list[int]:
    """Ports nobody listens on, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def row(length: int) -> int:
    """The first of `length` neighbouring ports nobody listens on."""
    for turn in _rows:
        # processes begin at different places, so two of them hardly ever meet
        start = _FIRST + (os.getpid() * 97 + turn * length) % (_LAST - _FIRST)
        if not any(taken(port) for port in range(start, start + length)):
            return start
    raise AssertionError("counting never ends")
