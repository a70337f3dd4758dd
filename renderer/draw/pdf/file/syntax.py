"""How PDF spells numbers, strings, names and dictionaries (ISO 32000-1, 7.3). Everything here is ASCII.

What a document brings, titles and addresses and names, comes in through these functions alone: they leave no byte that
could end the object it stands in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

from renderer.geometry import Matrix, Rect

_LARGEST: Final = 1e9  # beyond it a reader's 32-bit floats and fixed-point numbers say nothing any more
_SIGNIFICANT: Final = 7
_MOST_DIGITS: Final = 12
_BYTE_ORDER_MARK: Final = b"\xfe\xff"
_UNNAMED: Final = re.compile(r"[^A-Za-z0-9-]")
_NAME_LENGTH: Final = 60  # a name may have 127 bytes
_UNSAFE: Final = re.compile(rb"[^ !\"#$%&'*+,./0-9:;<=>?@A-Z\[\]^_`a-z{|}~-]")


def number(value: float, digits: int = 3) -> str:
    """At most so many decimals, never an exponent. What is no number, or too large to be one, is brought in range."""
    text = f"{_in_range(value):.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def precise(value: float) -> str:
    """Seven significant digits: what a 32-bit float holds. For factors, whose error grows with what they scale."""
    value = _in_range(value)
    if value == 0.0:
        return "0"
    return number(value, min(_MOST_DIGITS, max(0, _SIGNIFICANT - 1 - math.floor(math.log10(abs(value))))))


def _in_range(value: float) -> float:
    return min(_LARGEST, max(-_LARGEST, value)) if math.isfinite(value) else 0.0


def numbers(values: Iterable[float], digits: int = 3) -> str:
    return " ".join([number(value, digits) for value in values])


def matrix_array(matrix: Matrix) -> str:
    return f"[{matrix_operands(matrix)}]"


def matrix_operands(matrix: Matrix) -> str:
    factors = " ".join([precise(value) for value in (matrix.a, matrix.b, matrix.c, matrix.d)])
    return f"{factors} {number(matrix.e, 4)} {number(matrix.f, 4)}"


def box_array(rect: Rect) -> str:
    return f"[{numbers((rect.x, rect.y, rect.right, rect.bottom))}]"


def reference(number_: int) -> str:
    return f"{number_} 0 R"


def dictionary(entries: Mapping[str, str]) -> str:
    """Of names without their slash to values that are spelled already."""
    return f"<<{''.join([f'/{key}{_apart(value)}' for key, value in entries.items()])}>>"


def array(values: Iterable[str]) -> str:
    return f"[{' '.join(values)}]"


def _apart(value: str) -> str:
    return value if value[:1] in "/[<(" else f" {value}"


def name(text: str) -> str:
    """A name without its slash, of what may stand in one everywhere: letters, digits and hyphens."""
    return _UNNAMED.sub("", text)[:_NAME_LENGTH] or "Unnamed"


def text_string(text: str) -> str:
    """Words for people: ASCII where that will do, else UTF-16 with its mark (7.9.2.2)."""
    if text.isascii() and text.isprintable():
        return byte_string(text.encode("ascii"))
    return f"<{(_BYTE_ORDER_MARK + utf16(text)).hex().upper()}>"


def utf16(text: str) -> bytes:
    """Big-endian. A lone surrogate, which JSON can bring, is no character: it becomes U+FFFD."""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace").encode("utf-16-be")


def byte_string(content: bytes) -> str:
    """Bytes in parentheses, all but harmless ASCII as octal escapes."""
    return f"({_UNSAFE.sub(_octal, content).decode('ascii')})"


def _octal(found: re.Match[bytes]) -> bytes:
    return b"\\%03o" % found.group()[0]
