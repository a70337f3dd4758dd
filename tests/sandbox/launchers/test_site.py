"""What a launched worker is told, and where it finds what it needs."""

from __future__ import annotations

import ctypes.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.exceptions import LayerUnavailableError
from sandbox.export.start import GO, with_go, with_start
from sandbox.launchers import firejail, inside, site
from sandbox.launchers.find import installed
from sandbox.mechanisms import mounts
from sandbox.policy.gpu import GPU


def test_outermost_drops_what_lies_inside_another(tmp_path: Path) -> None:
    for name in ("a/b", "a-c", "d"):
        (tmp_path / name).mkdir(parents=True)
    given = [tmp_path / name for name in ("a", "a/b", "a-c", "d", "d")]
    assert sorted(mounts.outermost(map(str, given))) == [str(tmp_path / name) for name in ("a", "a-c", "d")]


def test_a_tool_that_is_not_there_is_named_with_its_package() -> None:
    with pytest.raises(LayerUnavailableError, match=r"no-such-tool is not installed \(install it \(Debian\)\)"):
        installed("no-such-tool", "it (Debian)")


@pytest.mark.parametrize(
    ("stand_in", "usable"),
    [
        ('while [ "$1" != -- ]; do shift; done; shift; exec "$@"', False),
        ("echo 'pid:[1]'", True),
        ("echo 'Error: no such option' >&2; exit 1", True),
        ("exit 0", True),
    ],
    ids=["starts it in no sandbox", "starts it in one", "cannot start", "says nothing"],
)
def test_firejail_is_had_start_something_and_what_comes_of_it_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stand_in: str, usable: bool
) -> None:
    tool = tmp_path / "firejail"
    tool.write_text(f"#!/bin/sh\n{stand_in}\n")
    tool.chmod(0o755)
    monkeypatch.setattr(firejail, "executable", lambda: str(tool))
    if usable:
        firejail.check()
    else:
        with pytest.raises(LayerUnavailableError, match="firejail sees no kernel threads here"):
            firejail.check()


def test_the_import_path_has_what_was_imported_and_not_pythons_own_library() -> None:
    found = site.import_path()
    assert os.path.realpath(os.path.dirname(pytest.__file__ or "")).startswith(found)
    assert os.path.dirname(os.path.realpath(os.__file__)) not in found


def test_libraries_are_found_in_the_list_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", ctypes.util.find_library)
    inside._find_libraries_among(["/usr/lib/libEGL.so.1.1.0", "/usr/lib/libEGL_mesa.so.0", "/usr/lib/libc.so.6"])
    assert [ctypes.util.find_library(name) for name in ("EGL", "c", "GL")] == [
        "/usr/lib/libEGL.so.1.1.0",
        "/usr/lib/libc.so.6",
        None,
    ]


def test_the_wider_start_of_runc_widens_those_calls_and_no_other() -> None:
    started, wide = with_start(GPU), {rule.name for rule in GO.rules}
    before = {rule for group in started.syscalls for rule in group.rules if rule.name not in wide}
    after = {rule for group in with_go(started).syscalls for rule in group.rules if rule.name not in wide}
    assert before == after
    assert with_go(started).sealed == GPU.sealed


def test_a_worker_whose_launch_server_has_gone_ends_without_a_word() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.close()
    program = f"import os; from sandbox.launchers import inside; os.dup2({theirs.fileno()}, 3); inside.main()"
    with theirs:
        command, fds = [sys.executable, "-c", program], [theirs.fileno()]
        done = subprocess.run(command, pass_fds=fds, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="the loader's path is Linux's")
def test_the_loader_is_found_where_programs_look_for_it() -> None:
    for place, target in mounts.loader_links().items():
        assert os.path.realpath(place) == target
