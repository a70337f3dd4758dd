"""``./run test-fresh [SYSTEM...] [--whole] [--write FILE]``: whether the README works on a bare system.

Exit status: 0 everything is as promised, 1 something is not, 2 wrong usage, or a system is not available. Ctrl-C,
SIGTERM and a closed terminal end it tidily: 128 and the signal's number.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.borrowed import PROJECT
from tests.fresh import bootstrap, cgroups, project, report, settings, trial
from tests.fresh.disk import used_bytes
from tests.fresh.inside import Inside
from tests.fresh.jail import PROJECT as PLACE
from tests.fresh.result import Outcome, Step
from tests.fresh.systems import SYSTEMS, System
from tests.unavailable import UnavailableError

_CACHE: Final = PROJECT / ".cache" / "fresh"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run test-fresh", description="Does the README work on a bare system?")
    names = ", ".join(system.name for system in SYSTEMS)
    parser.add_argument("systems", nargs="*", metavar="SYSTEM", help=f"of {names}; default: all")
    parser.add_argument("--whole", action="store_true", help="also `./run test`, half an hour for each")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the results as a page")
    parser.add_argument("--keep", action="store_true", help="leave the systems where they are, below .cache/fresh")
    parser.add_argument("--mirror", action="append", default=[], metavar="SYSTEM=URL", help="of a system's packages")
    given = parser.parse_args(arguments)
    known = {system.name: system for system in SYSTEMS}
    mirrors = dict(word.split("=", 1) for word in given.mirror if "=" in word)
    strange = sorted({*given.systems, *mirrors} - set(known))
    if strange:
        parser.error(f"no such system: {', '.join(strange)}")
    if len(mirrors) != len(given.mirror):
        parser.error("--mirror takes SYSTEM=URL, once for each system")
    if os.geteuid() != 0:
        parser.error("a system is made and entered by root")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    found = []
    for name in given.systems or known:
        found.append(_one(known[name], mirrors.get(name, ""), whole=given.whole, keep=given.keep))
        _say("\n".join(report.lines(found[-1])))
    if given.write is not None:
        kernel = f"Linux {os.uname().release}, {os.uname().machine}"
        page = report.page(found, arguments=" ".join(arguments), kernel=kernel, state=project.state())
        given.write.write_text(page, encoding="utf-8")
    if any(outcome.skipped for outcome in found):
        return 2 if all(outcome.good or outcome.skipped for outcome in found) else 1
    return int(not all(outcome.good for outcome in found))


def _one(system: System, mirror: str, *, whole: bool, keep: bool) -> Outcome:
    folder = _CACHE / system.name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(folder), _tree(folder / "root", keep=keep) as root, cgroups.own() as places:
            _say(f"{system.title}: making the bare system")
            remarks = list(filter(None, [bootstrap.caution(system, folder)]))
            for remark in remarks:
                _say(f"  careful: {remark}")
            bootstrap.unpack(system, folder, root, mirror, places)
            return replace(_tried(system, root, places, folder, whole=whole), remarks=remarks)
    except UnavailableError as error:
        return Outcome(system.title, skipped=str(error))


def _tried(system: System, root: Path, places: Sequence[Path], logs: Path, *, whole: bool) -> Outcome:
    settings.lay_network(root, "fresh")
    told = settings.environment(os.environ, settings.pip_config())
    [bare] = used_bytes([root])
    project.copy(root / PLACE.lstrip("/"))
    [copied] = used_bytes([root / PLACE.lstrip("/")])
    inside = Inside(root, places, settings.lay_certificates(root, told), logs)
    steps = list(_heard(trial.serve(inside)))
    sizes = trial.sizes(root, bare, copied)
    steps += _heard(iter([trial.doctor(inside)]))
    if whole:
        steps += _heard(iter([trial.test(inside)]))
    return Outcome(system.title, steps, sizes, _release(root), _python(root))


def _heard(steps: Iterator[Step]) -> Iterator[Step]:
    """Each is said when it is known."""
    for step in steps:
        _say(str(step))
        yield step


def _release(root: Path) -> str:
    found = re.search(r'^PRETTY_NAME="?([^"\n]*)', (root / "etc/os-release").read_text(), re.MULTILINE)
    return found[1] if found else "?"


def _python(root: Path) -> str:
    """What ./run took, in the environment that it made."""
    made = root / PLACE.lstrip("/") / ".venv/pyvenv.cfg"
    found = re.search(r"^version(?:_info)? *= *(\S+)", made.read_text(), re.MULTILINE) if made.is_file() else None
    return found[1] if found else "none"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One trial of a system at a time; trials of others do not wait."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UnavailableError("another ./run test-fresh tries it at this moment") from error
        yield


@contextmanager
def _tree(root: Path, *, keep: bool) -> Iterator[Path]:
    """Nothing is there at first, and nothing is left."""
    _remove(root)
    try:
        yield root
    finally:
        if not keep:
            _remove(root)


def _remove(root: Path) -> None:
    """Only with nothing mounted in it: a mount that came out of its namespace would be emptied too."""
    within = [point for point in _mounted() if point.is_relative_to(root)]
    if within:
        raise RuntimeError(f"something is mounted at {within[0]}; nothing was removed")
    if root.exists():
        shutil.rmtree(root)


def _mounted() -> list[Path]:
    return [Path(line.split()[4]) for line in Path("/proc/self/mountinfo").read_text().splitlines()]


def _end(number: int, _frame: object) -> None:
    """Once: what follows is the tidying up."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    _say(f"ended by {signal.Signals(number).name}; tidying up")
    raise SystemExit(128 + number)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
