"""The size in a WebP header (RFC 9649), read without libwebp."""

from __future__ import annotations

import struct
from typing import Any

_HEADER_BYTES = 30


def webp_size(data: Any) -> tuple[int, int] | None:
    """Width and height of the canvas, or None for bytes that are no WebP (or too short to be one)."""
    header = bytes(data[:_HEADER_BYTES])
    if len(header) < _HEADER_BYTES or header[:4] != b"RIFF" or header[8:12] != b"WEBP":
        return None
    match header[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", header, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", header, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(header[24:27], "little") + 1, int.from_bytes(header[27:30], "little") + 1
        case _:
            return None
