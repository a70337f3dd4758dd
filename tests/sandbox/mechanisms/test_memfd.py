"""Sealed inputs cannot change under their reader."""

from __future__ import annotations

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


def test_output_is_cut_at_its_limit() -> None:
    fd = memfd.create("output")
    try:
        os.write(fd, b"x" * 1000)
        assert memfd.read_all(fd, 10) == b"x" * 10
        assert memfd.read_all(fd, 5000) == b"x" * 1000
    finally:
        os.close(fd)
