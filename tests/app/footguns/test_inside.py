from __future__ import annotations

import errno
import os

import pyseccomp

from app.footguns.inside import PROBED, Reach, capability_names, describe, probe
from sandbox.mechanisms import capabilities


def test_what_is_said_is_about_this_process() -> None:
    said = dict(describe())
    assert said["user"].startswith(f"uid {os.getuid()} ")
    calls = " ".join(detail.partition(": ")[2] for subject, detail in said.items() if subject.startswith("calls "))
    assert sorted(calls.split()) == sorted(PROBED)


def test_names_of_capabilities() -> None:
    assert capability_names(0, 40) == "none"
    assert capability_names(1 << 21, 40) == "sys_admin"
    assert capability_names((1 << 41) - 1, 40) == "all"
    assert capability_names((1 << 41) - 1 - (1 << 21), 40) == "all but sys_admin"


def test_a_call_that_no_kernel_here_has_is_absent() -> None:
    assert probe("no_such_call") is Reach.ABSENT


def test_a_filter_is_told_by_how_it_answers() -> None:
    """In a child, since a filter stays for good."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if _under_a_filter() else 1
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


def _under_a_filter() -> bool:
    table = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    table.add_rule(pyseccomp.ERRNO(errno.EPERM), "landlock_create_ruleset")
    table.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "memfd_create")
    table.add_rule(pyseccomp.KILL_PROCESS, "pidfd_open")
    capabilities.no_new_privs()
    table.load()
    names = ("landlock_create_ruleset", "memfd_create", "pidfd_open", "socket")
    found = [probe(name) for name in names]
    return found == [Reach.REFUSED, Reach.ABSENT, Reach.KILLED, Reach.REACHED]
