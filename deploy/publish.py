"""A container's TCP ports, reached on the machine: for each a listener here whose connections are carried on by a
process in the container's network namespace (which has nothing but a loopback). What an engine's userland proxy does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence

from deploy.compose import Port
from sandbox.mechanisms import syscalls

_CLONE_NEWNET = 0x40000000
_CHUNK = 1 << 16


def listen(ports: Sequence[Port]) -> list[tuple[socket.socket, Port]]:
    """Raises OSError: an address is taken."""
    return [(socket.create_server((port.address, port.host)), port) for port in ports]


def carry(listeners: Sequence[tuple[socket.socket, Port]], pid: int) -> int:
    """Start the process that carries connections to the container whose first process is ``pid``. Returns its pid: it
    ends with SIGTERM, or with us."""
    parent, carrier = os.getpid(), os.fork()
    if carrier == 0:
        try:
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
            with open(f"/proc/{pid}/ns/net", "rb") as space:
                syscalls.setns(space.fileno(), _CLONE_NEWNET)
            if os.getppid() == parent:
                asyncio.run(_serve(listeners))
        finally:
            os._exit(1)
    return carrier


async def _serve(listeners: Sequence[tuple[socket.socket, Port]]) -> None:
    servers = [await asyncio.start_server(_to(port), sock=listener) for listener, port in listeners]
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _to(port: Port) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port.container)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))

    return connected


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side is done; then the other is told so."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()
