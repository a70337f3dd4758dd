"""The fonts of the repository, loaded once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from renderer.fonts import FontProvider

FONTS = Path(__file__).parents[3] / "fonts"


@cache
def provider() -> FontProvider:
    return FontProvider.load(FONTS)
