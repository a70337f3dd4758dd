"""Which rules of a policy are really used: strace's record of real workers, held against the policy.

The workers run under their real filters, so nothing is recorded that would not also be allowed; strace (``--raw``)
prints every call that enters, also one that is then killed or answered. A task counts from its first ``seccomp`` call
on; its second stacks the tighter filter on the whole process (TSYNC), so threads are followed through ``clone``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sandbox.mechanisms.rules import Rule, SyscallGroup
from sandbox.policy.explain import stages_of
from sandbox.policy.model import SandboxPolicy

STRACE: Final = ("strace", "--follow-forks", "--pidns-translation", "--raw=!clone", "--quiet=all", "--signal=none")
"""To which an operator adds ``--output FILE --attach PID``."""

_CLONE_THREAD: Final = 0x10000
_EARLY: Final = 64
_FLAG_NAMES: Final = (
    *("VM", "FS", "FILES", "SIGHAND", "PIDFD", "PTRACE", "VFORK", "PARENT", "THREAD", "NEWNS", "SYSVSEM", "SETTLS"),
    *("PARENT_SETTID", "CHILD_CLEARTID", "DETACHED", "UNTRACED", "CHILD_SETTID", "NEWCGROUP", "NEWUTS", "NEWIPC"),
    *("NEWUSER", "NEWPID", "NEWNET", "IO"),
)
_CLONE_FLAGS: Final = {f"CLONE_{name}": 1 << bit for bit, name in enumerate(_FLAG_NAMES, start=8)} | {"SIGCHLD": 17}
_CALL: Final = re.compile(r"^(?P<tid>\d+) +(?P<name>\w+)\((?P<arguments>[^)<]*)")
_RESUMED: Final = re.compile(r"^(?P<tid>\d+) +<\.\.\. clone resumed>")
_RESULT: Final = re.compile(r"= (?P<result>\w+)(?: /\* (?P<outer>\d+) in strace's PID NS \*/)?\s*$")


@dataclass(frozen=True, slots=True)
class Use:
    """How often one rule was what a call met, under one filter (``stage``: gpu, gpu-sealed, …)."""

    stage: str
    group: SyscallGroup
    rule: Rule
    count: int


@dataclass(slots=True)
class _TracedTask:
    """``filters``: how many are installed. ``process``: the first task of its thread group. ``early``: what it called
    before it was known under a filter; a new thread may be seen before the call that made it returns."""

    process: int
    filters: int = 0
    early: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)


@dataclass(slots=True)
class Recorder:
    """Feed it strace's lines, in order; ``workers`` counts processes that were seen under a filter."""

    policy: SandboxPolicy
    met: Counter[tuple[str, Rule]] = field(default_factory=Counter)
    unmet: Counter[tuple[str, str]] = field(default_factory=Counter)
    _tasks: dict[int, _TracedTask] = field(default_factory=dict)
    _cloning: set[int] = field(default_factory=set)

    @property
    def workers(self) -> int:
        return len({task.process for task in self._tasks.values() if task.filters})

    def feed(self, lines: Iterable[str]) -> None:
        for line in lines:
            if match := _CALL.match(line):
                name = match["name"]
                arguments = (_clone_flags(line),) if name == "clone" else _numbers(match["arguments"])
                self._call(int(match["tid"]), name, arguments, line)
            elif (match := _RESUMED.match(line)) and int(match["tid"]) in self._cloning:
                self._born(int(match["tid"]), line)

    def uses(self) -> Iterator[Use]:
        """Every rule of every stage, the unused with a count of 0."""
        for stage in stages_of(self.policy):
            for group in stage.syscalls:
                yield from (Use(stage.name, group, rule, self.met[stage.name, rule]) for rule in group.rules)

    def _call(self, tid: int, name: str, arguments: tuple[int, ...], line: str) -> None:
        task = self._tasks.setdefault(tid, _TracedTask(tid))
        if task.filters:
            self._count(task, name, arguments)
        elif len(task.early) < _EARLY:
            task.early.append((name, arguments))
        if name == "seccomp":
            self._filtered(task)
        elif name == "clone" and arguments and arguments[0] & _CLONE_THREAD:
            self._cloning.add(tid)
            self._born(tid, line)

    def _count(self, task: _TracedTask, name: str, arguments: tuple[int, ...]) -> None:
        stages = stages_of(self.policy)
        stage = stages[min(task.filters, len(stages)) - 1]
        rule = _decides(stage, name, arguments)
        if rule is not None:
            self.met[stage.name, rule] += 1
        else:
            self.unmet[stage.name, name] += 1

    def _filtered(self, task: _TracedTask) -> None:
        filters = task.filters + 1
        for other in self._tasks.values():
            if other.process == task.process:
                other.filters = filters

    def _born(self, tid: int, line: str) -> None:
        """A thread has what its maker had; its number stands where the call returns, maybe on a later line."""
        match = _RESULT.search(line)
        if match is None or match["result"] == "?":
            return
        self._cloning.discard(tid)
        maker, number = self._tasks[tid], match["outer"] or match["result"]
        thread = self._tasks[int(number, 0)] = self._tasks.pop(int(number, 0), _TracedTask(0))
        thread.process, thread.filters = maker.process, maker.filters
        for name, arguments in thread.early if thread.filters else ():
            self._count(thread, name, arguments)
        thread.early.clear()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part, 0) for part in text.replace(" ", "").split(",") if re.fullmatch(r"0x[0-9a-f]+|\d+", part))


def _clone_flags(line: str) -> int:
    """Clone alone is printed in words: only then does strace translate the number of the thread it returns."""
    flags = re.search(r"flags=([^,)<\s]*)", line)
    named = flags[1].split("|") if flags else []
    return sum(int(name, 0) if name.startswith("0x") else _CLONE_FLAGS.get(name, 0) for name in named)


def _decides(stage: SandboxPolicy, name: str, arguments: tuple[int, ...]) -> Rule | None:
    six = (*arguments, 0, 0, 0, 0, 0, 0)
    found = [rule for group in stage.syscalls for rule in group.rules if rule.name == name]
    return next((rule for rule in found if all(_matches(rule, six, at) for at in range(len(rule.args)))), None)


def _matches(rule: Rule, arguments: tuple[int, ...], at: int) -> bool:
    arg = rule.args[at]
    given = arguments[arg.index]
    return given == arg.value if arg.mask is None else given & arg.mask == arg.value
