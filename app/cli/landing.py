"""Pictures on their way to files: from their descriptor in chunks, and in their place only when they are whole."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import IO, Final

from sandbox.client.content import Content

_CHUNK_BYTES: Final = 1 << 20


def land(content: Content, path: Path) -> None:
    """Write a file, in folders that are made if need be. Whatever ends this process leaves the whole file or none of
    that name. Not on an event loop. Raises OSError, and leaves nothing then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name: what a killed run has left is overwritten by the next one.
    partial = path.with_name(f".{path.name}.part")
    try:
        _pour(content, partial)
        partial.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def open_here(path: Path) -> IO[bytes]:
    """An empty file of that name: a link that has it goes, and is not followed. Raises OSError."""
    if path.is_symlink():
        path.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o666), "wb")


def _pour(content: Content, path: Path) -> None:
    with open_here(path) as file:
        written = sum(file.write(chunk) for chunk in content.chunks(_CHUNK_BYTES))
        if written != content.size:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
