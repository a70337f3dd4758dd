"""The parts of a job, as a worker writes them and a client reads them."""

from __future__ import annotations

import pytest

from sandbox import frames
from sandbox.frames import FrameError, FrameReader, Part, PartFrame
from sandbox.job import MAX_REPORT_BYTES

PARTS = (Part(None, b"all"), Part(0, b"{}", b"picture"), Part(7, b"", memoryview(b"xy")))
FRAMES = [PartFrame(None, 0, b"all"), PartFrame(0, 7, b"{}"), PartFrame(7, 2, b"")]


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_frames_come_out_whole_however_they_go_in(step: int) -> None:
    data = b"".join(map(frames.encode, PARTS))
    reader, found = FrameReader(), list[PartFrame]()
    for start in range(0, len(data), step):
        found += reader.feed(data[start : start + step])
    assert found == FRAMES
    assert not reader.is_within_a_frame
    assert reader.feed(data[:20]) == [FRAMES[0]]
    assert reader.is_within_a_frame


def test_a_report_above_the_limit_is_refused_before_it_is_held() -> None:
    reader = FrameReader()
    frame = frames.encode(Part(0, bytes(MAX_REPORT_BYTES)))
    assert len(reader.feed(frame)) == 1
    with pytest.raises(FrameError):
        reader.feed(frames.encode(Part(0, bytes(MAX_REPORT_BYTES + 1)))[:16])
