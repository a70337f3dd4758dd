"""Decoders: bytes of a document in, a :class:`renderer.figma.OpenDocument` out. They decide nothing.

A folder for each format. A new one is a folder, a line in :data:`DECODERS`, and its line in ``renderer/documents.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from renderer.collector import collector_paused
from renderer.documents import DocumentFormat, labels, media_types, of_media_type
from renderer.exceptions import DocumentError
from renderer.figma import Decoded, OpenDocument
from renderer.limits import RenderLimits
from renderer.read.rest.decode import open_rest


class Decoder(Protocol):
    """``nodes``: the ids of the nodes to draw, None for the document's obvious one. ``exports``: also find all nodes
    with export settings, no more of these than ``limits.max_outputs``."""

    def __call__(
        self, document: bytes | memoryview, *, nodes: Sequence[str | None], exports: bool, limits: RenderLimits
    ) -> OpenDocument: ...


DECODERS: Final[Mapping[DocumentFormat, Decoder]] = {DocumentFormat.REST_JSON: open_rest}


def open_document(
    document: bytes | memoryview,
    media_type: str,
    *,
    nodes: Sequence[str | None],
    exports: bool = False,
    limits: RenderLimits,
) -> OpenDocument:
    """Parse a document once, whatever the format, for all that is to be drawn of it.

    Raises DocumentError for a media type that nobody here reads, and for the document as a whole what the decoder
    raises. What is wrong with one node, that node raises.
    """
    document_format = of_media_type(media_type)
    decoder = None if document_format is None else DECODERS.get(document_format)
    if decoder is None:
        raise DocumentError(
            f"documents of type {media_type!r} cannot be read; send {labels()} as {media_types()}",
            code="document-type-unsupported",
        )
    return decoder(document, nodes=nodes, exports=exports, limits=limits)


def decode(document: bytes | memoryview, media_type: str, *, node: str | None, limits: RenderLimits) -> Decoded:
    """What Figma says of one node of a document of which no other is needed. Raises what opening and the node raise."""
    with collector_paused():  # from end to end: the collector would walk what was parsed just before it is let go of
        return open_document(document, media_type, nodes=(node,), limits=limits).find(node).decoded()


__all__ = ["DECODERS", "Decoder", "decode", "open_document"]
