"""Characters that show nothing of their own, so that a font which lacks them lacks nothing."""

from __future__ import annotations

_IGNORABLE = frozenset({0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3000, 0x3164, 0xFEFF, 0xFFA0})


def is_ignorable(character: str) -> bool:
    """Whether a character needs no glyph: joiners, variation selectors, tags, controls, white space."""
    code = ord(character)
    if code < 0x7F:
        return code < 0x21
    return (
        code in _IGNORABLE
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
        or 0x7F <= code <= 0xA0
        or 0x2000 <= code <= 0x200F
        or 0x2028 <= code <= 0x202F
        or 0x205F <= code <= 0x206F
    )
