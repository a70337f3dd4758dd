"""Decoders: bytes of a document in, a :class:`renderer.figma.Decoded` out. They decide nothing.

A folder for each format. A new one is a folder, and a line in :data:`DECODERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from renderer.exceptions import DocumentError
from renderer.figma import Decoded
from renderer.limits import RenderLimits
from renderer.read.rest.decode import decode_rest


class Decoder(Protocol):
    """``node``: the id of the node to draw, None for the document's obvious one."""

    def __call__(self, document: bytes | memoryview, *, node: str | None, limits: RenderLimits) -> Decoded: ...


REST_MEDIA_TYPE: Final = "application/json"

DECODERS: Final[Mapping[str, Decoder]] = {REST_MEDIA_TYPE: decode_rest}
"""By media type."""


def decode(document: bytes | memoryview, media_type: str, *, node: str | None, limits: RenderLimits) -> Decoded:
    """What Figma says of the node asked for, whatever the format. Raises DocumentError for a media type that nobody
    here reads, and what the decoder raises."""
    decoder = DECODERS.get(media_type)
    if decoder is None:
        raise DocumentError(
            f"documents of type {media_type!r} cannot be read; send Figma's REST JSON as {' or '.join(DECODERS)}",
            code="document-type-unsupported",
        )
    return decoder(document, node=node, limits=limits)


__all__ = ["DECODERS", "REST_MEDIA_TYPE", "Decoder", "decode"]
