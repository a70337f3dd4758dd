"""One scene node: drafted from its model and placement on the way down, finished with its children on the way up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from renderer.read.effects import read_effects
from renderer.read.figjam import label_of
from renderer.read.geometry import combined, read_geometry, warn_missing
from renderer.read.kinds import DRAWN, FRAMES, LABELLED, OUTLINED, PAGES, SHAPES
from renderer.read.lines import laid_along
from renderer.read.model.node import NodeModel, TextModel
from renderer.read.outlines import read_outlines
from renderer.read.paints import clamp, read_blend, read_colour, read_fills
from renderer.read.placement import Placement
from renderer.read.reading import Reading
from renderer.read.strokes import read_stroke
from renderer.read.text import has_own_fills, read_text
from renderer.scene import (
    BlendMode,
    BooleanGeometry,
    Fill,
    LineGeometry,
    MaskKind,
    Node,
    NoGeometry,
    PathGeometry,
    Rect,
    SolidFill,
)

_MASK_KINDS = {kind.value: kind for kind in MaskKind}


@dataclass(frozen=True, slots=True)
class Draft:
    """A node without its children; ``first_on_top``: they are painted from the last to the first."""

    node: Node
    kind: str
    first_on_top: bool


def draft_node(model: NodeModel, placement: Placement, reading: Reading, *, operand: bool) -> Draft | None:
    """None where neither it nor anything below it can be seen. ``operand``: its shape counts anyway."""
    if model.type in PAGES:
        # A page has no box: its children lie in page coordinates already.
        return Draft(Node(model.id, model.name, 0.0, 0.0), model.type, first_on_top=False)
    if model.opacity == 0 and not model.is_mask and not operand:
        return None
    _warn_about(model, placement, reading)
    if isinstance(model, TextModel) and model.type == "TEXT":
        node = _text(model, placement, reading)
    else:
        node = _shape(model, placement, reading, operand=operand)
    if isinstance(model, TextModel) and model.type in LABELLED and node is not None:
        label = label_of(model, placement, node.fills, reading)
        node = node if label is None else replace(node, children=(label,))
    return None if node is None else Draft(node, model.type, bool(model.item_reverse_z_index))


def finish_node(draft: Draft, children: tuple[Node, ...], reading: Reading, *, operand: bool) -> Node | None:
    """None where it turns out that nothing of it can be seen, so that painters need not look."""
    node = draft.node
    if isinstance(node.geometry, BooleanGeometry):
        node = replace(node, geometry=combined(node.geometry.operation, children, reading))
        if isinstance(node.geometry, NoGeometry) and not operand:
            warn_missing(reading)
            return None
    elif children and draft.kind != "BOOLEAN_OPERATION":
        ordered = _in_paint_order(children, first_on_top=draft.first_on_top)
        node = replace(node, children=(*ordered, *node.children))
    return node if node.mask or _is_seen(node) or _counts(draft.kind, node, operand=operand) else None


def _warn_about(model: NodeModel, placement: Placement, reading: Reading) -> None:
    if model.type not in DRAWN:
        reading.warn("unsupported-node", f"A node of type {model.type[:40]} is not drawn; what it contains is.")
    if not placement.exact and (model.type in SHAPES or model.type in FRAMES):
        reading.warn(
            "approximate-size",
            "A node turned by 45 degrees has no definite size in this document and is drawn as a square. "
            "Fetch the document with geometry=paths.",
        )


def _counts(kind: str, node: Node, *, operand: bool) -> bool:
    """As an operand a shape without paint counts, and so does one whose outline is missing: it spoils the result."""
    return operand and (kind != "GROUP" or bool(node.children))


def _is_seen(node: Node) -> bool:
    return bool(node.children or node.fills or node.stroke or node.text)


def _in_paint_order(children: tuple[Node, ...], *, first_on_top: bool) -> tuple[Node, ...]:
    # "First on top" of auto layout; a mask masks what follows it in the document either way.
    if first_on_top and not any(child.mask for child in children):
        return tuple(reversed(children))
    return children


# --- shapes, frames and groups ----------------------------------------------------------------------------------------


def _shape(model: NodeModel, placement: Placement, reading: Reading, *, operand: bool) -> Node | None:
    geometry = read_geometry(model, placement, reading)
    if isinstance(geometry, NoGeometry) and model.type in OUTLINED and not (operand or model.is_mask):
        if _has_paint(model):
            warn_missing(reading)
        return None
    shaped = not isinstance(geometry, NoGeometry)
    node = Node(
        id=model.id,
        name=model.name,
        width=placement.width,
        height=placement.height,
        transform=placement.local,
        geometry=geometry,
        fills=_fills(model, reading) if shaped else (),
        stroke=read_stroke(model, reading, is_line=isinstance(geometry, LineGeometry)) if shaped else None,
        effects=read_effects(model.effects, reading),
        opacity=1.0 if model.opacity is None else clamp(model.opacity),
        blend=read_blend(model.blend_mode, reading, BlendMode.PASS_THROUGH),
        mask=_mask(model, reading),
        clips=bool(model.clips_content) and model.type in FRAMES,
    )
    return laid_along(node) if isinstance(geometry, LineGeometry) else node


def _has_paint(model: NodeModel) -> bool:
    return any(paint.visible is not False for paint in (*(model.fills or ()), *(model.strokes or ())))


def _fills(model: NodeModel, reading: Reading) -> tuple[Fill, ...]:
    if model.fills is not None:
        return read_fills(model.fills, reading, "fills")
    # Documents of before 2019 say a frame's fills in fields of their own.
    if model.background is not None:
        return read_fills(model.background, reading, "background")
    if model.background_color is not None and model.type in FRAMES and model.background_color.a > 0:
        return (SolidFill(read_colour(model.background_color)),)
    return ()


def _mask(model: NodeModel, reading: Reading) -> MaskKind | None:
    if not model.is_mask:
        return None
    name = model.mask_type or ("VECTOR" if model.is_mask_outline else "ALPHA")
    kind = _MASK_KINDS.get(name)
    if kind is None:
        reading.warn("unsupported-mask", f"A mask of kind {name[:40]} is drawn as an alpha mask.")
    return kind or MaskKind.ALPHA


# --- text -------------------------------------------------------------------------------------------------------------


# A stroke that makes glyphs no wider than anyone can see.
_HAIRLINE = 0.5


def _text(model: TextModel, placement: Placement, reading: Reading) -> Node | None:
    outlined = bool(model.fill_geometry) and not has_own_fills(model)
    text = None if outlined else read_text(model, reading)
    if text is None and not outlined:
        return None
    # With geometry=paths Figma gives the glyphs' outlines as it laid them out: nothing is closer to its picture.
    paths = read_outlines(model.fill_geometry, None, reading, "fillGeometry") if outlined else ()
    return Node(
        id=model.id,
        name=model.name,
        width=placement.width,
        height=placement.height,
        transform=placement.local,
        geometry=PathGeometry(paths) if outlined else NoGeometry(),
        fills=read_fills(model.fills, reading, "fills") if outlined else (),
        stroke=read_stroke(model, reading),
        effects=read_effects(model.effects, reading),
        opacity=1.0 if model.opacity is None else clamp(model.opacity),
        blend=read_blend(model.blend_mode, reading, BlendMode.PASS_THROUGH),
        mask=_mask(model, reading),
        text=replace(text, ink=_ink(model, placement)) if text is not None else None,
    )


def _ink(model: TextModel, placement: Placement) -> Rect | None:
    """Where the glyphs were in Figma's picture, in the node's coordinates: its render bounds, unless the node is
    turned or they hold more than glyphs."""
    bounds, matrix = model.absolute_render_bounds, placement.absolute
    upright = (matrix.a, matrix.b, matrix.c, matrix.d) == (1.0, 0.0, 0.0, 1.0)
    stroked = bool(model.strokes) and (model.stroke_weight or 0.0) > _HAIRLINE
    more = stroked or any(effect.visible is not False for effect in model.effects or ())
    if bounds is None or not upright or more or bounds.width <= 0 or bounds.height <= 0:
        return None
    return Rect(bounds.x - matrix.e, bounds.y - matrix.f, bounds.width, bounds.height)
