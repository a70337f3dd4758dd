"""Slices of a worker's memory file, and what they keep."""

from __future__ import annotations

import mmap
import os

from sandbox.client.content import OutputFile
from sandbox.mechanisms import memfd


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


def test_what_a_worker_still_has_mapped_is_copied_to_be_sealed() -> None:
    file = OutputFile()
    os.write(file.fd, b"picture")
    with mmap.mmap(file.fd, 7) as mapped:
        made = file.take(7)
        file.close()
        assert made is not None
        with made:
            sealed = made.sealed()
        mapped[:] = b"another"
    assert memfd.is_sealed(sealed)
    assert os.pread(sealed, 100, 0) == b"picture"
    os.close(sealed)
