"""Text and attributes of XML. All that comes from a document goes through here."""

from __future__ import annotations

import re
from typing import Final

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT: Final = "\ufffd"
_IN_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def text(content: str) -> str:
    """Characters that XML 1.0 has no way to say become U+FFFD."""
    return _FORBIDDEN.sub(_REPLACEMENT, content).translate(_IN_TEXT)


def attribute(content: str) -> str:
    """The same between double quotes."""
    return _FORBIDDEN.sub(_REPLACEMENT, content).translate(_IN_ATTRIBUTE)


def with_attributes(element: str, attributes: str) -> str:
    """``attributes`` (each with a space before it) added to the first tag of ``element``, which has some already."""
    name, _, rest = element.partition(" ")
    return f"{name}{attributes} {rest}"


def wrapped(content: str, attributes: str) -> str:
    return f"<g{attributes}>{content}</g>"
