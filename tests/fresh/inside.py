"""A command inside a fresh system, seen from outside: its output is written down, its end awaited or brought about."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from tests.borrowed import PROJECT
from tests.fresh import cgroups

_PATIENCE_S: Final = 60.0
_JAIL: Final = (sys.executable, "-m", "tests.fresh.jail")
NEVER: Final = -1
"""The status of what did not end in time."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Starts commands. ``variables``: their whole environment; ``logs``: the folder of what they print."""

    root: Path
    cgroups: Sequence[Path]
    variables: Mapping[str, str]
    logs: Path

    def run(self, name: str, command: Sequence[str], limit_s: float) -> int:
        """To its end, or to the limit's, which is NEVER; otherwise its exit status."""
        with self.started(name, command) as process:
            try:
                return process.wait(limit_s)
            except subprocess.TimeoutExpired:
                return NEVER

    @contextlib.contextmanager
    def started(self, name: str, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        """No terminal, no input. Whatever is left of it at the end of the block is killed."""
        jail = [*_JAIL, str(self.root)]
        jail += [word for place in self.cgroups for word in ("--cgroup", str(place))]
        with subprocess.Popen(
            [*jail, "--", *command],
            cwd=PROJECT,
            env=dict(self.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        ) as process:
            writer = threading.Thread(target=_write_down, args=(process.stdout, self.log(name)))
            writer.start()
            try:
                yield process
            finally:
                process.kill()
                process.wait()
                for place in self.cgroups:
                    cgroups.kill(place)
                writer.join()

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def said(self, name: str) -> str:
        return self.log(name).read_text(encoding="utf-8", errors="replace")


def stop(process: subprocess.Popen[bytes]) -> int:
    """As an operator does, by SIGTERM; its exit status, or NEVER."""
    process.terminate()
    try:
        return process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        return NEVER


def _write_down(output: IO[bytes] | None, file: Path) -> None:
    with file.open("wb", buffering=0) as log:
        shutil.copyfileobj(cast("IO[bytes]", output), log, 4096)
