"""Decoders: bytes of a document in, a :class:`renderer.figma.Decoded` out.

A folder for each kind of document. None decides anything: what a document means, the builder knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from renderer.exceptions import DocumentError
from renderer.figma import Decoded
from renderer.limits import RenderLimits
from renderer.read.rest import decode_rest

REST_MEDIA_TYPE: Final = "application/json"

_DECODERS: Final[dict[str, Callable[..., Decoded]]] = {REST_MEDIA_TYPE: decode_rest}


def decode(document: bytes | memoryview, document_type: str, *, node: str | None, limits: RenderLimits) -> Decoded:
    """The node asked for, or the document's obvious one. ``document_type``: its media type. Raises any RenderError."""
    decoder = _DECODERS.get(document_type)
    if decoder is None:
        raise DocumentError(
            f"documents of type {document_type!r} cannot be read; send Figma's REST JSON as {REST_MEDIA_TYPE}",
            code="document-type-unsupported",
        )
    return decoder(document, node=node, limits=limits)
