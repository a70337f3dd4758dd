"""From strace's lines to used rules. Lines are as strace 6.1 writes them, of workers in a pid namespace."""

from __future__ import annotations

from collections import Counter

from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.gpu import GPU
from sandbox.policy.kept import KEPT
from sandbox.policy.recorder import Recorder
from sandbox.policy.registry import RECIPES, make

LOCK = "70  seccomp(0x1, 0, 0x7ffc)         = 0\n"
SEAL = "70  seccomp(0x1, 0x1, 0x7ffc)       = 0\n"
THREAD = (
    "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|"
    "CLONE_CHILD_CLEARTID"
)


def used(recorder: Recorder) -> dict[tuple[str, str, int | None], int]:
    found: Counter[tuple[str, str, int | None]] = Counter()
    for use in recorder.uses():
        found[use.stage, use.rule.name, use.rule.args[0].value if use.rule.args else None] += use.count
    return {key: count for key, count in found.items() if count}


def test_only_what_comes_after_the_lock_counts_and_by_its_arguments() -> None:
    recorder = Recorder(CPU_STRICT)
    recorder.feed(
        [
            "70  write(0x4, 0x7f00, 0x10)        = 0x10\n",
            LOCK,
            "70  write(0x4, 0x7f00, 0x10)        = 0x10\n",
            "70  write(0x5, 0x7f00, 0x10)        = 0x10\n",
            "70  write(0x2, 0x7f00, 0x10)        = -1 EBADF (Bad file descriptor)\n",
            "70  exit_group(0)                   = ?\n",
            "69  write(0x4, 0x7f00, 0x10)        = 0x10\n",
        ]
    )
    assert used(recorder) == {
        ("cpu-strict", "write", 4): 1,
        ("cpu-strict", "write", 5): 1,
        ("cpu-strict", "write", 2): 1,
        ("cpu-strict", "exit_group", None): 1,
    }
    assert recorder.workers == 1
    assert not recorder.unmet


def test_a_call_that_meets_no_rule_is_told() -> None:
    recorder = Recorder(CPU_STRICT)
    recorder.feed([LOCK, "70  openat(0xffffff9c, 0x7f00, 0) = ?\n", "70  write(0x7, 0x7f00, 0x1)  = ?\n"])
    assert recorder.unmet == {("cpu-strict", "openat"): 1, ("cpu-strict", "write"): 1}


def test_a_call_cut_in_two_by_another_task_counts_once() -> None:
    recorder = Recorder(GPU)
    recorder.feed([LOCK, "70  futex(0x7f00, 0x80 <unfinished ...>\n", "70  <... futex resumed>)  = 0\n"])
    assert used(recorder) == {("gpu", "futex", None): 1}


def test_a_thread_has_its_makers_filters_also_for_what_it_did_before_clone_returned() -> None:
    recorder = Recorder(GPU)
    recorder.feed(
        [
            LOCK,
            f"70  clone(child_stack=0x7f00, flags={THREAD} <unfinished ...>\n",
            "81  rseq(0x7f00, 0x20, 0, 0x53053053) = 0\n",
            "70  <... clone resumed>, parent_tid=[3 /* 81 in strace's PID NS */]) = 3 /* 81 in strace's PID NS */\n",
            "81  set_robust_list(0x7f00, 0x18)  = 0\n",
            SEAL,
            "81  sched_yield()  = 0\n",
        ]
    )
    assert used(recorder) == {
        ("gpu", "clone", 0x3D0F00): 1,
        ("gpu", "rseq", None): 1,
        ("gpu", "set_robust_list", None): 1,
        ("gpu", "seccomp", 1): 1,
        ("gpu-sealed", "sched_yield", None): 1,
    }
    assert recorder.workers == 1
    assert not recorder.unmet


def test_a_fork_is_no_thread() -> None:
    recorder = Recorder(GPU)
    recorder.feed([LOCK, "70  clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 82\n", "82  getpid() = 2\n"])
    assert recorder.unmet == {("gpu", "clone"): 1}
    assert ("gpu", "getpid", None) not in used(recorder)


def test_reasons_are_given_for_names_that_the_policies_allow_and_no_others() -> None:
    policies = {name: make(name) for name in RECIPES}
    assert KEPT.keys() == policies.keys()
    for name, policy in policies.items():
        allowed = {rule.name for group in policy.syscalls for rule in group.rules if rule.answer is None}
        assert KEPT[name].keys() <= allowed
