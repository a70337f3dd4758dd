"""What it is to be in a fresh system: its own root, mounts and name, and namespaces can be made in it.

The system is borrowed from this machine (:mod:`tests.borrowed`), so that none has to be made.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests import borrowed
from tests.fresh import cgroups, inside
from tests.fresh.inside import NEVER, Inside
from tests.fresh.jail import PROJECT
from tests.host import alive
from tests.unavailable import UnavailableError

JAIL: Final = (sys.executable, "-m", "tests.fresh.jail")
_CLONE_NEWUSER: Final = 0x10000000
LOOK: Final = """
import json, os, socket, sys
lines = [line.split() for line in open("/proc/self/mountinfo")]
nodes = {name: oct(os.stat(f"/dev/{name}").st_mode) for name in ("null", "tty", "shm", "ptmx")}
open("/dev/null", "w").write("taken")
print(json.dumps({
    "mounts": [line[4] for line in lines], "kind": {line[4]: line[line.index("-") + 1] for line in lines},
    "host": socket.gethostname(), "entries": sorted(os.listdir("/")), "cwd": os.getcwd(),
    "writable_sys": bool(os.statvfs("/sys").f_flag & os.ST_RDONLY == 0), "reached": os.path.exists(sys.argv[1]),
}))
"""
UNSHARE: Final = f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare({_CLONE_NEWUSER}):
    raise SystemExit(os.strerror(ctypes.get_errno()))
"""
# A grandchild that nobody waits for, in a session of its own.
LEAVE_ONE: Final = "import os, time; print(os.fork() or (os.setsid(), os.getpid(), time.sleep(600)), flush=True)"


@pytest.fixture(autouse=True)
def _may_mount() -> None:
    if os.geteuid() != 0:
        pytest.skip("a fresh system is entered by root")
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"no mount namespace can be made here: {tried.stderr.strip()}")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "root"
    place.mkdir()
    return place


def said(root: Path, program: Sequence[str], binds: Sequence[tuple[str, str]] = ()) -> subprocess.CompletedProcess[str]:
    command = borrowed.command(root, program, binds)
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=borrowed.PROJECT)


def look(root: Path, marker: Path, binds: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    done = said(root, [*JAIL, str(root), sys.executable, "-c", LOOK, str(marker)], binds)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_nothing_of_the_machines_mounts_and_files_is_left(root: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.touch()
    found = look(root, marker)
    assert found["kind"]["/"] == "tmpfs"
    ours = ("/proc", "/dev", "/sys", "/usr", "/bin", "/sbin", "/lib", "/etc", sys.base_prefix, str(borrowed.PROJECT))
    strange = [at for at in found["mounts"] if at != "/" and not any(Path(at).is_relative_to(place) for place in ours)]
    assert strange == []
    assert not found["reached"]
    assert {"proc", "dev", "sys", "usr"} <= set(found["entries"])
    assert found["cwd"] == (PROJECT if Path(PROJECT).is_relative_to(borrowed.PROJECT) else "/")


def test_it_has_the_file_systems_of_a_system_that_was_booted(root: Path, tmp_path: Path) -> None:
    found = look(root, tmp_path)
    kinds = {place: found["kind"].get(place) for place in ("/proc", "/dev", "/dev/pts", "/dev/shm", "/sys")}
    assert kinds == {"/proc": "proc", "/dev": "tmpfs", "/dev/pts": "devpts", "/dev/shm": "tmpfs", "/sys": "sysfs"}
    assert not found["writable_sys"]


def test_its_host_name_is_its_own_and_the_machines_stays(root: Path, tmp_path: Path) -> None:
    before, name = socket.gethostname(), tmp_path / "hostname"
    name.write_text("bare-one\n")
    assert look(root, tmp_path)["host"] == "fresh"
    assert look(root, tmp_path, [(str(name), "/etc/hostname")])["host"] == "bare-one"
    assert socket.gethostname() == before


def test_nothing_is_mounted_on_the_machine(root: Path, tmp_path: Path) -> None:
    before = Path("/proc/self/mountinfo").read_text()
    look(root, tmp_path)
    assert Path("/proc/self/mountinfo").read_text() == before
    assert list(root.iterdir()) == []


def test_a_user_namespace_can_be_made_where_chroot_forbids_it(root: Path) -> None:
    """Why it is pivot_root: user_namespaces(7), EPERM."""
    here = subprocess.run([sys.executable, "-c", UNSHARE], capture_output=True, text=True, check=False)
    if here.returncode != 0:
        pytest.skip(f"not on this machine either: {here.stderr.strip().splitlines()[-1]}")
    rooted = said(root, ["chroot", str(root), sys.executable, "-c", UNSHARE])
    assert "Operation not permitted" in rooted.stderr
    entered = said(root, [*JAIL, str(root), sys.executable, "-c", UNSHARE])
    assert (entered.returncode, entered.stderr) == (0, "")


# --- a command in it, from outside ------------------------------------------------------------------------------------


@pytest.fixture
def system(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inside]:
    monkeypatch.setattr(inside, "_JAIL", borrowed.command(root, JAIL))
    monkeypatch.setattr(cgroups, "_PREFIX", "renderserver-fresh-test-")
    try:
        with cgroups.own() as places:
            yield Inside(root, places, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "ONLY": "this"}, tmp_path)
    except UnavailableError as error:
        pytest.skip(str(error))


def test_a_command_has_the_environment_it_is_given_and_no_input(system: Inside) -> None:
    assert system.run("said", ["sh", "-c", "env; cat; exit 3"], 60) == 3
    lines = set(system.said("said").splitlines())
    assert {"ONLY=this", "PATH=/usr/bin:/bin"} <= lines
    assert {line.partition("=")[0] for line in lines} <= {"ONLY", "LANG", "PATH", "PWD", "OLDPWD", "SHLVL", "_"}


def test_what_it_leaves_behind_is_ended(system: Inside) -> None:
    assert system.run("left", [sys.executable, "-c", LEAVE_ONE], 60) == 0
    assert not alive(int(system.said("left")))


def test_what_does_not_end_in_time_is_ended_with_all_it_started(system: Inside) -> None:
    assert system.run("slow", ["sh", "-c", "sleep 600 & echo $!; wait"], 2) == NEVER
    assert not alive(int(system.said("slow")))


def test_it_is_in_the_cgroups_it_is_given_and_its_children_too(system: Inside) -> None:
    assert system.run("where", ["cat", "/proc/self/cgroup"], 60) == 0
    ours = [line for line in system.said("where").splitlines() if f"renderserver-fresh-test-{os.getpid()}" in line]
    assert len(ours) == len(system.cgroups)
