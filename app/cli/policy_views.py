"""How ``renderserver policy`` looks on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandbox.mechanisms.rules import SyscallGroup
from sandbox.policy import words
from sandbox.policy.difference import PolicyDifference
from sandbox.policy.explain import Explanation, Fate, FilterStage, stages_of
from sandbox.policy.model import Mount, SandboxPolicy
from sandbox.policy.units import KIB, MIB

STOCK_PROFILE = 294
"""Names that the stock container profile of containerd and Docker allows without a condition (early 2025's version)."""
_COLOURS = {Fate.ALLOWED: "green", Fate.SOME: "green", Fate.ANSWERED: "yellow", Fate.KILLED: "red"}
_FILTER = "seccomp: no rule names it, and what is not named kills the process before the kernel looks at the call"


def show(policy: SandboxPolicy, console: Console) -> None:
    """Everything, layers first."""
    console.print(Text(f"Policy {policy.name}", "bold"), "\n")
    table = _table()
    for name, value in _settings(policy):
        table.add_row(Text(name, "bold"), Text(value))
    console.print(table)
    _mounts(policy.mounts, console)
    for stage in stages_of(policy):
        _calls(stage, console)


def _settings(policy: SandboxPolicy) -> Iterator[tuple[str, str]]:
    yield "layers", ", ".join(policy.layers)
    if policy.namespaces:
        optional = [f"{space.value} (where the kernel has it)" for space in policy.optional_namespaces]
        yield "namespaces", ", ".join([*(space.value for space in policy.namespaces), *optional])
    if not policy.nested_user_namespaces:
        yield "nested", "no user namespace can be made in its own (where /proc/sys can be written)"
    if policy.cgroup:
        limits = policy.cgroup
        yield "cgroup", f"{_size(limits.memory_bytes)}, {limits.pids} processes, {limits.cpu_cores:g} cores"
    yield "rlimits", ", ".join(f"{limit.name} {_size(limit.value)}" for limit in policy.rlimits)
    yield "capabilities", ", ".join(policy.capabilities) or "none in any of the five sets"
    yield "securebits", ", ".join(policy.securebits)
    if policy.landlock:
        objects = policy.landlock
        said = [
            ("read", objects.read),
            ("write", objects.write),
            ("devices", objects.devices),
            ("list", objects.listed),
        ]
        rules = "; ".join(f"{verb} {' '.join(paths)}" for verb, paths in said if paths)
        yield "landlock", f"{rules}; what the tree holds; no TCP, abstract socket or signal leaves it"
    if policy.hostname:
        yield "host name", policy.hostname
    if policy.namespaces:
        yield "JIT", "memory may be turned executable (llvmpipe)" if policy.jit else "no memory is turned executable"


def _size(value: int) -> str:
    for unit, name in ((MIB, "MiB"), (KIB, "KiB")):
        if value >= unit and value % unit == 0:
            return f"{value // unit} {name}"
    return str(value)


def _mounts(mounts: Sequence[Mount], console: Console) -> None:
    if not mounts:
        return
    table = _table("Tree (and the libraries that a rehearsal has mapped, and the operator's folders)")
    for mount in mounts:
        kind = "the host's" if mount.source else f"tmpfs, {_size(mount.size_bytes)}"
        kind += ", if it is there" if mount.optional else ""
        table.add_row(Text(mount.target, "bold"), kind, Text(" ".join(mount.flags)), Text(mount.reason, "dim"))
    console.print(table)


def _calls(policy: SandboxPolicy, console: Console) -> None:
    rules = [rule for group in policy.syscalls for rule in group.rules]
    allowed = {rule.name for rule in rules if rule.answer is None}
    answered = {rule.name for rule in rules} - allowed
    console.print(
        Text(f"\nSystem calls, filter {policy.name}: {len(allowed)} names allowed", "bold"),
        Text(f"(the stock container profile: {STOCK_PROFILE}), {len(answered)} more only answered, all else killed"),
    )
    for group in policy.syscalls:
        console.print(Text(f"\n  {group.reason}", "cyan"))
        for line in _rules(group):
            console.print(line)


def _rules(group: SyscallGroup) -> Iterator[Text]:
    plain: dict[str, list[str]] = {}
    for rule in group.rules:
        if not rule.args:
            plain.setdefault(words.outcome(rule), []).append(rule.name)
    for outcome, names in plain.items():
        yield Text.assemble(("    " + _padded(outcome), _colour(outcome)), " ".join(names))
    for rule in (rule for rule in group.rules if rule.args):
        said = words.outcome(rule)
        yield Text.assemble(("    " + _padded(said), _colour(said)), rule.name, (f"  {words.conditions(rule)}", "dim"))


def _padded(outcome: str) -> str:
    return f"{outcome:<17}"


def _colour(outcome: str) -> str:
    return "green" if outcome == "allowed" else "yellow"


def explain(found: Sequence[Explanation], console: Console) -> None:
    first = found[0]
    number = f"number {first.number} on this machine" if first.number is not None else "not on this machine"
    console.print(Text.assemble((first.name, "bold"), f"  ({number})"))
    for each in found:
        for stage in each.stages:
            _stage(stage, console)
        _others(each, console)


def _stage(stage: FilterStage, console: Console) -> None:
    console.print(Text.assemble("\n", (stage.title, "bold"), "  ", (stage.fate.value, _COLOURS[stage.fate])))
    if not stage.reasons:
        console.print(Text(f"  {_FILTER}"))
    for reason in stage.reasons:
        when = f" if {reason.when}" if reason.when else ""
        console.print(Text.assemble((f"  {reason.outcome}", _colour(reason.outcome)), when))
        console.print(Text(f"      because: {reason.reason}", "dim"))
    if stage.reasons and stage.others_killed:
        console.print(Text("  killed with any other arguments (seccomp)", "red"))


def _others(each: Explanation, console: Console) -> None:
    """Other layers: after the filter for what it denies, around it for what it lets through."""
    if not each.guards:
        if all(stage.fate is Fate.KILLED for stage in each.stages):
            console.print(
                Text("  no other layer of this policy stands in its way: the filter is all there is", "yellow")
            )
        return
    console.print(Text("  beside the filter:"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    for guard in each.guards:
        table.add_row(Text(guard.layer, "bold"), Text(guard.why))
    console.print(table)


def plain(each: Explanation) -> dict[str, object]:
    """An explanation for JSON."""
    return {
        "syscall": each.name,
        "number": each.number,
        "policy": each.policy.name,
        "stages": [
            {**asdict(stage), "fate": stage.fate.value, "denied_by": "seccomp" if _denies(stage) else None}
            for stage in each.stages
        ],
        "guards": [{"layer": guard.layer, "why": guard.why} for guard in each.guards],
    }


def _denies(stage: FilterStage) -> bool:
    return stage.fate in (Fate.KILLED, Fate.ANSWERED)


def diff(
    pair: tuple[SandboxPolicy, SandboxPolicy],
    calls: Sequence[PolicyDifference],
    settings: Sequence[PolicyDifference],
    console: Console,
) -> None:
    one, other = (policy.name for policy in pair)
    if not calls and not settings:
        console.print(f"{one} and {other} are the same.")
    for title, found, missing in (("System calls", calls, "killed"), ("All else", settings, "–")):
        if found:
            table = _table(f"{title} ({len(found)} differ)", "", one, other)
            for each in found:
                table.add_row(Text(each.what, "bold"), _side(each.left, missing), _side(each.right, missing))
            console.print(table)


def _side(value: str | None, missing: str) -> Text:
    return Text(missing, "red dim") if value is None else Text(value)


def _table(title: str | None = None, *columns: str) -> Table:
    table = Table(
        *columns,
        title=f"\n{title}" if title else None,
        title_justify="left",
        title_style="bold",
        box=None,
        show_header=bool(columns),
        pad_edge=False,
    )
    table.padding = (0, 2, 0, 0)
    return table
