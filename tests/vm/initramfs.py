"""An initramfs: a gzipped cpio archive, format "newc" (Documentation/driver-api/early-userspace/buffer-format.rst)."""

from __future__ import annotations

import gzip
import stat
from collections.abc import Mapping
from pathlib import Path

_TRAILER = "TRAILER!!!"


def pack(files: Mapping[str, bytes | None]) -> bytes:
    """``files``: content by path, None for a folder. Everything may be executed."""
    entries = [_entry(number, name, content) for number, (name, content) in enumerate(files.items(), start=1)]
    return gzip.compress(b"".join([*entries, _entry(0, _TRAILER, b"")]), compresslevel=1)


def _entry(number: int, name: str, content: bytes | None) -> bytes:
    """Inode, mode, uid, gid, links, time, size, two pairs of device numbers, length of the name, no checksum."""
    mode = stat.S_IFDIR | 0o755 if content is None else stat.S_IFREG | 0o755
    data = content or b""
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return _padded(head) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def start(modules: list[tuple[str, bytes]], busybox: Path, init: bytes) -> bytes:
    """One that loads ``modules`` in order and goes on as ``init``, a script for busybox's shell."""
    files: dict[str, bytes | None] = {"bin": None, "modules": None, "root": None, "proc": None, "dev": None}
    files["bin/busybox"] = busybox.read_bytes()
    files |= {f"modules/{name}": content for name, content in modules}
    return pack({**files, "init": init})
