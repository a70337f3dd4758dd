"""Attacks that take more than one attempt in one worker: a look from outside, two renders at once, limits, the death of
the supervisor. Each gives a trial for a fork server under attack, and has a control of its own."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import stat
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sandbox.attack import control, leftovers
from sandbox.attack.attempts import VARIANTS
from sandbox.attack.bait import SECRET
from sandbox.attack.control import Cell
from sandbox.attack.ground import MEMORY_BYTES, GoneError, Ground, working
from sandbox.attack.probe import UNTRIED, Trial
from sandbox.job import Outcome, Verdict
from sandbox.launchers import NESTED_CGROUPS
from sandbox.mechanisms.processes import children_of, descendants_of, state_of

_SETS: Final = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
_SPIN_S: Final = 0.8
_LONGER_THAN_ALLOWED_S: Final = 8
_SOON_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """``attack`` on a path; ``control``: the same thing with no sandbox."""

    attack: Callable[[Ground], Awaitable[Trial]]
    control: Callable[[], Trial]


# --- 3, 17, 19, 20: a worker at work, seen from outside ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What the host's /proc says of a process."""

    status: dict[str, str]
    ids: tuple[int, ...]
    uid_map: tuple[int, ...]
    fds: tuple[int, ...]
    folders: tuple[int, ...]


def look_at(pid: int) -> Seen:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    status = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
    fds = sorted(int(name) for name in os.listdir(f"/proc/{pid}/fd"))
    return Seen(
        status,
        tuple(int(text) for name in ("Uid", "Gid", "Groups") for text in status[name].split()),
        tuple(int(text) for text in Path(f"/proc/{pid}/uid_map").read_text().split()),
        tuple(fds),
        tuple(fd for fd in fds if stat.S_ISDIR(os.stat(f"/proc/{pid}/fd/{fd}").st_mode)),
    )


Find = Callable[[Seen, Sequence[int]], object]
_FDS: Final = (3, 4, 5)
_COMPOSED_FDS: Final = (0, 1, 2, 3, 4, 5, 6)


def seen(find: Find, layer: str) -> Scenario:
    """``find``: what is wrong with a process that may have these descriptors, or nothing."""

    async def attack(ground: Ground) -> Trial:
        spinning = asyncio.create_task(ground.send("45/spin", seconds=_SPIN_S))
        try:
            wrong = find(look_at(await working(ground.server)), _COMPOSED_FDS if ground.composed else _FDS)
        except (FileNotFoundError, ProcessLookupError) as error:
            raise GoneError("it had ended before it was looked at") from error
        finally:
            await spinning
        return Trial(
            "found" if wrong else "nothing", wrong, ground.harm(), (_own(layer, ground),), "read back from outside"
        )

    return Scenario(attack, lambda: control.in_throwaway(lambda: _look_at_child(find)))


def _own(layer: str, ground: Ground) -> str:
    """A worker that is not composed has no user namespace; there it is the fork server's own change of user."""
    return "unprivileged user" if layer == "userns" and not ground.composed else layer


def _look_at_child(find: Find) -> Trial:
    """An ordinary child, which has the folder that every process of the control has."""
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open("/", os.O_RDONLY | os.O_DIRECTORY), 9)
        os.kill(os.getpid(), signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    wrong = find(look_at(pid), ())
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return Trial("found" if wrong else "nothing", wrong)


def _strange_descriptors(found: Seen, expected: Sequence[int]) -> object:
    return [*found.folders, *sorted(set(found.fds) - set(expected))]


def _zero_ids(found: Seen, _: Sequence[int]) -> object:
    """Of the process, and behind its id map (a map of everything onto itself is that of the first namespace)."""
    behind = [] if found.uid_map[2] > 1 else [0 for number in found.uid_map[1::3] if number == 0]
    return [number for number in found.ids if number == 0] + behind


def _capabilities(found: Seen, _: Sequence[int]) -> object:
    return [name for name in _SETS if int(found.status[name], 16)]


def _locks(found: Seen, _: Sequence[int]) -> object:
    return (found.status["NoNewPrivs"], found.status["Seccomp"]) != ("1", "2")


# --- 12, 14, 30: two renders at once ----------------------------------------------------------------------------------


async def _neighbours(ground: Ground) -> Trial:
    """Each worker's /tmp and input hold a canary, put there from outside; one looks for the other's."""
    first = _beside(ground)
    pid = await working(ground.server)
    if ground.composed:
        ids = (ground.server.spec.uid, ground.server.spec.gid)
        written = {one: _write_as(*ids, f"/proc/{one}/root/tmp/render-{one}") for one in _workers(ground)}
        if not written[pid]:  # one that is still getting ready has no /tmp yet
            await first
            raise GoneError("the canary could not be put into the neighbour's /tmp")
    return await _with_neighbour(await ground.once("12/loot", neighbour=f"render-{pid}"), first)


def _beside(ground: Ground) -> asyncio.Task[Outcome]:
    """A render that works for so long, within limits of its own: those of the operator may be shorter."""
    limits = replace(ground.limits, wall_s=ground.beside_s + 20, cpu_s=ground.beside_s + 20)
    return asyncio.create_task(ground.send("45/spin", limits=limits, seconds=ground.beside_s))


async def _with_neighbour(trial: Trial, neighbour: asyncio.Task[Outcome]) -> Trial:
    """What the attempt has done to its neighbour is harm, however early that ended; one that ended well, but before the
    attempt did, was not there to be met."""
    late = neighbour.done()
    outcome = await neighbour
    if outcome.verdict is not Verdict.COMPLETED or b"still here" not in outcome.report:
        return replace(trial, harm=f"the sibling ended with {outcome.verdict.value}")
    if trial.failed and (late or trial.answer == UNTRIED):
        raise GoneError("its neighbour had ended before" if late else trial.detail)
    return trial


def _workers(ground: Ground) -> list[int]:
    return descendants_of(ground.server.pid or 0)


def _write_as(uid: int, gid: int, path: str) -> bool:
    """Root may go there, and is nobody there (its files would have no owner): so it is the worker's user who writes."""
    pid = os.fork()
    if pid == 0:
        try:
            folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(gid, gid, gid)
                os.setresuid(uid, uid, uid)
            fd = os.open(os.path.basename(path), os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=folder)
            os.write(fd, SECRET)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def _two_in_one_place() -> Trial:
    return control.run("12/loot", Cell(facts={"neighbour": "render-1", "amount": 1}))


def on_sibling(variant: str) -> Scenario:
    """A render that is at work beside the attacker; it must end as if nothing had been."""

    async def attack(ground: Ground) -> Trial:
        sibling = _beside(ground)
        pid = await working(ground.server)
        return await _with_neighbour(await ground.once(f"13/{variant}", victim=pid), sibling)

    return Scenario(attack, lambda: control.run(f"13/{variant}"))


def meeting(listen: str, connect: str) -> Scenario:
    """One render listens while the other calls."""

    async def attack(ground: Ground) -> Trial:
        both = await asyncio.gather(ground.attempt(listen), ground.attempt(connect))
        return max(both, key=lambda trial: not trial.failed)

    return Scenario(attack, lambda: control.run(connect))


# --- 44 to 47, 49, 50: limits -----------------------------------------------------------------------------------------


async def _memory(ground: Ground) -> Trial:
    """And a neighbour that renders meanwhile."""
    before = _oom_kills(ground)
    trial, neighbour = await asyncio.gather(
        ground.attempt("44/hoard", amount=4 * ground.limits.memory_bytes), ground.attempt("45/spin", seconds=0.2)
    )
    harm = trial.harm if neighbour.evidence == "still here" else f"the neighbour: {neighbour.answer}"
    if ground.composed and before is not None and trial.failed:
        if _oom_kills(ground) == before:
            return replace(trial, harm="the cgroup counted no kill")
        return replace(trial, harm=harm, detail=f"{trial.detail}, and the cgroup counted it")
    return replace(trial, harm=harm)


def _oom_kills(ground: Ground) -> int | None:
    """None where there is no cgroup, or where the one that counted went with its container."""
    slots = ground.server.slots
    if not slots or ground.launcher in NESTED_CGROUPS:
        return None
    return sum(slot.usage()["oom_kills"] for slot in slots)


def limited(name: str, verdict: Verdict, *, wall_s: float = 0.5, cpu_s: float = 10) -> Scenario:
    async def attack(ground: Ground) -> Trial:
        limits = replace(ground.limits, wall_s=wall_s, cpu_s=cpu_s)
        started = time.monotonic()
        trial = await ground.attempt(name, limits=limits, seconds=_LONGER_THAN_ALLOWED_S)
        elapsed = time.monotonic() - started
        if trial.answer == UNTRIED:
            return trial
        if trial.failed and trial.answer != verdict.value:
            return replace(trial, harm=f"it ended with {trial.answer}, not {verdict.value}")
        return replace(trial, detail=f"{trial.answer} after {elapsed:.1f} s")

    return Scenario(attack, lambda: control.run(name, Cell(facts={"seconds": 2 * wall_s if wall_s < 1 else 1.0})))


def _endless(name: str) -> Scenario:
    """The client never holds more than the limit of what a worker writes."""

    async def attack(ground: Ground) -> Trial:
        limits = replace(ground.limits, output_bytes=3 << 20)
        before = _resident_bytes()
        outcome = await ground.send(name, limits=limits, amount=1 << 30)
        grown = _resident_bytes() - before
        trial = ground.judged(name, outcome)
        if len(outcome.output) > limits.output_bytes or grown > 8 * limits.output_bytes:
            return replace(trial, harm=f"{len(outcome.output)} bytes came through, {grown} stayed")
        if trial.answer == UNTRIED:
            return trial
        return replace(trial, detail=f"{trial.detail} at {len(outcome.output)} bytes")

    return Scenario(attack, lambda: control.run(name))


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


async def _crash(ground: Ground) -> Trial:
    before = await ground.render()
    crash = await ground.send("50/crash")
    after = await ground.render()
    if crash.verdict is not Verdict.KILLED:
        return Trial(crash.verdict.value, f"it did not crash: {crash.report!r}", ground.harm())
    same = before.verdict is after.verdict is Verdict.COMPLETED and before.output == after.output
    harm = ground.harm() if same else f"the next render differs: {after.verdict.value}"
    detail = f"{crash.signal}, and the next picture has the same {len(after.output)} bytes ({_digest(after)})"
    return Trial(crash.signal or "crash", None, harm, ("one worker per render",), detail)


def _digest(outcome: Outcome) -> str:
    return hashlib.sha256(outcome.output).hexdigest()[:12]


def _crash_in_one_process() -> Trial:
    """Without a process of its own the crash takes the next render with it."""
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
        os._exit(0)  # the next render: never reached
    return Trial("worked", os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGSEGV)


# --- 13, 14, 43 once more: the supervisor dies ------------------------------------------------------------------------


def orphaned(attempt: str) -> Scenario:
    """The fork server is killed while a worker that will attack in a moment is at work."""

    async def attack(ground: Ground) -> Trial:
        attacker = asyncio.create_task(ground.send(attempt, after_s=_SOON_S))
        await working(ground.server)
        pid = ground.server.pid
        workers = descendants_of(pid or 0)
        ground.server.exercised.clear()
        os.kill(pid or 0, signal.SIGKILL)
        survivors = await _survivors(workers)
        await asyncio.wait([attacker])
        attacker.exception()
        await _back(ground)
        evidence = [f"worker {pid} lives" for pid in survivors]
        detail = f"its {len(workers)} workers died with it"
        return Trial("died", evidence, ground.harm(), ("PDEATHSIG", "ptrace exit-kill"), detail)

    return Scenario(attack, lambda: control.in_throwaway(_orphan_lives))


async def _survivors(workers: list[int]) -> list[int]:
    """Those still there long before they would have attacked."""
    alive = workers
    for _ in range(int(_SOON_S * 25)):
        alive = [pid for pid in workers if state_of(pid) not in ("", "Z", "X")]
        if not alive:
            return []
        await asyncio.sleep(0.02)
    return alive


async def _back(ground: Ground) -> None:
    """Until the client has started another fork server."""
    while not ground.server.ready:  # noqa: ASYNC110 - the client has nothing to wait for
        await asyncio.sleep(0.02)


def _orphan_lives() -> Trial:
    parent = os.fork()
    if parent == 0:
        if os.fork() == 0:
            signal.pause()
        signal.pause()
    children: list[int] = []
    while not children:
        children = children_of(parent)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    time.sleep(0.1)
    return Trial("lives on", state_of(children[0]) == "S")


SCENARIOS: Final[dict[int, dict[str, Scenario]]] = {
    3: {"descriptors": seen(_strange_descriptors, "descriptors")},
    12: {"loot": Scenario(_neighbours, _two_in_one_place)},
    13: {"supervisor-killed": orphaned("13/kill")},
    14: {name: on_sibling(name) for name in VARIANTS[13]} | {"supervisor-killed": orphaned("13/process_vm_readv")},
    17: {"ids": seen(_zero_ids, "userns")},
    19: {"sets": seen(_capabilities, "capabilities")},
    20: {"locks": seen(_locks, "no-new-privs")},
    30: {
        "loopback": meeting("32/listen", "28/tcp"),
        "abstract": meeting("32/listen-abstract", "29/connect"),
    },
    43: {"supervisor-killed": orphaned("43/fork-bomb")},
    44: {"hoard": Scenario(_memory, lambda: control.run("44/hoard", Cell(facts={"amount": 2 * MEMORY_BYTES})))},
    45: {
        "wall": limited("45/spin", Verdict.LIMIT_WALL),
        "cpu": limited("45/spin", Verdict.LIMIT_CPU, wall_s=10, cpu_s=1),
    },
    46: {"read": limited("46/read", Verdict.LIMIT_WALL)},
    47: {"huge-file": _endless("47/huge-file")},
    49: {"flood": _endless("49/flood")},
    50: {"crash": Scenario(_crash, lambda: control.in_throwaway(_crash_in_one_process))},
    51: {"renders": Scenario(leftovers.attack, lambda: control.in_throwaway(leftovers.leave_some))},
}
