"""Other processes, namespaces and programs: probes 13, 14, 21, 22, 25 and 43."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
from typing import Final

from sandbox.attack.bait import SECRET
from sandbox.attack.kernel import address, buffer, call, memory
from sandbox.attack.probe import AttackFacts, Attempt

CLONE_NEWUSER: Final = 0x10000000
_PTRACE_SEIZE: Final = 0x4206
_AT_EMPTY_PATH: Final = 0x1000
_BOMB: Final = 64
# What the program says if it ever runs: the same JSON a worker's report is.
_SAY: Final = (b"sh", b"-c", b'echo \'{"evidence": "executed"}\' >&5')


def terminate(facts: AttackFacts) -> object:
    call("kill", facts.victim, signal.SIGTERM)
    return "signalled"


def trace(facts: AttackFacts) -> object:
    call("ptrace", _PTRACE_SEIZE, facts.victim, 0, 0)
    return "attached"


def peek(facts: AttackFacts) -> object:
    found, (here, there) = _vectors(bytes(len(SECRET)), facts)
    call("process_vm_readv", facts.victim, address(here), 1, address(there), 1, 0)
    return found.raw[: len(SECRET)] == SECRET


def poke(facts: AttackFacts) -> object:
    _kept, (here, there) = _vectors(b"X" * len(SECRET), facts)
    return call("process_vm_writev", facts.victim, address(here), 1, address(there), 1, 0)


def _vectors(
    content: bytes, facts: AttackFacts
) -> tuple[ctypes.Array[ctypes.c_char], tuple[ctypes.Array[ctypes.c_char], ctypes.Array[ctypes.c_char]]]:
    local = ctypes.create_string_buffer(content, len(content))
    here = ctypes.create_string_buffer(struct.pack("PN", address(local), len(content)))
    there = ctypes.create_string_buffer(struct.pack("PN", facts.secret_address, len(content)))
    return local, (here, there)


def steal_descriptor(facts: AttackFacts) -> object:
    """Of somebody else; the descriptor of the process comes first, so two calls stand in the way."""
    pidfd = call("pidfd_open", facts.victim, 0)
    return 1 + call("pidfd_getfd", pidfd, 0, 0)


def signal_by_thread(facts: AttackFacts) -> object:
    call("tgkill", facts.victim, facts.victim, signal.SIGTERM)
    return "signalled"


# --- 21, 22 -----------------------------------------------------------------------------------------------------------


def unshare(flags: int) -> Attempt:
    def attempt(_: AttackFacts) -> object:
        call("unshare", flags)
        return "a namespace"

    return attempt


def clone(_: AttackFacts) -> object:
    pid = call("clone", CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
    return _child(pid)


def clone3(_: AttackFacts) -> object:
    """Its flags lie behind a pointer that no filter can follow."""
    given = buffer(88)
    struct.pack_into("Q", given, 0, CLONE_NEWUSER)
    struct.pack_into("Q", given, 32, signal.SIGCHLD)
    return _child(call("clone3", address(given), 88))


def _child(pid: int) -> str:
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "a child in a user namespace"


def set_namespace(facts: AttackFacts) -> object:
    call("setns", facts.namespace_fd, 0)
    return "another namespace"


# --- 25 ---------------------------------------------------------------------------------------------------------------


def _vector(*words: bytes) -> tuple[object, int]:
    array = (ctypes.c_char_p * (len(words) + 1))(*words, None)
    return array, ctypes.addressof(array)


def execute(_: AttackFacts) -> object:
    kept, vector = _vector(*_SAY)
    call("execve", b"/bin/sh", vector, 0)
    return kept


def execute_descriptor(facts: AttackFacts) -> object:
    """An open descriptor of a program, here the job's own input: no path is involved."""
    kept, vector = _vector(*_SAY)
    call("execveat", facts.program_fd, b"", vector, 0, _AT_EMPTY_PATH)
    return kept


def execute_memory(_: AttackFacts) -> object:
    fd = call("memfd_create", b"program", 0)
    with open("/bin/sh", "rb") as shell:
        os.write(fd, shell.read())
    kept, vector = _vector(*_SAY)
    call("execveat", fd, b"", vector, 0, _AT_EMPTY_PATH)
    return kept


# --- 43 ---------------------------------------------------------------------------------------------------------------


def bomb(_: AttackFacts) -> object:
    """Processes that stay, until there can be no more; never more than a bounded number."""
    children: list[int] = []
    try:
        while len(children) < _BOMB:
            pid = call("clone", signal.SIGCHLD, 0, 0, 0, 0)
            if pid == 0:
                memory().pause()
                os._exit(0)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return len(children)
