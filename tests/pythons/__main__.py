"""``./run test-pythons [VERSION...]``: set-up, imports, doctor and a render on each path, with every other Python.

Of each minor version that the pins are for and that this machine has, but the one that all tests run with. Each gets a
clean copy of the working tree, and what a user would type. Exit status: 0 all is well, or no other Python is there;
1 something is not; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.borrowed import PROJECT
from tests.fresh import picture, project
from tests.fresh.result import Step
from tests.pythons.find import Interpreter, interpreters

_PLACE: Final = PROJECT / ".cache" / "pythons"
_PATIENCE_S: Final = 900.0
_SAID_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class Typed:
    """One command, as it is typed in the copy. ``picture``: a file that it must have drawn."""

    name: str
    command: tuple[str, ...]
    picture: str = ""


COMMANDS: Final = (
    Typed("set-up", ("./run", "setup")),
    Typed("imports", (".venv/bin/python", "-W", "error", "-m", "tests.imports")),
    Typed("doctor", ("./run", "doctor")),
    *(
        Typed(path, ("./run", "render", "split.json", f"{path}.png", "--path", path, "--scale", "2"), f"{path}.png")
        for path in ("cpu", "gpu")
    ),
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./run test-pythons", description="The project with every Python that is here."
    )
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="as 3.13; default: all but this one")
    wanted = parser.parse_args(arguments).versions
    here = interpreters()
    others = [one for one in here if (f"3.{one.minor}" in wanted if wanted else one.minor != sys.version_info.minor)]
    missing = sorted(set(wanted) - {f"3.{one.minor}" for one in here})
    if missing:
        parser.error(f"not on this machine: {', '.join(missing)}")
    if not others:
        _say(f"no other Python than {sys.version.split()[0]} is on this machine")
    wrong = [one for one in others if not _tried(one)]
    return int(bool(wrong))


def _tried(one: Interpreter) -> bool:
    """In a folder of the project: below /tmp there would be no launchers."""
    _PLACE.mkdir(parents=True, exist_ok=True)
    _say(f"Python {one.version}")
    with tempfile.TemporaryDirectory(prefix=f"{one.version}-", dir=_PLACE) as folder:
        copy = Path(folder, "renderserver")
        project.copy(copy)
        (copy / "split.json").write_bytes(picture.split())
        steps = [_done(command, copy, one) for command in _until_set_up(copy)]
        return not any(step.wrong for step in steps)


def _until_set_up(copy: Path) -> Iterator[Typed]:
    """The others only where there is something to run."""
    first, *others = COMMANDS
    yield first
    if (copy / ".venv/.ready").exists():
        yield from others


def _done(typed: Typed, copy: Path, one: Interpreter) -> Step:
    """Said at once."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            list(typed.command),
            cwd=copy,
            env={**os.environ, "PYTHON": str(one.program)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=_PATIENCE_S,
        )
        said, wrong = done.stdout, f"it ended with status {done.returncode}" if done.returncode else ""
    except subprocess.TimeoutExpired as error:
        said, wrong = (error.output or b"").decode(errors="replace"), f"not within {_PATIENCE_S:.0f} s"
    if not wrong and typed.picture:
        drawn = copy / typed.picture
        wrong = picture.wrong(drawn.read_bytes() if drawn.is_file() else b"")
    last = "\n".join(said.splitlines()[-_SAID_LINES:])
    step = Step(typed.name, time.monotonic() - began, wrong, "ok", last)
    _say(str(step))
    return step


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
