"""The kernels that the sandbox is tried on, as data: how each is booted, what is run there, what must come of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

USER: Final = 1000
QUICK: Final = (1, 7, 13, 17, 19, 20, 21, 25, 28, 43, 44, 47, 51)
"""Probes whose outcome hangs on the kernel's version, on its cgroups or on user namespaces; every layer stops one."""
RENDERS: Final = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One command in the guest: Python with ``arguments``. It must end with ``status`` and say ``says`` (a regular
    expression over all that it prints). ``uid``: who runs it; its cgroup is delegated to it."""

    name: str
    arguments: tuple[str, ...]
    what: str
    status: int = 0
    says: str = ""
    silent: str = ""
    """What it must not say."""
    uid: int = 0
    timeout_s: int = 600
    environment: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, status: str, said: str) -> str:
        """What differs from what was expected; nothing where it is as it must be."""
        if status != str(self.status):
            return f"status {status or 'none: it never ended'}, not {self.status}"
        if self.says and not re.search(self.says, said, re.DOTALL):
            return f"does not say {self.says!r}"
        if self.silent and re.search(self.silent, said, re.DOTALL):
            return f"says {self.silent!r}"
        return ""


@dataclass(frozen=True, slots=True)
class Boot:
    """``append``: what is added to the kernel's command line; ``note``: what cannot be tried on it, and why."""

    name: str
    title: str
    append: str
    steps: tuple[Step, ...]
    note: str = ""


def suite(name: str, *arguments: str, what: str, **options: Any) -> Step:
    """Tests of the project's own, none of which may fail. ``options``: of the step."""
    command = ("-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments)
    return Step(name, command, what, says=r"\d+ passed", **options)


def attack(name: str, *paths: str, what: str, waive: str = "", timeout_s: int = 900) -> Step:
    """The attack suite against real fork servers of the renderer; ``paths``: none for both."""
    probes = tuple(word for number in QUICK for word in ("--probe", str(number)))
    chosen = tuple(word for path in paths for word in ("--path", path))
    command = ("-m", "app", "attack", "--json", "--renders", str(RENDERS), *probes, *chosen)
    return Step(
        name,
        command,
        what,
        says=r'"result": "(defeated|blind)"',
        silent=r'"escaped"',
        timeout_s=timeout_s,
        environment={"RENDERSERVER_WAIVE": waive} if waive else {},
    )


def render(path: str) -> tuple[str, ...]:
    return ("-m", "app", "render", "/vm/document.json", "/tmp/picture.png", "--path", path)


BOOTS: Final = (
    Boot(
        "cgroup-v2",
        "cgroup v2 alone, as systemd has it",
        "cgroup_no_v1=all",
        (
            Step(
                "doctor",
                ("-m", "app", "doctor"),
                "as root in a delegated cgroup: every layer of both paths in force",
                says=r"cgroups +version 2, writable.*gpu path +userns.*cgroup-v2.*seccomp",
            ),
            Step(
                "doctor-user",
                ("-m", "app", "doctor"),
                "as an ordinary user in a delegated cgroup: every layer of both paths in force",
                says=r"running as uid 1000.*gpu path +userns.*cgroup-v2.*seccomp",
                uid=USER,
            ),
            suite(
                "sandbox",
                *("tests/sandbox/mechanisms/test_cgroups.py", "tests/sandbox/composition/test_enter.py"),
                "tests/sandbox/composition/test_exhaustion.py",
                what="the tests of cgroups, of the composition and of what uses them up",
                timeout_s=1500,
            ),
            attack("attack", what="the attack suite on both paths"),
        ),
    ),
    Boot(
        "container",
        "docker-compose.yml under crun and runC, with cgroup v2 and the AppArmor profile",
        "cgroup_no_v1=all apparmor_load",
        (
            suite(
                "container",
                "tests/deploy/test_container.py",
                what="both paths draw, confined by the profile, with the limits in force",
                timeout_s=1500,
                silent="skipped",
            ),
        ),
    ),
    Boot(
        "no-user-namespaces",
        "user.max_user_namespaces=0, as hardened hosts have it",
        "sysctl.user.max_user_namespaces=0",
        (
            Step(
                "doctor",
                ("-m", "app", "doctor"),
                "says that no user namespace can be made, and how to get them; the CPU path is ready",
                status=1,
                says=r"user namespaces +none can be made.*max_user_namespaces.*ok +cpu path.*MISSING +gpu path +userns",
            ),
            Step("render-cpu", render("cpu"), "the CPU path draws", says=r"drawn by +cpu path"),
            Step(
                "render-gpu",
                render("gpu"),
                "the GPU path is refused, and userns named",
                status=3,
                says=r"the layer userns is missing.*max_user_namespaces",
            ),
            suite(
                "sandbox",
                *("tests/sandbox/mechanisms/test_seccomp.py", "tests/sandbox/mechanisms/test_capabilities.py"),
                *("tests/sandbox/mechanisms/test_rlimits.py", "tests/sandbox/mechanisms/test_arena.py"),
                # An ordinary user can empty the bounding set nowhere else; the server was started by root here.
                "--deselect=tests/sandbox/mechanisms/test_capabilities.py::test_renounce_leaves_nothing_whoever_started_it",
                what="the tests of what the CPU path is locked by",
            ),
        ),
        note="The attack suite cannot be run here: its controls need throwaway user namespaces, and there are none.",
    ),
    Boot(
        "no-landlock",
        "Landlock not among the LSMs",
        "lsm=lockdown,yama,apparmor",
        (
            Step(
                "render-gpu",
                render("gpu"),
                "the GPU path is refused, and landlock named",
                status=3,
                says=r"the layer landlock is missing.*lsm=landlock",
            ),
            Step(
                "render-waived",
                render("gpu"),
                "waived by name, it draws, and does not claim to have it",
                says=r"drawn by +gpu path.*sandbox +userns.*seccomp",
                silent=r"sandbox[^\n]*(\n {8}[^\n]*)*landlock",
                environment={"RENDERSERVER_WAIVE": "landlock"},
            ),
            suite(
                "sandbox",
                *("tests/sandbox/mechanisms/test_landlock.py", "tests/sandbox/composition/test_enter.py"),
                what="the tests of the composition, without that layer",
            ),
            attack("attack", "gpu", what="the attack suite on the GPU path, Landlock waived", waive="landlock"),
        ),
    ),
)


def as_it_is(boot: Boot) -> Boot:
    return boot


def quick(boot: Boot) -> Boot:
    """The same without the attack suite."""
    return replace(boot, steps=tuple(step for step in boot.steps if "attack" not in step.arguments))


def thorough(boot: Boot) -> Boot:
    """The same with all of the attack suite's probes, and four times the time for everything."""
    return replace(boot, steps=tuple(_thorough(step) for step in boot.steps))


def _thorough(step: Step) -> Step:
    chosen = {index + offset for index, word in enumerate(step.arguments) if word == "--probe" for offset in (0, 1)}
    kept = tuple(word for index, word in enumerate(step.arguments) if index not in chosen)
    return replace(step, arguments=kept, timeout_s=4 * step.timeout_s)
