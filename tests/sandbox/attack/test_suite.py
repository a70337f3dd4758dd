"""All 51 probes on both paths; and proof that the suite can fail."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.attack import matrix
from sandbox.attack.attempts import VARIANTS, greed
from sandbox.attack.bait import SECRET
from sandbox.attack.control import Cell, in_throwaway
from sandbox.attack.control import run as run_control
from sandbox.attack.ground import GoneError, answers, ground
from sandbox.attack.kernel import NUMBERS, Notes, tried
from sandbox.attack.probe import ALLOWED, UNTRIED, Finding, ProbeRow, Trial, VariantVerdict, judge
from sandbox.attack.scenarios import SCENARIOS, _with_neighbour
from sandbox.attack.suite import TITLES, attack, control_of, variants_of
from sandbox.job import Outcome, Verdict
from sandbox.mechanisms import seccomp
from sandbox.mechanisms.rules import Rule, SyscallGroup
from sandbox.policy.gpu import GPU
from sandbox.spec import Confinement, WorkerSpec
from tests.host import WAIVED
from tests.sandbox.launchers.tools import every_launcher

pytestmark = pytest.mark.long

RENDERS = 100
UNHARMED = Outcome(1, Verdict.COMPLETED, report=b"still here")
CPU = WorkerSpec("cpu", Confinement.LOCKED, "cpu-strict", "sandbox.attack.attacker:Attacker", waived=WAIVED)
SPECS = {"cpu": CPU, "gpu": replace(CPU, name="gpu", kind=Confinement.COMPOSED, policy="gpu")}
# What a kernel or its settings may lack, and then nobody can show anything.
MAY_BE_BLIND = {10, 15, 27, 33, 34, 35, 36, 38, 40, 41, 42}
ROOTS_ONLY = {17}


def run(spec: WorkerSpec, probes: list[int], *, renders: int = RENDERS) -> list[ProbeRow]:
    async def go() -> list[ProbeRow]:
        return [row async for row in attack([spec], probes, renders=renders)]

    return asyncio.run(go())


def expected(number: int) -> set[Finding]:
    blind = number in MAY_BE_BLIND or (number in ROOTS_ONLY and os.geteuid() != 0)
    return {Finding.DEFEATED, Finding.BLIND} if blind else {Finding.DEFEATED}


@pytest.mark.parametrize("path", ["cpu", "gpu"])
def test_nothing_escapes(path: str) -> None:
    probes = [number for number in TITLES if (path, number) != ("gpu", 44) or "cgroup" not in WAIVED]
    rows = run(SPECS[path], probes)
    assert [row.probe for row in rows] == probes
    assert {row.probe: row.why for row in rows if row.result not in expected(row.probe)} == {}
    assert all(row.stopped_by for row in rows if row.result is Finding.DEFEATED)


@pytest.mark.parametrize("launcher", every_launcher())
def test_nothing_escapes_a_worker_that_somebody_else_has_started(launcher: str) -> None:
    spec = replace(SPECS["gpu"], launcher=launcher)
    probes = [number for number in TITLES if number != 44 or "cgroup" not in WAIVED]
    rows = run(spec, probes, renders=8)
    assert {row.probe: row.why for row in rows if row.result is Finding.ESCAPED} == {}
    unexpected = {row.probe: row.why for row in rows if row.result not in expected(row.probe)}
    assert {number: why for number, why in unexpected.items() if not (number == 11 and "allowed: " in why)} == {}
    assert {row.launcher for row in rows} == {launcher}


def test_nothing_escapes_at_the_compute_level() -> None:
    rows = run(replace(CPU, policy="cpu-compute"), [number for number in VARIANTS if number not in SCENARIOS])
    assert {row.probe: row.why for row in rows if row.result not in expected(row.probe)} == {}


def test_every_probe_of_the_table_has_variants() -> None:
    assert list(TITLES) == list(range(1, 52))
    assert [number for number in TITLES if not variants_of(number)] == []
    assert not set(VARIANTS[13]) & set(SCENARIOS[13]), "no two variants of one name"


@pytest.mark.parametrize(
    ("path", "entry", "number", "variant"),
    [
        ("cpu", "Cpu", 1, "canary"),
        ("cpu", "Cpu", 24, "personality"),
        ("gpu", "Gpu", 24, "personality"),
        ("gpu", "Gpu", 37, "add_key"),
    ],
)
def test_a_weakened_policy_is_found_out(path: str, entry: str, number: int, variant: str) -> None:
    spec = replace(SPECS[path], entry=f"tests.sandbox.attack.weakened:{entry}")
    (row,) = run(spec, [number])
    assert row.result is Finding.ESCAPED, row.why
    assert row.to_json()["variants"][variant] == "escaped"


def test_harm_outside_is_an_escape_whatever_the_attacker_says() -> None:
    worked = Trial("worked", "evidence")
    assert judge(Trial("ENOENT"), worked) is Finding.DEFEATED
    assert judge(Trial("ENOENT", harm="tcp listener reached"), worked) is Finding.ESCAPED
    assert judge(worked, worked) is Finding.ESCAPED
    assert judge(worked, Trial("EPERM")) is Finding.ESCAPED
    assert judge(Trial("ENOENT"), Trial("EPERM")) is Finding.BLIND
    assert judge(Trial(ALLOWED), worked) is Finding.BLIND
    assert judge(Trial(UNTRIED), worked) is Finding.BLIND


def test_blind_is_never_counted_as_defeated() -> None:
    def row(*findings: Finding) -> ProbeRow:
        verdicts = tuple(VariantVerdict(str(n), Trial("x"), Trial("y"), one) for n, one in enumerate(findings))
        return ProbeRow(1, "title", "cpu", verdicts)

    assert row(Finding.BLIND, Finding.BLIND).result is Finding.BLIND
    assert row(Finding.BLIND, Finding.DEFEATED).result is Finding.DEFEATED
    assert row(Finding.DEFEATED, Finding.ESCAPED).result is Finding.ESCAPED
    assert row().result is Finding.BLIND


def test_what_was_tried_is_read_from_the_stage() -> None:
    notes: list[str] = []
    note = Notes()
    note.tell = notes.append
    note.note("mount", NUMBERS["mount"])
    assert tried(notes[0]) == NUMBERS["mount"]
    assert tried(None) is tried("working") is None


def test_an_attacker_without_a_clock_counts_its_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> float:
        raise OSError(errno.ENOSYS, "no clock")

    monkeypatch.setattr(time, "perf_counter", unreadable)
    now = greed.clock()
    assert [now() for _ in range(3)] == [0, 5e-7, 1e-6]


def test_an_errno_is_the_filters_only_where_a_rule_says_so() -> None:
    assert answers(GPU, "openat", (-100, -1, os.O_CREAT | os.O_WRONLY, 0o666), 30)
    assert not answers(GPU, "openat", (-100, -1, os.O_RDONLY, 0), 2)
    assert not answers(GPU, "openat", (-100, -1, os.O_RDONLY, 0), 30)


def test_a_kill_before_the_attempt_is_no_defeat() -> None:
    """The control notices as well: a filter that kills everything shows nothing about the probe."""
    nothing = seccomp.compile_filter([SyscallGroup("write", (Rule("write"),))])

    def die_early() -> None:
        seccomp.install(nothing)
        os.getppid()

    assert run_control("24/personality", Cell(around=die_early)).answer.startswith("not tried")
    assert run_control("24/personality", Cell(around=lambda: seccomp.install(nothing))).answer == "killed"


@pytest.mark.parametrize("path", ["cpu", "gpu"])
def test_a_worker_that_ended_before_the_attempt_has_shown_nothing(tmp_path: Path, path: str) -> None:
    """Its time was up first, as on a slow host; and what is only ever ended by its time still counts."""

    async def go() -> list[Trial]:
        async with ground(SPECS[path], tmp_path / "bait") as place:
            short = replace(place.limits, wall_s=0.2)
            return [await place.attempt(name, limits=short, after_s=5) for name in ("1/canary", "45/spin")]

    early, greedy = asyncio.run(go())
    assert (early.answer, early.stopped_by) == (UNTRIED, ())
    assert early.detail == "not tried: limit-wall before it"
    assert (greedy.answer, greedy.stopped_by) == ("limit-wall", ("supervisor",))


def test_the_control_cannot_see_the_host(tmp_path: object) -> None:
    """Its root is its own: a file of the host's is not there, and its process is not either."""
    secret = os.path.join(str(tmp_path), "secret")
    with open(secret, "wb") as file:
        file.write(SECRET)
    host_hostname = os.uname().nodename
    trial = in_throwaway(lambda: Trial("looked", [os.path.exists(secret), os.getpid(), sorted(os.listdir("/bait"))]))
    assert trial.evidence == [False, 1, []]
    assert control_of(39, "sethostname").evidence
    assert os.uname().nodename == host_hostname


@pytest.mark.parametrize(
    ("number", "variant", "layer", "stopped"),
    [
        (1, "canary", "mountns", True),
        (1, "canary", "pidns", False),
        (1, "canary", "landlock", True),
        (3, "dots", "landlock", True),
        (21, "unshare-user", "userns", True),
        (21, "unshare-user", "capabilities", False),
        (13, "kill", "pidns", True),
        (13, "kill", "capabilities", False),
        (19, "capset", "capabilities", True),
        (28, "tcp", "netns", True),
        (24, "personality", "seccomp", True),
        (24, "personality", "userns", False),
    ],
)
def test_a_layer_alone(number: int, variant: str, layer: str, stopped: bool) -> None:
    with matrix._layers() as layers:
        assert matrix.stops(number, variant, layers[layer]) is stopped


def test_the_matrix_is_a_table() -> None:
    verdict = VariantVerdict("canary", Trial("killed", stopped_by=("seccomp",)), Trial("worked", 1), Finding.DEFEATED)
    no_device = VariantVerdict("mknod", Trial("killed"), Trial("EPERM"), Finding.BLIND)
    rows = [
        ProbeRow(1, TITLES[1], "cpu", (verdict,)),
        *(ProbeRow(10, TITLES[10], path, (no_device,)) for path in ("cpu", "gpu")),
    ]
    text = matrix.markdown(rows, {(1, "canary"): {"mountns": True, "seccomp": False}})
    assert "| 1 | read what is not for it | defeated: seccomp |  |" in text
    assert "- 10 mknod: blind, the control cannot do it either (EPERM) (cpu; gpu)" in text
    assert "Stopped by one layer only (1): 1 canary" in text


@pytest.mark.parametrize(("ends", "told"), [(Outcome(1, Verdict.KILLED), "harm"), (UNHARMED, "gone")])
def test_a_neighbour_that_ended_first_was_killed_or_was_not_there(ends: Outcome, told: str) -> None:
    """A sibling that the attack has ended is harm, though the attacker says that it was denied."""

    async def go() -> str:
        neighbour = asyncio.ensure_future(asyncio.sleep(0, ends))
        await neighbour
        try:
            return "harm" if (await _with_neighbour(Trial("EPERM"), neighbour)).harm else "nothing"
        except GoneError:
            return "gone"

    assert asyncio.run(go()) == told
