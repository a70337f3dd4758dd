"""A real fork server under attack, and what is made of how its workers end."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sandbox.attack import control, kernel
from sandbox.attack.attacker import ENTRY
from sandbox.attack.bait import Bait
from sandbox.attack.probe import KILLED, UNTRIED, Trial
from sandbox.client.forkserver import ForkServer
from sandbox.job import Limits, Outcome, Verdict
from sandbox.mechanisms import landlock, memfd, seccomp
from sandbox.mechanisms.mounts import lies_in
from sandbox.mechanisms.processes import descendants_of, state_of
from sandbox.mechanisms.rules import SyscallGroup
from sandbox.policy.model import SandboxPolicy
from sandbox.spec import NATIVE, Confinement, WorkerSpec

MEMORY_BYTES = 96 << 20
_OUTPUT_BYTES = 8 << 20
_LAUNCHED_BYTES = 384 << 20  # a launched worker has loaded everything itself
_BUSY = (44, 45, 50)  # probes that make no call: they go on until something ends them
_TRIES = 3
_SHUTS_OUT = {
    errno.ENOENT: "mountns",
    errno.EROFS: "mountns",
    errno.ENOSPC: "mountns",
    errno.ESRCH: "pidns",
    errno.ENOTDIR: "descriptors",
    errno.EBADF: "descriptors",
    errno.EMFILE: "rlimits",
    errno.EAGAIN: "rlimits",
    errno.EPERM: "capabilities",
    errno.ENETUNREACH: "netns",
    errno.ECONNREFUSED: "netns",
}
_LIMITS = {
    Verdict.LIMIT_WALL: ("supervisor",),
    Verdict.LIMIT_CPU: ("rlimits",),
    Verdict.LIMIT_OUTPUT: ("rlimits",),
}


class RefusedError(Exception):
    """A worker was not locked as it must be, so nothing was attacked and nothing has been shown."""


class GoneError(Exception):
    """A process that was to be looked at, or to be there beside an attempt, had ended; it has to be done again."""


@dataclass(frozen=True, slots=True)
class Document:
    """Something the wrapped entry can render, to see that it still does: header and inputs of a job."""

    header: bytes = b"{}"
    inputs: tuple[bytes, ...] = (b"the same document",)


@dataclass
class Ground:
    """One fork server, and the bait beside it."""

    server: ForkServer
    bait: Bait
    document: Document
    policy: SandboxPolicy
    program: int = field(default=-1)
    renders: int = 1000
    beside_s: float = 1.0
    """How long a neighbour works so that an attacker meets it."""

    @property
    def name(self) -> str:
        return self.server.spec.name

    @property
    def composed(self) -> bool:
        """Whether its workers have namespaces of their own, and a cgroup."""
        return self.server.spec.kind is Confinement.COMPOSED

    @property
    def launcher(self) -> str:
        return self.server.spec.launcher

    @property
    def limits(self) -> Limits:
        """Of an attempt that says nothing else."""
        return self.server.spec.limits

    async def attempt(self, name: str, *, limits: Limits | None = None, after_s: float = 0, **facts: Any) -> Trial:
        """One attempt in one worker, judged from inside and from outside. A worker that ended before it came to the
        attempt (its memory or its time were used up, on a slow or a full host) has shown nothing; there is another."""
        trial = await self.once(name, limits=limits, after_s=after_s, **facts)
        for _ in range(_TRIES - 1):
            if trial.harm or trial.answer != UNTRIED:
                break
            trial = await self.once(name, limits=limits, after_s=after_s, **facts)
        return trial

    async def once(self, name: str, *, limits: Limits | None = None, after_s: float = 0, **facts: Any) -> Trial:
        """The same, but never a second time: where something beside it must not have ended by then."""
        return self.judged(name, await self.send(name, limits=limits, after_s=after_s, **facts))

    def judged(self, name: str, outcome: Outcome) -> Trial:
        """With the harm done; :data:`UNTRIED` where it ended before the attempt by anything but the filter, which names
        the call that it found."""
        trial = replace(self.understand(outcome), harm=self.harm())
        ended = outcome.verdict is not Verdict.COMPLETED and outcome.syscall is None
        if not ended or kernel.tried(outcome.stage) is not None or int(name.partition("/")[0]) in _BUSY:
            return trial
        return replace(trial, answer=UNTRIED, stopped_by=(), detail=f"not tried: {trial.answer} before it")

    async def send(self, name: str, *, limits: Limits | None = None, after_s: float = 0, **facts: Any) -> Outcome:
        # The job's input. 3 input, 4 output, 5 report; in a composed worker 3 is the job's socket, and the input is 6.
        given = replace(self.bait.facts, **({"program_fd": 6 if self.composed else 3} | facts))
        header = json.dumps({"attack": name, "after_s": after_s, "facts": asdict(given)}).encode()
        # The input is a program that may be executed, for those who try to execute it.
        outcome = await self.server.submit(header, [self.program], limits)
        if outcome.verdict is Verdict.REFUSED:
            raise RefusedError(f"{self.name}: {outcome.refused_layer}: {outcome.detail}")
        return outcome

    async def render(self) -> Outcome:
        """What the server is there for."""
        fds = [memfd.seal_bytes(data) for data in self.document.inputs]
        try:
            return await self.server.submit(self.document.header, fds)
        finally:
            for fd in fds:
                os.close(fd)

    def harm(self) -> str:
        """What the bait has suffered; there is a new one then."""
        harm = self.bait.harmed()
        if harm:
            self.bait.renew()
        return harm

    def understand(self, outcome: Outcome) -> Trial:
        if outcome.syscall is not None:
            return self._killed_by_filter(outcome)
        if outcome.verdict is Verdict.COMPLETED:
            return self._answered(json.loads(outcome.report or b"{}"))
        if outcome.verdict is Verdict.LIMIT_MEMORY:
            layers = ("cgroup",) if self.composed else ("reserved heap", "seccomp")
            return Trial(outcome.verdict.value, stopped_by=layers, detail=outcome.verdict.value)
        answer = outcome.signal if outcome.verdict is Verdict.KILLED else outcome.verdict.value
        return Trial(answer or "died", stopped_by=_LIMITS.get(outcome.verdict, ()), detail=answer or "died")

    def _killed_by_filter(self, outcome: Outcome) -> Trial:
        """Only in the very call that was tried: a kill on the way there proves nothing."""
        tried = kernel.tried(outcome.stage)
        where = _name_of(tried)
        if tried is None or outcome.syscall not in (where, f"syscall_{tried}"):
            return Trial(KILLED, f"died in {outcome.syscall} before it tried {where}", detail="not tried")
        return Trial(KILLED, stopped_by=(seccomp.LAYER,), detail=f"SIGSYS in {outcome.syscall}")

    def _answered(self, report: dict[str, Any]) -> Trial:
        if "errno" not in report:
            evidence = report.get("evidence")
            return Trial("worked" if evidence else "nothing came of it", evidence)
        name, arguments = report["call"]
        answer = errno.errorcode.get(report["errno"], "?")
        if answers(self.policy, name, arguments, report["errno"]):
            return Trial(answer, stopped_by=(seccomp.LAYER,), detail=f"{name} answered {answer} by the filter")
        layer = self._shuts_out(report["errno"])
        return Trial(answer, stopped_by=(layer,) if layer else (), detail=f"{name}: {answer}")

    def _shuts_out(self, number: int) -> str | None:
        """An ordinary file's mode refuses in Landlock's words; where there is no Landlock nobody is named."""
        if number == errno.EACCES:
            return landlock.LAYER if landlock.LAYER in self.server.layers else None
        return _SHUTS_OUT.get(number)


def _name_of(number: int | None) -> str:
    return "" if number is None else seccomp.name_of(number)


def answers(policy: SandboxPolicy, name: str, arguments: Sequence[int], number: int) -> bool:
    """Whether the filter itself gives this errno to the call. An argument of -1 is a pointer, and matches anything."""
    stacked = [groups for groups in (policy.syscalls, policy.sealed) if groups is not None]
    return any(_answer(groups, name, arguments) == number for groups in stacked)


def _answer(groups: tuple[SyscallGroup, ...], name: str, arguments: Sequence[int]) -> int | None:
    rules = [rule for group in groups for rule in group.rules if rule.name == name]
    for rule in rules:
        given = [(arg, arguments[arg.index] if arg.index < len(arguments) else 0) for arg in rule.args]
        if all(
            value == -1 or (value & (arg.mask if arg.mask is not None else ~0)) == arg.value for arg, value in given
        ):
            return rule.answer
    return None


# --- starting and stopping --------------------------------------------------------------------------------------------


@asynccontextmanager
async def ground(spec: WorkerSpec, folder: Path, document: Document | None = None) -> AsyncIterator[Ground]:
    """The fork server that ``spec`` describes, with the attacker around its entry and the bait mounted in."""
    with Bait(folder) as bait:
        server = ForkServer(_under_attack(spec, bait))
        await server.start()
        program = _sealed_program()
        try:
            yield Ground(server, bait, document or Document(), spec.policy_on(server.device), program)
        finally:
            os.close(program)
            await server.stop(grace_s=1)


def _under_attack(spec: WorkerSpec, bait: Bait) -> WorkerSpec:
    """The same, but for who works in it; what it mounts is laid where the bait does not."""
    taken = {target for _, target in bait.mounts}
    kept = [(s, t) for s, t in spec.mounts if not any(lies_in(t, place) for place in taken)]
    options = {} if spec.entry == ENTRY else {"entry": spec.entry, "entry_options": dict(spec.entry_options)}
    mounts = (*kept, *bait.mounts) if spec.kind is Confinement.COMPOSED else ()
    memory_bytes = MEMORY_BYTES if spec.launcher == NATIVE else _LAUNCHED_BYTES
    limits = replace(spec.limits, memory_bytes=memory_bytes, output_bytes=_OUTPUT_BYTES)
    return replace(spec, entry=ENTRY, entry_options=options, limits=limits, mounts=mounts)


def _sealed_program() -> int:
    fd = control.program()
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, memfd.SEALS)
    return fd


# --- looking from outside ---------------------------------------------------------------------------------------------


async def working(server: ForkServer) -> int:
    """The worker that is spinning on a job just now. Raises TimeoutError."""
    for _ in range(1500):
        running = [pid for pid in descendants_of(server.pid or 0) if state_of(pid) == "R"]
        await asyncio.sleep(0.02)
        for pid in running:
            if state_of(pid) == "R" and _is_locked(pid):
                return pid
    raise TimeoutError("no worker is at work")


def _is_locked(pid: int) -> bool:
    """And has a job: one that a tool has started is under a filter while it still loads."""
    try:
        locked = "\nSeccomp:\t2" in Path(f"/proc/{pid}/status").read_text()
        return locked and any("memfd:output" in os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
