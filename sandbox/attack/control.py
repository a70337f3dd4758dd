"""The positive control: the same attempt with no sandbox around it, where it can do no harm.

Throwaway user, mount, pid, net, ipc and uts namespaces with a tmpfs root of their own, in which the attacker is root of
nothing but the namespaces. Its loopback is up, its folders can be written, another process of its uid is there, and a
directory descriptor is leaked, so every attempt should work. Nothing of the real host is in reach.

``Cell.layers`` puts single layers around the attempt, to see what each stops alone.
"""

from __future__ import annotations

import array
import contextlib
import errno
import fcntl
import json
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NoReturn

from sandbox.attack.attacker import answer
from sandbox.attack.attempts import ATTEMPTS, machine
from sandbox.attack.bait import SECRET, VICTIM_UID, Bait, handle_of
from sandbox.attack.kernel import NOTES, tried
from sandbox.attack.probe import KILLED, AttackFacts, Trial
from sandbox.mechanisms import capabilities, mounts, namespaces, syscalls
from sandbox.mechanisms.namespaces import Namespace
from sandbox.mechanisms.syscalls import MS_NODEV, MS_NOSUID, MS_RDONLY
from sandbox.policy.tree import DEVICES, DRIVER_DATA
from sandbox.workers.progress import Progress
from sandbox.workers.rehearsal import mapped_files

_SPACES: Final = (Namespace.USER, Namespace.MOUNT, Namespace.PID, Namespace.NET, Namespace.IPC, Namespace.UTS)
_SHELL: Final = ("/bin/sh", *mounts.LOADERS)
_AMOUNT: Final = 16 << 20
_DESCRIPTORS: Final = 1024
_TIOCSCTTY: Final = 0x540E

Around = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """``host_root``: its root is the host's, which is only ever right for opening a file and closing it again;
    ``around``: applied in the attacker's process, last of all; ``wall_s``: the attacker is killed after so long."""

    host_root: bool = False
    around: Around | None = None
    wall_s: float = 10.0
    facts: dict[str, Any] | None = None


def run(name: str, cell: Cell = Cell()) -> Trial:
    """The fate of the attempt ``name`` (see ATTEMPTS) where nothing holds it back but ``cell.around``."""
    return in_throwaway(lambda: _with_bait(name, cell), host_root=cell.host_root)


def in_throwaway(action: Callable[[], Trial], *, host_root: bool = False) -> Trial:
    """Run ``action`` as pid 1 of the throwaway namespaces, as root of them."""
    read_end, write_end = os.pipe()
    helper = os.fork()
    if helper == 0:
        status = 1
        try:
            os.close(read_end)
            status = _enter_and_run(action, write_end, host_root=host_root)
        finally:
            os._exit(status)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        said = pipe.read()
    os.waitpid(helper, 0)
    if not said:
        return Trial("no control")
    fields = json.loads(said)
    return Trial(**{**fields, "stopped_by": tuple(fields["stopped_by"])})


def _enter_and_run(action: Callable[[], Trial], write_end: int, *, host_root: bool) -> int:
    """It unshares, we write its map, being outside."""
    outside = (os.getuid(), os.getgid()) if os.geteuid() or host_root else (VICTIM_UID, VICTIM_UID)
    proc_fd = os.open("/proc", os.O_PATH)
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.unshare(_SPACES)
            os.kill(os.getpid(), signal.SIGSTOP)  # our parent goes on when we stand still
            init = os.fork()
            if init == 0:
                _init(action, write_end)
            os.waitpid(init, 0)
        finally:
            os._exit(0)
    os.waitpid(pid, os.WUNTRACED)
    _map_root(proc_fd, pid, outside)
    os.kill(pid, signal.SIGCONT)
    os.waitpid(pid, 0)
    return 0


def _map_root(proc_fd: int, pid: int, outside: tuple[int, int]) -> None:
    """Root inside, an ordinary user outside: just what a worker is never given."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {outside[0]} 1"), ("gid_map", f"0 {outside[1]} 1")):
        fd = os.open(f"{pid}/{name}", os.O_WRONLY, dir_fd=proc_fd)
        os.write(fd, text.encode())
        os.close(fd)


def _init(action: Callable[[], Trial], write_end: int) -> NoReturn:
    try:
        build_root()
        _loopback_up()
        trial = action()
        os.write(write_end, json.dumps(trial.to_json()).encode())
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is said
        with contextlib.suppress(OSError):
            os.write(write_end, json.dumps(Trial(f"control: {error!r}").to_json()).encode())
    finally:
        os._exit(0)


# --- its root ---------------------------------------------------------------------------------------------------------


def build_root() -> None:
    """A tmpfs with a few of the host's programs, folders that can be written, and a /proc of the new pid namespace."""
    mounts.make_private()
    base = "/tmp"
    tree = mounts.gather(mapped_files(), optional=(*_SHELL, *DRIVER_DATA), devices=DEVICES)
    with contextlib.suppress(OSError):
        os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    capabilities.set_dumpable()
    syscalls.mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0777,size=64m")
    for path, text in {**dict(tree.links), **mounts.loader_links()}.items():
        mounts._link(base, path, text)
    for source in tree.sources:
        mounts._bind(base, source)
    _furnish(base)
    mounts.pivot(base)


def _furnish(base: str) -> None:
    for folder in ("etc", "usr", "tmp", "proc", "bait", "masked", "readonly", "dev/pts"):
        os.makedirs(f"{base}/{folder}", exist_ok=True)
    for folder in ("fonts", "images"):
        os.symlink(f"bait/{folder}", f"{base}/{folder}")
    Path(f"{base}/etc/shadow").write_text("root:!:1::::::\n")
    Path(f"{base}/dev/canary").write_text("")
    syscalls.mount("tmpfs", f"{base}/masked", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m")
    syscalls.mount("tmpfs", f"{base}/readonly", "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "size=1m")
    for kind, place, options in (("proc", "proc", ""), ("devpts", "dev/pts", "newinstance,ptmxmode=0666")):
        with contextlib.suppress(OSError):
            syscalls.mount(kind, f"{base}/{place}", kind, 0, options or None)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14s", b"lo", 1, b"")  # IFF_UP
        fcntl.ioctl(any_socket, 0x8914, array.array("B", request))  # SIOCSIFFLAGS


# --- the attempt ------------------------------------------------------------------------------------------------------


def _with_bait(name: str, cell: Cell) -> Trial:
    machine.prepare()
    with Bait(Path("/bait")) as bait:
        facts = replace(bait.facts, **_good_descriptors(), readonly="/readonly", masking="/masked", amount=_AMOUNT)
        facts = replace(facts, **(cell.facts or {}))
        read_end, write_end = os.pipe()
        progress = Progress()
        pid = os.fork()
        if pid == 0:
            NOTES.tell = progress.stage
            _attack(name, facts, write_end, cell)
        os.close(write_end)
        trial = _fate(pid, read_end, cell, bait)
        if trial.failed and trial.answer == KILLED and tried(progress.read()[1]) is None:
            return Trial("not tried: it was killed before")
        return trial


def _good_descriptors() -> dict[str, Any]:
    """What a careless launcher would leak: a namespace, a terminal, a program, a file to write to."""
    found: dict[str, Any] = {"program_fd": program()}
    for field, path, flags in (
        ("namespace_fd", "/proc/self/ns/uts", os.O_RDONLY),
        ("terminal_fd", "/dev/pts/ptmx", os.O_RDWR | os.O_NOCTTY),
        ("output_fd", "/tmp/output", os.O_RDWR | os.O_CREAT),
    ):
        with contextlib.suppress(OSError):
            found[field] = os.open(path, flags)
    return found | _file_by_handle()


def _file_by_handle() -> dict[str, Any]:
    """On a mount with nothing locked below it: only there the root of a user namespace may open by handle."""
    os.mkdir("/masked/folder")
    Path("/masked/folder/canary").write_bytes(SECRET)
    handle_type, handle = handle_of("/masked/folder")
    return {"handle_fd": os.open("/masked", os.O_RDONLY), "handle": handle.hex(), "handle_type": handle_type}


def _attack(name: str, facts: AttackFacts, write_end: int, cell: Cell) -> NoReturn:
    try:
        os.dup2(os.open("/etc/shadow", os.O_RDONLY), 3, inheritable=False)
        os.dup2(facts.output_fd, 4, inheritable=False)
        os.dup2(os.open("/", os.O_RDONLY | os.O_DIRECTORY), 6, inheritable=False)  # the leaked one
        os.dup2(write_end, 5, inheritable=True)
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, _DESCRIPTORS), hard))
        facts = _take_terminal(facts)
        if cell.around is not None:
            cell.around()
        os.write(5, answer(lambda: ATTEMPTS[name](facts)))
    finally:
        os._exit(0)


def _take_terminal(facts: AttackFacts) -> AttackFacts:
    """A terminal's owner may type into it; become that, on the other end of the pair."""
    if facts.terminal_fd == 3:
        return facts
    with contextlib.suppress(OSError):
        fcntl.ioctl(facts.terminal_fd, 0x40045431, struct.pack("i", 0))  # TIOCSPTLCK: unlock
        number = struct.unpack("i", fcntl.ioctl(facts.terminal_fd, 0x80045430, bytes(4)))[0]  # TIOCGPTN
        os.setsid()
        terminal = os.open(f"/dev/pts/{number}", os.O_RDWR)
        fcntl.ioctl(terminal, _TIOCSCTTY, 0)
        return replace(facts, terminal_fd=terminal)
    return facts


def _fate(pid: int, read_end: int, cell: Cell, bait: Bait) -> Trial:
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, cell.wall_s)
    with open(read_end, "rb") as pipe:
        said = pipe.read()
    status = os.waitpid(pid, 0)[1]
    signal.setitimer(signal.ITIMER_REAL, 0)
    return understand(status, said, bait.harmed())


def understand(status: int, said: bytes, harm: str) -> Trial:
    """From how the attacker ended and what it said."""
    if os.WIFSIGNALED(status):
        number = signal.Signals(os.WTERMSIG(status))
        return Trial(KILLED if number == signal.SIGSYS else number.name, None, harm)
    fields = json.loads(said) if said else {}
    if "errno" in fields:
        return Trial(errno.errorcode.get(fields["errno"], "?"), None, harm)
    evidence = fields.get("evidence")
    return Trial("worked" if evidence else "nothing came of it", evidence, harm)


def program() -> int:
    """A memory file that can be executed: a copy of the shell."""
    fd = os.memfd_create("program", os.MFD_ALLOW_SEALING)
    os.write(fd, Path("/bin/sh").read_bytes())
    return fd
