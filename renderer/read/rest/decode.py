"""The decoder of Figma's REST JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from renderer.collector import collector_paused
from renderer.exceptions import RenderError
from renderer.figma import DocumentNode, OpenDocument
from renderer.limits import RenderLimits
from renderer.read.rest.locate import Located, locate
from renderer.read.rest.node import RestDocumentNode
from renderer.read.rest.outlines import KnownOutlines
from renderer.read.rest.parse import Json, parse_json
from renderer.read.rest.visible import is_invisible

# Where a node lies: all that counts of the ancestors of one to draw.
_PLACE: Final = ("type", "absoluteBoundingBox", "rotation", "size", "relativeTransform")
# Why a node has no picture: all that counts of one that has none.
_INVISIBLE: Final = ("type", "visible", "opacity")


def open_rest(
    document: bytes | memoryview, *, nodes: Sequence[str | None], exports: bool, limits: RenderLimits
) -> OpenDocument:
    """The nodes asked for (``1:2`` or ``1-2``, None for the obvious one), and if asked for all with export settings.

    What is asked for alone is read in place, which spends what was parsed; several nodes may have parts in common, and
    copies are made of what is changed. Raises DocumentError (no such document), NodeNotFoundError (an answer without
    nodes) and LimitError.
    """
    with collector_paused():
        search = locate(parse_json(document, limits), nodes, limits, exports=exports)
        shared = KnownOutlines(limits) if exports or len(set(nodes)) > 1 else None
        found: dict[str | None, DocumentNode | RenderError] = {
            asked: each if isinstance(each, RenderError) else _kept(each, limits, shared)
            for asked, each in search.nodes.items()
        }
        return OpenDocument(found, tuple(_kept(each, limits, shared) for each in search.exported))


def _kept(found: Located, limits: RenderLimits, shared: KnownOutlines | None) -> RestDocumentNode:
    """With nothing of the ancestors but their place, so that the rest of the document is let go of here."""
    node = _only(found.node, _INVISIBLE) if is_invisible(found.node) else found.node
    place = tuple(_only(above, _PLACE) for above in found.ancestors)
    return RestDocumentNode.of(found.node, Located(node, found.path, place), limits, shared)


def _only(node: Json, names: tuple[str, ...]) -> Json:
    return {name: node[name] for name in names if name in node}
