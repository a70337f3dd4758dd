"""Decoders: bytes of a document in, a :class:`renderer.figma.Decoded` out. They decide nothing.

A folder for each format. A new one is a folder, a line in :data:`DECODERS`, and its line in ``renderer/documents.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from renderer.documents import DocumentFormat, labels, media_types, of_media_type
from renderer.exceptions import DocumentError
from renderer.figma import Decoded
from renderer.limits import RenderLimits
from renderer.read.rest.decode import decode_rest


class Decoder(Protocol):
    """``node``: the id of the node to draw, None for the document's obvious one."""

    def __call__(self, document: bytes | memoryview, *, node: str | None, limits: RenderLimits) -> Decoded: ...


DECODERS: Final[Mapping[DocumentFormat, Decoder]] = {DocumentFormat.REST_JSON: decode_rest}


def decode(document: bytes | memoryview, media_type: str, *, node: str | None, limits: RenderLimits) -> Decoded:
    """What Figma says of the node asked for, whatever the format. Raises DocumentError for a media type that nobody
    here reads, and what the decoder raises."""
    document_format = of_media_type(media_type)
    decoder = None if document_format is None else DECODERS.get(document_format)
    if decoder is None:
        raise DocumentError(
            f"documents of type {media_type!r} cannot be read; send {labels()} as {media_types()}",
            code="document-type-unsupported",
        )
    return decoder(document, node=node, limits=limits)


__all__ = ["DECODERS", "Decoder", "decode"]
