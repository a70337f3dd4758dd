"""Slices of a worker's memory file, and what they keep."""

from __future__ import annotations

import os

from sandbox.client.content import OutputFile


def test_what_nobody_took_of_a_file_keeps_no_memory() -> None:
    file = OutputFile()
    os.write(file.fd, b"x" * (1 << 20))
    taken = file.take(1 << 16)
    assert taken is not None
    fd = file.fd
    file.close()
    assert os.fstat(fd).st_blocks * 512 <= 1 << 16
    assert taken.read() == b"x" * (1 << 16)
    taken.close()
