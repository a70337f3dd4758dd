"""Where the program lies: a clone in a home, on another disk, below /var. Tools hide some of these, each in its way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.launchers import registry, site
from sandbox.launchers.registry import LAUNCHERS
from tests.app.documents import document, frame
from tests.host import WAIVED
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
assert any(path.startswith(moved) for path in site.program())
main()
"""


@unless_absent("firejail")
@pytest.mark.parametrize("folder", ["/home", "/var/tmp"])
def test_firejail_starts_a_program_that_lies_where_it_hides_what_it_can(folder: str, tmp_path: Path) -> None:
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
    ("name", "folder"),
    [(name, folder) for name, launcher in LAUNCHERS.items() for folder in launcher.hides],
)
def test_a_program_that_a_tool_hides_is_refused_by_the_folders_name(
    monkeypatch: pytest.MonkeyPatch, name: str, folder: str
) -> None:
    monkeypatch.setattr(registry, "program", lambda: iter(("/usr/bin/python3", f"{folder}/project")))
    missing = registry.absent(LAUNCHERS[name])
    assert missing is not None
    assert f"a part lies below {folder}: {name} hides what is there" in json.dumps(missing.detail)
    monkeypatch.setattr(registry, "program", lambda: iter((f"{folder}-of-ours/project",)))
    other = registry.absent(LAUNCHERS[name])
    assert other is None or "hides what is there" not in other.detail
