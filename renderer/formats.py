"""The formats that a render can come out in, and all that is known of each: the one place that names them.

The front end, the command line, the page, the load test and the renderer ask here; tests/test_formats.py fails where
one of them names a format by itself. It imports the standard library alone, as the front end may not import what draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class FormatKind(Enum):
    """What a format is made of. LOSSLESS and LOSSY hold pixels, and ``quality`` counts for LOSSY alone; VECTOR holds
    what to draw, and is written without a surface."""

    LOSSLESS = "lossless"
    LOSSY = "lossy"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class _FormatFacts:
    label: str
    media_type: str
    kind: FormatKind
    other_suffixes: tuple[str, ...] = ()
    max_side: int | None = None


class ImageFormat(Enum):
    """One format. Its value is its name, as a caller writes it and as Figma's images API has it.

    The order is ours where a caller likes several formats alike.
    """

    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    AVIF = "avif"
    PDF = "pdf"
    SVG = "svg"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _FACTS[self].label

    @property
    def media_type(self) -> str:
        """As registered with IANA. An ``Accept`` header matches it whole, by its type (``image/*``) or by ``*/*``."""
        return _FACTS[self].media_type

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Of files, without the dot, the usual one first."""
        return (self.value, *_FACTS[self].other_suffixes)

    @property
    def vector(self) -> bool:
        """Whether it holds what to draw instead of pixels."""
        return _FACTS[self].kind is FormatKind.VECTOR

    @property
    def lossy(self) -> bool:
        """Whether ``quality`` counts for it."""
        return _FACTS[self].kind is FormatKind.LOSSY

    @property
    def max_side(self) -> int | None:
        """The longest side that it can say, in pixels or units of its page; None where every limit of ours is below."""
        return _FACTS[self].max_side


_FACTS: Final[Mapping[ImageFormat, _FormatFacts]] = {
    ImageFormat.PNG: _FormatFacts("PNG", "image/png", FormatKind.LOSSLESS),
    # libjpeg's JPEG_MAX_DIMENSION
    ImageFormat.JPEG: _FormatFacts("JPEG", "image/jpeg", FormatKind.LOSSY, other_suffixes=("jpeg",), max_side=65_500),
    # 14 bits: RFC 9649, 2.6
    ImageFormat.WEBP: _FormatFacts("WebP", "image/webp", FormatKind.LOSSY, max_side=16_383),
    ImageFormat.AVIF: _FormatFacts("AVIF", "image/avif", FormatKind.LOSSY),
    # 200 inches: ISO 32000-1, annex C.2
    ImageFormat.PDF: _FormatFacts("PDF", "application/pdf", FormatKind.VECTOR, max_side=14_400),
    ImageFormat.SVG: _FormatFacts("SVG", "image/svg+xml", FormatKind.VECTOR),
}

TEXT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
"""Of what is no picture: a scene or a display list, described for people."""
DEFAULT: Final = ImageFormat.PNG
"""What is made where nobody says what."""
BITMAPS: Final = tuple(each for each in ImageFormat if not each.vector)
VECTORS: Final = tuple(each for each in ImageFormat if each.vector)
LOSSY: Final = tuple(each for each in ImageFormat if each.lossy)


def of_suffix(suffix: str) -> ImageFormat | None:
    """The format of a file by its suffix, with its dot and in any case: ``.jpeg`` is JPEG. None for another's."""
    wanted = suffix.removeprefix(".").lower()
    return next((each for each in ImageFormat if wanted in each.suffixes), None)


def listed(formats: Iterable[ImageFormat], conjunction: str = "and") -> str:
    """Their names as a sentence has them: ``png, jpg and webp``."""
    *others, last = (each.value for each in formats)
    return f"{', '.join(others)} {conjunction} {last}" if others else last
