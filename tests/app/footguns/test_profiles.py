"""deploy/: the container's own profiles. The seccomp profile is put into force for real, as the user and with the
capabilities of docker-compose.yml; no engine is needed for that."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.footguns.document import load
from tests.app.documents import document
from tests.app.footguns.profile import ROOT

PROFILE = ROOT / "deploy/seccomp.json"
GROUPS: list[dict[str, Any]] = json.loads(PROFILE.read_text())["syscalls"]
NESTED = sorted(name for group in GROUPS if group["comment"].startswith("nested sandbox") for name in group["names"])
FORBIDDEN = {
    *(
        "bpf",
        "perf_event_open",
        "init_module",
        "finit_module",
        "delete_module",
        "kexec_load",
        "kexec_file_load",
        "reboot",
    ),
    *("add_key", "keyctl", "request_key", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("open_by_handle_at", "setns", "chroot", "swapon", "swapoff", "acct", "syslog", "quotactl", "settimeofday"),
    *("clock_settime", "iopl", "ioperm", "pidfd_getfd", "kcmp", "fsopen", "fsmount", "fsconfig", "fspick"),
}
"""What Docker's own profile withholds from a container without capabilities, and a nested sandbox does not need."""


def under_the_profile(without: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "RENDERSERVER_WAIVE": "cgroup", "RENDERSERVER_POOL": "1"}
    program = [sys.executable, "-m", "tests.app.footguns.profile", str(PROFILE), without, *arguments]
    return subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False, **options)


@pytest.fixture(scope="module")
def can_be_tried() -> None:
    """As root a mount namespace makes the project readable for the container's user; else it is us."""
    if os.geteuid() == 0 and not Path(sys.executable).is_relative_to(ROOT):
        pytest.skip("the interpreter lies outside of the project, where the container's user may not come")
    if under_the_profile("", "-c", "import app.cli").returncode:
        pytest.skip("the container's user cannot read the interpreter or the project here")


def render(path: str, without: str = "") -> subprocess.CompletedProcess[bytes]:
    return under_the_profile(without, "-m", "app", "render", "-", "-", "--path", path, input=document())


@pytest.mark.parametrize("path", ["cpu", "gpu"])
def test_both_paths_draw_under_the_profile_without_a_capability(can_be_tried: None, path: str) -> None:
    drawn = render(path)
    assert drawn.returncode == 0, drawn.stderr.decode()
    assert drawn.stdout.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", NESTED)
def test_it_allows_no_more_for_the_nested_sandbox_than_is_needed(can_be_tried: None, name: str) -> None:
    assert b"PNG" not in render("gpu", without=name).stdout


def test_the_nested_sandbox_is_what_the_stock_profile_does_not_have() -> None:
    assert {"unshare", "clone3", "mount", "pivot_root", "open_tree", "move_mount", "mount_setattr"} <= set(NESTED)
    assert len(NESTED) < 12


def test_every_group_says_why() -> None:
    assert all(len(group["comment"].partition(": ")[2]) > 5 for group in GROUPS)
    assert {group["comment"].partition(":")[0] for group in GROUPS} == {"stock", "nested sandbox"}


def test_what_no_nested_sandbox_needs_is_not_in_it() -> None:
    allowed = {name for group in GROUPS for name in group["names"]}
    assert not allowed & FORBIDDEN
    assert not [group for group in GROUPS if "caps" in group.get("includes", {})]


def test_the_compose_file_uses_both_profiles_and_gives_nothing_else() -> None:
    (compose,) = load(ROOT / "docker-compose.yml")
    ((_, service),) = compose.get("services").items()
    options = {item.text for item in service.get("security_opt").each()}
    assert options == {"no-new-privileges:true", "seccomp:deploy/seccomp.json", "apparmor:renderserver"}
    assert [item.text for item in service.get("cap_drop").each()] == ["ALL"]
    assert service.get("user").text == "65532:65532"
    assert not service.get("cap_add").given
    assert not service.get("volumes").given
    assert "profile renderserver " in (ROOT / "deploy/apparmor").read_text()


@pytest.mark.skipif(shutil.which("apparmor_parser") is None, reason="no apparmor_parser")
def test_the_apparmor_profile_can_be_read() -> None:
    subprocess.run(["apparmor_parser", "--skip-kernel-load", "--skip-cache", str(ROOT / "deploy/apparmor")], check=True)
