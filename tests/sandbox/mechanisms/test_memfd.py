"""Sealed inputs cannot change under their reader."""

from __future__ import annotations

import mmap
import os

import pytest

from sandbox.mechanisms import memfd


def test_sealed_bytes_can_be_read_and_not_changed() -> None:
    fd = memfd.seal_bytes(b"document")
    try:
        assert memfd.is_sealed(fd)
        assert bytes(memfd.map_readonly(fd)) == b"document"
        with pytest.raises(PermissionError):
            os.pwrite(fd, b"D", 0)
        for size in (0, 100):
            with pytest.raises(PermissionError):
                os.ftruncate(fd, size)
    finally:
        os.close(fd)


def test_a_writable_memfd_and_a_plain_file_are_not_sealed(tmp_path: os.PathLike[str]) -> None:
    fd = memfd.create("output")
    plain = os.open(os.path.join(tmp_path, "file"), os.O_CREAT | os.O_RDWR)
    try:
        assert not memfd.is_sealed(fd)
        assert not memfd.is_sealed(plain)
    finally:
        os.close(fd)
        os.close(plain)


def test_empty_input_maps_to_nothing() -> None:
    fd = memfd.seal_bytes(b"")
    try:
        assert bytes(memfd.map_readonly(fd)) == b""
    finally:
        os.close(fd)


def test_writer_counts_and_closes_unless_detached() -> None:
    with memfd.MemfdWriter() as writer:
        writer.append(b"ab")
        writer.append(bytearray(b"cde"))
        fd = writer.seal()
        assert (writer.size, os.pread(fd, 10, 0)) == (5, b"abcde")
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_what_was_given_back_takes_no_memory_and_reads_as_zeros() -> None:
    page = mmap.PAGESIZE
    fd = memfd.create("output")
    try:
        os.write(fd, b"x" * 4 * page)
        memfd.free(fd, page, 2 * page)
        assert os.fstat(fd).st_size == 4 * page
        assert os.fstat(fd).st_blocks * 512 == 2 * page
        assert os.pread(fd, 4 * page, 0) == b"x" * page + bytes(2 * page) + b"x" * page
    finally:
        os.close(fd)
