"""The decoder of Figma's REST JSON."""

from __future__ import annotations

from typing import Final

import msgspec

from renderer.collector import collector_paused
from renderer.exceptions import DocumentError
from renderer.fieldpath import placed
from renderer.figma import Decoded, FigmaNode
from renderer.limits import RenderLimits
from renderer.read.rest.locate import Located, locate
from renderer.read.rest.parse import Json, parse_json
from renderer.read.rest.refusal import refuse
from renderer.read.rest.spelling import RestNode
from renderer.read.rest.visible import is_invisible, keep_visible

# Where a node lies: all that counts of the ancestors of the one to draw.
_PLACE: Final = ("type", "absoluteBoundingBox", "rotation", "size", "relativeTransform")
# Why a node has no picture: all that counts of one that has none.
_INVISIBLE: Final = ("type", "visible", "opacity")


def decode_rest(document: bytes | memoryview, *, node: str | None, limits: RenderLimits) -> Decoded:
    """The node asked for (``1:2`` or ``1-2``), or the document's obvious one.

    Raises DocumentError (not such a document, or a field is wrong; ``field`` is its path), NodeNotFoundError,
    LimitError, and OptionError where nothing of a file can be seen.
    """
    with collector_paused():
        found = _found(document, node, limits)
        ancestors = tuple(_ancestor(found, depth) for depth in range(len(found.ancestors)))
        try:
            keep_visible(found.node, limits)
        except DocumentError as error:
            raise placed(error, found.path) from None
        return Decoded(_typed(found.node, found.path), found.path, ancestors)


def _found(document: bytes | memoryview, node: str | None, limits: RenderLimits) -> Located:
    """With nothing of the ancestors but their place, so that the rest of the document is let go of here."""
    found = locate(parse_json(document, limits), node, limits)
    wanted = _only(found.node, _INVISIBLE) if is_invisible(found.node) else found.node
    return Located(wanted, found.path, tuple(_only(above, _PLACE) for above in found.ancestors))


def _only(node: Json, names: tuple[str, ...]) -> Json:
    return {name: node[name] for name in names if name in node}


def _ancestor(found: Located, depth: int) -> FigmaNode:
    return _typed(found.ancestors[depth], f"ancestor {depth + 1} of {len(found.ancestors)} of {found.path}")


def _typed(raw: Json, path: str) -> FigmaNode:
    """All at once, which is fast and says no more than that something is wrong."""
    try:
        return msgspec.convert(raw, RestNode)
    except msgspec.ValidationError:
        refuse(raw, path)
    try:
        return msgspec.convert(raw, RestNode)
    except msgspec.ValidationError as error:  # what no one found a better word for
        raise DocumentError(f"A field of the document is wrong: {error}.", field=path) from None
