"""Where the program lies: a clone in a home, on another disk, below /var. Tools hide some of these, each in its way."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.exceptions import SandboxError
from sandbox.launchers import registry, site
from sandbox.launchers.registry import LAUNCHERS, out_of_sight
from tests.app.documents import document, frame
from tests.host import WAIVED
from tests.sandbox.client.test_forkserver import GPU, once
from tests.sandbox.launchers.tools import unless_absent

PROJECT = Path(__file__).parents[3]
# In a mount namespace of its own, which ends with it: the folder covered, and below it the project once more.
MOVED = """
mount --make-rprivate / && mount -t tmpfs -o mode=755 none "$1" && mkdir -p "$1/someone/project" &&
mount --bind "$2" "$1/someone/project" && cd "$1/someone/project" && shift 2 && exec "$@"
"""
RENDER = """
import sys
from sandbox.launchers import site
from app.cli import main
moved = sys.argv.pop(1)
assert site.__file__.startswith(moved)
main()
"""


@unless_absent("firejail")
@pytest.mark.parametrize("folder", ["/home", "/var/tmp"])
def test_firejail_starts_a_program_that_lies_where_it_hides_what_it_can(folder: str, tmp_path: Path) -> None:
    folder = os.path.realpath(folder)
    if not os.path.isdir(folder) or any(path.startswith(f"{folder}/") for path in (*site.program(), str(tmp_path))):
        pytest.skip(f"there is no {folder} here, or the tests themselves lie in it")
    picture, given = tmp_path / "picture.png", tmp_path / "document.json"
    given.write_bytes(document(frame(width=8, height=8)))
    moved = f"{folder}/someone/project"
    python = sys.executable.replace(f"{PROJECT}/", f"{moved}/", 1)
    arguments = ("render", str(given), str(picture), "--path", "gpu", "--launcher", "firejail")
    done = subprocess.run(
        ("unshare", "--mount", "sh", "-c", MOVED, "sh", folder, str(PROJECT), python, "-c", RENDER, moved, *arguments),
        env={**os.environ, "PYTHONPATH": moved, "RENDERSERVER_WAIVE": ",".join(WAIVED), "RENDERSERVER_POOL": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("folder", "hidden_by"),
    [
        ("/tmp", {"nsjail", "bubblewrap", "firejail", "crun", "runc"}),
        ("/dev", {"nsjail", "firejail", "crun", "runc"}),
        ("/boot", {"firejail"}),
        ("/run", {"firejail"}),
        ("/home", set()),
        ("/tmp-of-ours", set()),
    ],
)
def test_what_a_tool_hides_from_a_worker_is_refused_by_the_folders_name(
    monkeypatch: pytest.MonkeyPatch, folder: str, hidden_by: set[str]
) -> None:
    """Whether it is of the program or of what the program is told to load."""
    found = {name: out_of_sight(it, ("/usr/bin/python3", f"{folder}/it")) for name, it in LAUNCHERS.items()}
    assert {name for name, missing in found.items() if missing} == hidden_by
    monkeypatch.setattr(registry, "program", lambda: iter((f"{folder}/it",)))
    for name in hidden_by:
        missing = registry.absent(LAUNCHERS[name])
        assert missing is not None
        assert f"needs something that lies below {folder}: {name} hides what is there" in missing.detail


@unless_absent("bubblewrap")
def test_fonts_that_a_worker_would_not_see_are_refused_and_a_folder_of_no_import_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Pytest's folder lies below /tmp, which every worker has empty; unless it was told of another one."""
    if not str(tmp_path).startswith("/tmp/"):
        pytest.skip("the tests' own folder is not below /tmp")
    config = replace(GPU, launcher="bubblewrap")
    with pytest.raises(SandboxError, match="below /tmp: bubblewrap hides what is there"):
        once(replace(config, entry_options={"fonts": str(tmp_path)}), {"do": "echo"}, b"x")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{PROJECT}")
    assert once(config, {"do": "echo"}, b"x").output == b"x"
