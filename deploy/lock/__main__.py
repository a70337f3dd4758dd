"""``python -m deploy.lock``: all three requirements files are made anew, or none.

Exit status: 0 they are written. None is touched where it is 1, one could not be made or lacks something, or 130, it was
interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

from deploy.lock.coverage import gaps, needed
from deploy.lock.lockfile import written
from deploy.lock.resolve import LOCKS, Lock, ResolutionError, resolve

_PROJECT: Final = Path(__file__).resolve().parent.parent.parent
_INTERRUPTED: Final = 130
_ADVICE: Final = """\
What is not built for a target gets a marker in pyproject.toml that leaves the target out, with a word on what is done
there instead, or a bound on its version."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run lock", description=__doc__.partition("\n")[2].strip())
    parser.add_argument("--uv", type=Path, default=Path(sys.executable).with_name("uv"), help="the program")
    parser.add_argument("--project", type=Path, default=_PROJECT, help="the folder of pyproject.toml")
    given = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as place:
            complaints = _make(given.uv.absolute(), given.project.resolve(), Path(place))
            if not complaints:
                _publish(Path(place), given.project.resolve())
    except (ResolutionError, OSError) as error:
        complaints = [str(error)]
    except KeyboardInterrupt:
        _say("interrupted; nothing is written")
        return _INTERRUPTED
    if complaints:
        _say("nothing is written:", *complaints)
    return int(bool(complaints))


def _make(uv: Path, project: Path, folder: Path) -> list[str]:
    """Writes every lock into ``folder``. What they lack, a sentence each."""
    pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    complaints = []
    for lock in LOCKS:
        pins = needed(resolve(lock, uv, project, folder, os.environ))
        complaints += [f"{lock.file}: {gap}" for gap in gaps(pins, asked(lock, pyproject))]
        (folder / lock.file).write_text(written(pins), encoding="utf-8")
    return [*complaints, _ADVICE] if complaints else []


def asked(lock: Lock, pyproject: dict[str, Any]) -> list[str]:
    """What pyproject.toml itself asks for in a lock."""
    of_groups = [requirement for group in lock.groups for requirement in pyproject["dependency-groups"][group]]
    return [*(pyproject["project"]["dependencies"] if lock.project else ()), *of_groups]


def _publish(folder: Path, project: Path) -> None:
    """All are there before the first takes the old one's place. Raises OSError."""
    new = {lock.file: project / f".{lock.file}.new" for lock in LOCKS}
    try:
        for name, place in new.items():
            place.write_bytes((folder / name).read_bytes())
        for name, place in new.items():
            place.replace(project / name)
    finally:
        for place in new.values():
            place.unlink(missing_ok=True)


def _say(*texts: str) -> None:
    sys.stderr.write("".join(f"lock: {line}\n" for text in texts for line in text.splitlines()))


if __name__ == "__main__":
    sys.exit(main())
