"""The last result of the attack suite, kept for ``GET /v1/sandbox``: one small file in the user's state directory."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

_MAX_BYTES = 1 << 20


class ProbeResult(BaseModel):
    """One probe on one path."""

    probe: int
    title: str
    path: str
    launcher: str
    result: str = Field(description="defeated, blind or escaped")
    stopped_by: list[str]
    why: str


class AttackRecord(BaseModel):
    """One run of the whole suite. ``kernel``: what it ran on; a result says nothing about another one."""

    at: datetime
    kernel: str
    results: list[ProbeResult]


def place() -> Path:
    """Where it lies: ``$XDG_STATE_HOME/renderserver/attack.json``."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "renderserver" / "attack.json"


def save(rows: Sequence[Mapping[str, object]]) -> None:
    """``rows``: what the suite says of each probe, as JSON has it. Where there is no place to keep it, it is not kept.
    Raises ValidationError for rows that are none."""
    results = [ProbeResult.model_validate(row) for row in rows]
    record = AttackRecord(at=datetime.now(UTC), kernel=platform.release(), results=results)
    with contextlib.suppress(OSError):
        place().parent.mkdir(parents=True, exist_ok=True)
        place().write_text(record.model_dump_json(indent=1), encoding="utf-8")


def load() -> AttackRecord | None:
    """None where the suite has not been run here, or the file is no such record."""
    try:
        with place().open("rb") as file:
            return AttackRecord.model_validate(json.loads(file.read(_MAX_BYTES)))
    except (OSError, ValueError, ValidationError):
        return None
