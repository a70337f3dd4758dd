"""Rules in words, for printing and for comments in exports; arguments are named as in the man pages."""

from __future__ import annotations

import errno
from typing import Final

from sandbox.mechanisms.rules import Arg, Rule

ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "clone": ("flags", "stack", "parent_tid", "child_tid", "tls"),
    "fcntl": ("fd", "cmd", "arg"),
    "getsockname": ("sockfd", "addr", "addrlen"),
    "getsockopt": ("sockfd", "level", "optname", "optval", "optlen"),
    "ioctl": ("fd", "request", "arg"),
    "mmap": ("addr", "length", "prot", "flags", "fd", "offset"),
    "mprotect": ("addr", "len", "prot"),
    "openat": ("dirfd", "pathname", "flags", "mode"),
    "prctl": ("option", "arg2", "arg3", "arg4", "arg5"),
    "prlimit64": ("pid", "resource", "new_limit", "old_limit"),
    "read": ("fd", "buf", "count"),
    "recvmsg": ("sockfd", "msg", "flags"),
    "seccomp": ("operation", "flags", "args"),
    "sendto": ("sockfd", "buf", "len", "flags", "dest_addr", "addrlen"),
    "tgkill": ("tgid", "tid", "sig"),
    "write": ("fd", "buf", "count"),
}
"""Of the calls whose arguments a policy looks at. Others are ``arg0`` to ``arg5``."""

SMALL: Final = 10


def argument(name: str, index: int) -> str:
    """``openat``, 2 → ``flags``."""
    known = ARGUMENTS.get(name, ())
    return known[index] if index < len(known) else f"arg{index}"


def number(value: int) -> str:
    return str(value) if value < SMALL else hex(value)


def condition(name: str, arg: Arg) -> str:
    """``fd == 3``; ``(flags & 0x4) == 0``."""
    if arg.mask is None:
        return f"{argument(name, arg.index)} == {number(arg.value)}"
    return f"({argument(name, arg.index)} & {number(arg.mask)}) == {number(arg.value)}"


def conditions(rule: Rule) -> str:
    """All of them; empty where the rule looks at the number of the call alone."""
    return " and ".join(condition(rule.name, arg) for arg in rule.args)


def outcome(rule: Rule) -> str:
    """``allowed``, ``answered EPERM``, ``answered 0``."""
    if rule.answer is None:
        return "allowed"
    return f"answered {error_name(rule.answer)}"


def error_name(answer: int) -> str:
    return errno.errorcode.get(answer, str(answer))
