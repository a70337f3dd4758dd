"""``python -m deploy.lock``: all three requirements files are made anew, or none.

Exit status: 0 they are written, 1 one could not be made or lacks something, and none is touched.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from deploy.lock.coverage import gaps, needed
from deploy.lock.lockfile import written
from deploy.lock.resolve import LOCKS, Lock, ResolutionError, resolve

_PROJECT = Path(__file__).resolve().parent.parent.parent


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run lock", description=__doc__.partition("\n")[2].strip())
    parser.add_argument("--uv", type=Path, default=Path(sys.executable).with_name("uv"), help="the program")
    parser.add_argument("--project", type=Path, default=_PROJECT, help="the folder of pyproject.toml")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        try:
            complaints = _make(given.uv.absolute(), given.project.resolve(), Path(place))
        except ResolutionError as error:
            complaints = [str(error)]
        if complaints:
            _say("nothing is written:", *complaints)
            return 1
        _publish(Path(place), given.project.resolve())
    return 0


def _make(uv: Path, project: Path, folder: Path) -> list[str]:
    """Writes every lock into ``folder``. What they lack, a sentence each."""
    pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    complaints = []
    for lock in LOCKS:
        pins = needed(resolve(lock, uv, project, folder, os.environ))
        complaints += [f"{lock.file}: {gap}" for gap in gaps(pins, asked(lock, pyproject))]
        (folder / lock.file).write_text(written(pins), encoding="utf-8")
    return complaints


def asked(lock: Lock, pyproject: dict[str, Any]) -> list[str]:
    """What pyproject.toml itself asks for in a lock."""
    of_groups = [requirement for group in lock.groups for requirement in pyproject["dependency-groups"][group]]
    return [*(pyproject["project"]["dependencies"] if lock.project else ()), *of_groups]


def _publish(folder: Path, project: Path) -> None:
    """Each file takes the old one's place whole."""
    for lock in LOCKS:
        new = project / f".{lock.file}.new"
        new.write_bytes((folder / lock.file).read_bytes())
        new.replace(project / lock.file)


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"lock: {line}\n" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
