"""Which layers stop a probe each alone: the attempt again in the control's namespaces, with one layer around it.

Not in a worker with a layer left out: what the missing layer would have stopped must not be let loose on the host.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from sandbox.attack import control
from sandbox.attack.attempts import VARIANTS
from sandbox.attack.control import Around, Cell
from sandbox.attack.probe import Finding, ProbeRow
from sandbox.attack.suite import TITLES, control_of
from sandbox.exceptions import SandboxError
from sandbox.mechanisms import capabilities, landlock, mounts, namespaces, rlimits, seccomp, syscalls
from sandbox.mechanisms.cgroups import CgroupLimits, CgroupPool
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.gpu import GPU
from sandbox.policy.model import sealed
from sandbox.policy.tree import DEVICES, DRIVER_DATA
from sandbox.spec import NATIVE
from sandbox.workers import rehearsal

LAYERS: Final = (
    *("userns", "pidns", "mountns", "netns", "ipcns", "utsns", "cgroup", "rlimits", "descriptors", "capabilities"),
    *("no-new-privs", "landlock", "seccomp"),
)
_GREEDY: Final = frozenset({43, 44})
_WITH_DESCRIPTORS: Final = frozenset({3, 22, 25, 41})
_SMALL: Final = CgroupLimits(memory_bytes=64 << 20, pids=12, cpu_cores=1.0)

Alone = Mapping[tuple[int, str], Mapping[str, bool]]
"""By probe and variant: which layer alone stops it. A layer that does not apply is missing; a blind variant, too."""


def measure(probes: Collection[int] = tuple(TITLES), *, on_progress: Callable[[str], None] = lambda _: None) -> Alone:
    """Every variant that is one attempt, with each layer by itself. Takes about a minute."""
    found: dict[tuple[int, str], dict[str, bool]] = {}
    with _layers() as layers:
        for number in probes:
            for variant in VARIANTS.get(number, {}):
                on_progress(f"each layer alone: {number} {TITLES[number]}, {variant}")
                if control_of(number, variant).evidence:
                    found[number, variant] = _alone(number, variant, layers)
    return found


def _alone(number: int, variant: str, layers: Mapping[str, Around]) -> dict[str, bool]:
    wanted = {name: around for name, around in layers.items() if _applies(name, number)}
    return {name: stops(number, variant, around) for name, around in wanted.items()}


def _applies(layer: str, number: int) -> bool:
    """A cgroup is no question of a single call; the leaked descriptors matter to those who use them."""
    return {"cgroup": number in _GREEDY, "descriptors": number in _WITH_DESCRIPTORS}.get(layer, True)


def stops(number: int, variant: str, around: Around) -> bool:
    """Also where it works, but on something of its own: what the control harmed is then unharmed."""
    trial = control.run(f"{number}/{variant}", Cell(host_root=number == 15, around=around))
    if trial.answer.startswith(("control:", "not tried")):
        raise RuntimeError(f"{number}/{variant}: {trial.answer}")
    beside = control_of(number, variant)
    return not trial.evidence or bool(beside.harm and not trial.harm)


# --- the layers, one by one -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _layers() -> Iterator[dict[str, Around]]:
    program, tighter = seccomp.compile_filter(GPU.syscalls), seccomp.compile_filter(sealed(GPU).syscalls)
    version = landlock.abi()

    def lock() -> None:
        seccomp.install(program)
        seccomp.install(tighter, all_threads=True)  # the only way the first one lets a second one through

    def restrict() -> None:
        assert GPU.landlock is not None
        landlock.restrict(GPU.landlock, version)

    found: dict[str, Around] = {
        "userns": _own_user,
        "pidns": _own_pids,
        "mountns": _own_tree,
        "netns": lambda: namespaces.unshare([Namespace.NET]),
        "ipcns": lambda: namespaces.unshare([Namespace.IPC]),
        "utsns": lambda: namespaces.unshare([Namespace.UTS]),
        "rlimits": lambda: rlimits.apply(GPU.rlimits),
        "descriptors": lambda: syscalls.close_range(6, 0xFFFF_FFFF),
        "capabilities": capabilities.drop_all,
        "no-new-privs": capabilities.no_new_privs,
        "seccomp": lock,
    }
    if version:
        found["landlock"] = restrict
    pool = _cgroups()
    if pool is not None:
        found["cgroup"] = pool.slots[0].attach
    try:
        yield found
    finally:
        if pool is not None:
            pool.destroy()


def _cgroups() -> CgroupPool | None:
    try:
        return CgroupPool.create(1, _SMALL)
    except SandboxError:
        return None


def _own_user() -> None:
    """One unprivileged id inside, the same user outside, and no user namespace further in."""
    ids = (os.geteuid(), os.getegid())
    namespaces.unshare([Namespace.USER])
    for name, text in (("setgroups", "deny"), ("uid_map", f"65532 {ids[0]} 1"), ("gid_map", f"65532 {ids[1]} 1")):
        with contextlib.suppress(PermissionError), open(f"/proc/self/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    with contextlib.suppress(SandboxError):  # it then stops nothing, and the table says so
        namespaces.forbid_nested(os.open("/proc", os.O_PATH))


def _own_pids() -> None:
    """Its first child is the first process there; we wait, and end as it did."""
    namespaces.unshare([Namespace.PID])
    pid = os.fork()
    if pid == 0:
        return
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(0)


def _own_tree() -> None:
    """As a worker's: what is mapped, the folders read-only, an empty /tmp, no /proc."""
    namespaces.unshare([Namespace.MOUNT])
    mounts.make_private()
    folders = (("/bait/fonts", "/fonts"), ("/bait/images", "/images"))
    tree = mounts.gather(rehearsal.mapped_files(), optional=DRIVER_DATA, mounts=folders, devices=DEVICES)
    mounts.assemble(tree)
    mounts.mount_tmp("/tmp", size_bytes=GPU.tmp_bytes, inodes=GPU.tmp_inodes)


# --- the table --------------------------------------------------------------------------------------------------------

_HEAD: Final = """# Attack matrix

Written by `renderserver attack --write-matrix docs/attack-matrix.md`, on Linux {release}. Not edited by hand.

## Both paths, as they serve

{count} probes on each path, and through each launcher that was tried. *Defeated*: the attempt failed inside a real
worker, the host noticed nothing, and the very same attempt worked with no sandbox around it. *Blind*: it does not work
without a sandbox either on this kernel, is allowed on purpose, or was never come to, so it shows nothing. Other kernels
are in [kernels.md](kernels.md).

| # | probe | {paths} |
|---|---|{rule}|
"""
_ALONE: Final = """
## Each layer alone

The same attempt in throwaway namespaces, as their root, with one layer of the GPU path's policy around it and no other.
`x`: stopped by this layer alone; `.`: not stopped; empty: not tried. Where two or more stop it, taking any one away
leaves another. What takes more than one attempt in one worker (12, 14, 17, 20, 30, 44, 45, 46, 49, 50, 51) is not in
this table: 14 is 13 on another target, 30 is 28 and 29, and the others are a look from outside or a limit.

| # | variant | {layers} | layers |
|---|---|{rule}|---|
"""


def markdown(rows: Sequence[ProbeRow], alone: Alone) -> str:
    """Both tables, as docs/attack-matrix.md has them."""
    places = list(dict.fromkeys(_place(row) for row in rows))
    numbers = sorted({row.probe for row in rows})
    head = _HEAD.format(
        release=os.uname().release, count=len(numbers), paths=" | ".join(places), rule="|".join("---" for _ in places)
    )
    by_place = {(row.probe, _place(row)): row for row in rows}
    table = [_row(number, [by_place.get((number, place)) for place in places]) for number in numbers]
    tail = _ALONE.format(layers=" | ".join(LAYERS), rule="|".join("---" for _ in LAYERS))
    lines = [_line(number, variant, stopped) for (number, variant), stopped in alone.items()]
    return head + "\n".join(table) + "\n" + _blind(rows) + tail + "\n".join(lines) + "\n" + _thin(alone)


def _place(row: ProbeRow) -> str:
    return row.path if row.launcher == NATIVE else f"{row.path}, {row.launcher}"


def _row(number: int, rows: Sequence[ProbeRow | None]) -> str:
    return f"| {number} | {TITLES[number]} | {' | '.join(_cell(row) for row in rows)} |"


def _cell(row: ProbeRow | None) -> str:
    """Empty where it was not tried."""
    return "" if row is None else row.result.value + (f": {', '.join(row.stopped_by)}" if row.stopped_by else "")


def _blind(rows: Sequence[ProbeRow]) -> str:
    """Every variant that shows nothing, and why."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for verdict in row.verdicts:
            if verdict.finding is Finding.BLIND:
                found.setdefault(f"{row.probe} {verdict.say()}", []).append(_place(row))
    said = [f"- {text} ({'; '.join(places)})" for text, places in found.items()]
    return "\nBlind, variant by variant:\n\n" + "\n".join(said) + "\n" if said else ""


def _line(number: int, variant: str, stopped: Mapping[str, bool]) -> str:
    marks = ["" if layer not in stopped else "x" if stopped[layer] else "." for layer in LAYERS]
    return f"| {number} | {variant} | {' | '.join(marks)} | {sum(stopped.values())} |"


def _thin(alone: Alone) -> str:
    """The variants with one layer, by name: there is nothing behind it."""
    single = [f"{number} {variant}" for (number, variant), stopped in alone.items() if sum(stopped.values()) == 1]
    none = [f"{number} {variant}" for (number, variant), stopped in alone.items() if not any(stopped.values())]
    return (
        f"\nStopped by one layer only ({len(single)}): {', '.join(single) or 'none'}. Calls that need no power and "
        "name no object have nothing but the filter in their way; how many descriptors there are is a limit's business "
        "alone.\n"
        f"\nStopped by no layer alone ({len(none)}): {', '.join(none) or 'none'}. Turning memory executable is allowed "
        "where the GL driver is a compiler, as a software driver is.\n"
    )
