"""What a runtime makes of ``linux.seccomp``, as config-linux.md says: the reader for the round trip.

Written from the specification and not from the exporter: it knows only names, actions, operators and numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.mechanisms import seccomp
from tests.sandbox.bpf import ALLOW, ERRNO, KILL_PROCESS, Verdict

EPERM = 1
MASK_64 = (1 << 64) - 1
OPERATORS: dict[str, Callable[[int, int, int], bool]] = {
    "SCMP_CMP_NE": lambda given, value, _: given != value,
    "SCMP_CMP_LT": lambda given, value, _: given < value,
    "SCMP_CMP_LE": lambda given, value, _: given <= value,
    "SCMP_CMP_EQ": lambda given, value, _: given == value,
    "SCMP_CMP_GE": lambda given, value, _: given >= value,
    "SCMP_CMP_GT": lambda given, value, _: given > value,
    "SCMP_CMP_MASKED_EQ": lambda given, value, two: given & value == two,
}


class Profile:
    """A profile as a runtime holds it: by number, in order."""

    def __init__(self, profile: Mapping[str, Any]) -> None:
        self.default = action(profile["defaultAction"], profile.get("defaultErrnoRet"))
        self.entries: dict[int, list[Mapping[str, Any]]] = {}
        for entry in profile["syscalls"]:
            for name in entry["names"]:
                number = seccomp.number(name)
                if number is not None:
                    self.entries.setdefault(number, []).append(entry)

    def judge(self, number: int, *arguments: int) -> Verdict:
        """An entry decides if all of its args match. Raises AssertionError where two that match differ: which one a
        runtime would take is then not specified."""
        six = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
        found = {
            action(entry["action"], entry.get("errnoRet"))
            for entry in self.entries.get(number, ())
            if all(matches(arg, six) for arg in entry.get("args") or ())
        }
        assert len(found) <= 1, (seccomp.name_of(number), arguments, found)
        return found.pop() if found else self.default


def action(name: str, errno_ret: int | None) -> Verdict:
    if name == "SCMP_ACT_ERRNO":
        return Verdict(ERRNO, EPERM if errno_ret is None else errno_ret)
    return Verdict({"SCMP_ACT_ALLOW": ALLOW, "SCMP_ACT_KILL_PROCESS": KILL_PROCESS}[name])


def matches(arg: Mapping[str, Any], arguments: Sequence[int]) -> bool:
    given = arguments[arg["index"]] & MASK_64
    return OPERATORS[arg["op"]](given, arg["value"], arg.get("valueTwo", 0))
