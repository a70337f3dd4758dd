"""The formats that a document can come in, and all that is known of each: the one place that names them.

The front end, the command line, the page and the decoders ask here. It imports the standard library alone, as the
front end may not import what parses. A new format is a line in :data:`_FACTS` and its member, a folder in
``renderer/read`` and a line in its ``DECODERS``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


@dataclass(frozen=True, slots=True)
class _DocumentFacts:
    label: str
    media_type: str
    suffixes: tuple[str, ...]
    signature: str | None = None
    decoded: bool = True


class DocumentFormat(Enum):
    """One format. The first is what a document is taken for where nothing says what it is."""

    REST_JSON = "rest-json"
    FIG = "fig"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _FACTS[self].label

    @property
    def media_type(self) -> str:
        """What a ``ContentStream-Type`` says of it."""
        return _FACTS[self].media_type

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Of files, with the dot, the usual one first."""
        return _FACTS[self].suffixes

    @property
    def signature(self) -> str | None:
        """The ASCII text that its files begin with; None where they have none."""
        return _FACTS[self].signature

    @property
    def decoded(self) -> bool:
        """Whether a decoder reads it. Of one that none reads we know enough to say so."""
        return _FACTS[self].decoded


_FACTS: Final[Mapping[DocumentFormat, _DocumentFacts]] = {
    DocumentFormat.REST_JSON: _DocumentFacts("JSON of Figma's REST API", "application/json", (".json",)),
    DocumentFormat.FIG: _DocumentFacts("a .fig file", "application/x-figma", (".fig",), "fig-kiwi", decoded=False),
}

DEFAULT: Final = DocumentFormat.REST_JSON
"""What a document is taken for where nothing says what it is."""
DECODED: Final = tuple(each for each in DocumentFormat if each.decoded)


def of_media_type(media_type: str) -> DocumentFormat | None:
    """By a media type in lower case and without parameters. None for another's."""
    return next((each for each in DocumentFormat if each.media_type == media_type), None)


def of_suffix(suffix: str) -> DocumentFormat | None:
    """By a file's suffix, with its dot and in any case. None for another's."""
    return next((each for each in DocumentFormat if suffix.lower() in each.suffixes), None)


def labels(formats: Iterable[DocumentFormat] = DECODED) -> str:
    """Their names as a sentence has them: ``JSON of Figma's REST API``."""
    return " or ".join(each.label for each in formats)


def media_types(formats: Iterable[DocumentFormat] = DECODED) -> str:
    """Their media types as a sentence has them: ``application/json``."""
    return " or ".join(each.media_type for each in formats)


def not_decoded(document_format: DocumentFormat) -> str:
    """Why a document of that format is refused, and what to send instead."""
    label = document_format.label[:1].upper() + document_format.label[1:]
    return f"{label} cannot be drawn yet. Send {DEFAULT.label} for it, as {DEFAULT.media_type}."
