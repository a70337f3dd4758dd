"""Sockets: probes 28 to 32."""

from __future__ import annotations

import os
import socket
import struct

from sandbox.attack.kernel import address, buffer, call
from sandbox.attack.probe import AttackFacts, Attempt


def _internet(port: int) -> bytes:
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, bytes((127, 0, 0, 1)))


def _abstract(name: str) -> bytes:
    return struct.pack("=H", socket.AF_UNIX) + b"\0" + name.encode()


def tcp(facts: AttackFacts) -> object:
    fd = call("socket", socket.AF_INET, socket.SOCK_STREAM, 0)
    place = _internet(facts.tcp_port)
    call("connect", fd, place, len(place))
    return "connected"


def udp(facts: AttackFacts) -> object:
    fd = call("socket", socket.AF_INET, socket.SOCK_DGRAM, 0)
    place = _internet(facts.udp_port)
    return call("sendto", fd, b"hello", 5, 0, place, len(place))


def abstract(facts: AttackFacts) -> object:
    fd = call("socket", socket.AF_UNIX, socket.SOCK_STREAM, 0)
    place = _abstract(facts.abstract)
    call("connect", fd, place, len(place))
    return "connected"


def listen(_: AttackFacts) -> object:
    fd = call("socket", socket.AF_INET, socket.SOCK_STREAM, 0)
    place = _internet(0)
    call("bind", fd, place, len(place))
    call("listen", fd, 1)
    return "listens"


def listen_abstract(facts: AttackFacts) -> object:
    fd = call("socket", socket.AF_UNIX, socket.SOCK_STREAM, 0)
    place = _abstract(facts.abstract + "-render")
    call("bind", fd, place, len(place))
    call("listen", fd, 1)
    return "listens"


def pair(_: AttackFacts) -> object:
    two = buffer(8)
    call("socketpair", socket.AF_UNIX, socket.SOCK_STREAM, 0, address(two))
    return "two sockets"


def make(family: int, kind: int, protocol: int = 0) -> Attempt:
    def attempt(_: AttackFacts) -> object:
        os.close(call("socket", family, kind, protocol))
        return "a socket"

    return attempt
