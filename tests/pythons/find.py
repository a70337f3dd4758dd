"""The interpreters of this machine that the project can be set up with, one of each minor version."""

from __future__ import annotations

import glob
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.lock.targets import MINORS

# Where installers put them besides PATH: pyenv's folder, uv's, and the places of hand-made ones.
_PLACES: Final = (
    "{pyenv}/versions/*/bin",
    "{home}/.local/share/uv/python/*/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/opt/python*/bin",
    "/opt/python*/*/bin",
)
# A stand-in that starts whichever version is chosen at the moment (pyenv's shims) is none of its own: the answer names
# the interpreter that it was.
_ASK: Final = (
    "import os, platform, sys, sysconfig;"
    "print(os.path.realpath(sys.executable), sys.implementation.name, platform.python_version(),"
    "bool(sysconfig.get_config_var('Py_GIL_DISABLED')), sep='\\n')"
)
_PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Interpreter:
    """``program``: its real path; ``version``: as ``3.13.0``."""

    program: Path
    version: str

    @property
    def minor(self) -> int:
        return int(self.version.split(".")[1])


def interpreters(minors: Sequence[int] = MINORS) -> list[Interpreter]:
    """The first that is found of each minor version, oldest version first."""
    found: dict[int, Interpreter] = {}
    for program in _candidates(minors):
        one = asked(program)
        if one is not None and one.minor in minors:
            found.setdefault(one.minor, one)
    return [found[minor] for minor in sorted(found)]


def _candidates(minors: Sequence[int]) -> Iterator[Path]:
    home = os.environ.get("HOME", "")
    pyenv = os.environ.get("PYENV_ROOT") or f"{home}/.pyenv"
    folders = [folder for folder in os.environ.get("PATH", "").split(":") if folder]
    for place in _PLACES:
        folders += sorted(glob.glob(place.format(home=home, pyenv=pyenv)), reverse=True)
    for folder in dict.fromkeys(folders):
        for minor in minors:
            program = Path(folder, f"python3.{minor}")
            if os.access(program, os.X_OK):
                yield program


def asked(program: Path) -> Interpreter | None:
    """What it says of itself; None if it does not run, or is no CPython with its global lock."""
    try:
        done = subprocess.run(
            [str(program), "-I", "-c", _ASK], capture_output=True, text=True, check=True, timeout=_PATIENCE_S
        )
    except (OSError, subprocess.SubprocessError):
        return None
    path, implementation, version, free_threaded = done.stdout.splitlines()
    if implementation != "cpython" or free_threaded == "True":
        return None
    return Interpreter(Path(path), version)
