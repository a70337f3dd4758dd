"""How a worker hands over the parts of its job: the content goes to the end of the output file, then a frame with the
report to the report pipe.

A frame is ``u32 number | u32 report's bytes | u64 content's bytes | report``. All of it is untrusted: whoever reads it
bounds what it claims.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from sandbox.job import MAX_REPORT_BYTES

_HEAD: Final = struct.Struct("<IIQ")
_WHOLE_JOB: Final = 0xFFFF_FFFF


class Part(NamedTuple):
    """One result of a job. ``number``: which one; None: about the job as a whole, and the first if there is such a
    part. ``report``: JSON."""

    number: int | None
    report: bytes
    content: bytes | memoryview = b""


class FrameError(ValueError):
    """What a worker wrote is no frame. The message repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class PartFrame:
    """A part as it was announced. ``size``: of its content, in bytes."""

    number: int | None
    size: int
    report: bytes


def encode(part: Part) -> bytes:
    """All of the part but its content."""
    number = _WHOLE_JOB if part.number is None else part.number
    return _HEAD.pack(number, len(part.report), len(part.content)) + part.report


class FrameReader:
    """Feed it what comes out of the pipe; it gives the frames that are complete."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[PartFrame]:
        """Raises FrameError for a report above :data:`MAX_REPORT_BYTES`."""
        self._held += data
        found: list[PartFrame] = []
        while (frame := self._next()) is not None:
            found.append(frame)
        return found

    @property
    def is_within_a_frame(self) -> bool:
        """Whether the beginning of one is there, and not the rest."""
        return bool(self._held)

    def _next(self) -> PartFrame | None:
        if len(self._held) < _HEAD.size:
            return None
        number, length, size = _HEAD.unpack_from(self._held)
        if length > MAX_REPORT_BYTES:
            raise FrameError(f"a report of {length} bytes; {MAX_REPORT_BYTES} are allowed")
        end = _HEAD.size + length
        if len(self._held) < end:
            return None
        report = bytes(self._held[_HEAD.size : end])
        del self._held[:end]
        return PartFrame(None if number == _WHOLE_JOB else number, size, report)
