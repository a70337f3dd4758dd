"""What several pictures are answered in."""

from __future__ import annotations

from enum import Enum


class Container(Enum):
    """By its media type. The first is what is made for who likes them alike."""

    MULTIPART = "multipart/mixed"
    ZIP = "application/zip"
