"""One node: its place, its compositing group, and within it shadows, fills, children and strokes, in that order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import skia

from renderer.paint.backdrop import draw_background_blur
from renderer.paint.blend import draw_linear_burn, has_paint_mode, paint_mode
from renderer.paint.context import PaintContext
from renderer.paint.convert import to_matrix
from renderer.paint.effects import EffectPlan, plan_effects
from renderer.paint.facts import Facts, facts_of, isolates
from renderer.paint.fills import PLAIN_INK, Ink, draw_fills
from renderer.paint.geometry import outlines, silhouette
from renderer.paint.layers import layer
from renderer.paint.masks import draw_siblings
from renderer.paint.noise import draw_noise
from renderer.paint.shadows import draw_drop_shadow, draw_inner_shadow
from renderer.paint.shapes import clip_shape, draw_shape
from renderer.paint.strokes import draw_strokes, lies_below
from renderer.paint.text import draw_text, draw_text_strokes
from renderer.scene import BackgroundBlur, Node


def draw_node(node: Node, context: PaintContext) -> None:
    """Paint a node and all below it on ``context.canvas``, whose matrix is that of the node's parent."""
    canvas = context.canvas
    facts = facts_of(node, context)
    canvas.save()
    canvas.concat(to_matrix(node.transform))
    if node.opacity > 0 and not canvas.quickReject(facts.bounds):
        _composite(node, facts, context)
    canvas.restore()


def _composite(node: Node, facts: Facts, context: PaintContext) -> None:
    for effect in node.effects:
        if isinstance(effect, BackgroundBlur):
            draw_background_blur(effect, node, context)
    plan = plan_effects(node, context)
    if plan.image_filter is None and not isolates(node, inner=facts.inner):
        _draw_content(node, plan, context, PLAIN_INK)
    elif _is_single_paint(node):
        _draw_content(node, plan, context, Ink(node.opacity, node.blend))
    else:
        _draw_group(node, plan, facts, context)


def _is_single_paint(node: Node) -> bool:
    """Whether opacity and blend mode can go into the one paint of the node, sparing it a layer."""
    if node.children or any(not isinstance(effect, BackgroundBlur) for effect in node.effects):
        return False
    strokes = len(node.stroke.fills) if node.stroke is not None else 0
    if node.text is not None:
        return not strokes and all(len(run.style.fills) <= 1 for run in node.text.runs)
    return len(node.fills) + strokes <= 1


def _draw_group(node: Node, plan: EffectPlan, facts: Facts, context: PaintContext) -> None:
    """Paint into a layer, in device coordinates, and lay that down with opacity, blend mode and image filter."""
    canvas = context.canvas
    matrix = canvas.getTotalMatrix()
    bounds = matrix.mapRect(facts.bounds)

    def draw() -> None:
        canvas.setMatrix(matrix)
        _draw_content(node, plan, context, PLAIN_INK)

    canvas.save()
    canvas.resetMatrix()
    if not has_paint_mode(node.blend):
        draw_linear_burn(context, bounds, node.opacity, lambda: _draw_filtered(plan, bounds, context, draw))
    else:
        paint = skia.Paint(Alphaf=node.opacity, BlendMode=paint_mode(node.blend))
        if plan.image_filter is not None:  # it reaches further than what is painted, which Skia knows
            paint.setImageFilter(plan.image_filter)
            bounds = matrix.mapRect(facts.content)
        with layer(context, bounds, paint):
            draw()
    canvas.restore()


def _draw_filtered(plan: EffectPlan, bounds: Any, context: PaintContext, draw: Callable[[], None]) -> None:
    if plan.image_filter is None:
        draw()
        return
    with layer(context, bounds, skia.Paint(ImageFilter=plan.image_filter)):
        draw()


def _draw_content(node: Node, plan: EffectPlan, context: PaintContext, ink: Ink) -> None:
    for drop in plan.drops:
        draw_drop_shadow(drop, plan.shape, plan.opacity, node, context)
    if not plan.noises:
        _draw_body(node, plan, context, ink)
        return
    content = facts_of(node, context).content
    with layer(context, content):
        _draw_body(node, plan, context, ink)
        for noise in plan.noises:
            draw_noise(noise, node, context, content)


def _draw_body(node: Node, plan: EffectPlan, context: PaintContext, ink: Ink) -> None:
    """All but the shadows that fall from it."""
    below = lies_below(node)
    if below:
        _draw_strokes(node, context, ink)
    _draw_fills(node, context, ink)
    for inner in plan.inners:
        draw_inner_shadow(inner, plan.shape, node, context)
    _draw_children(node, context)
    if not below:
        _draw_strokes(node, context, ink)


def _draw_strokes(node: Node, context: PaintContext, ink: Ink) -> None:
    if node.text is None:
        draw_strokes(node, context, ink=ink)
    else:
        draw_text_strokes(node, node.text, context, ink)


def _draw_fills(node: Node, context: PaintContext, ink: Ink) -> None:
    if node.text is not None:
        draw_text(node, node.text, context, ink)
        return
    for outline in outlines(node, context) if _has_fills(node) else ():
        fills = node.fills if outline.fills is None else outline.fills
        draw_fills(fills, node, context, partial(draw_shape, context.canvas, outline.shape), ink=ink)


def _has_fills(node: Node) -> bool:
    """Spares the outline of a node that paints nothing of its own, such as a group's or an empty frame's."""
    paths = getattr(node.geometry, "paths", ())
    return bool(node.fills) or any(path.fills for path in paths)


def _draw_children(node: Node, context: PaintContext) -> None:
    if not node.children:
        return
    shape = silhouette(node, context) if node.clips else None
    if shape is None:
        draw_siblings(node.children, context, draw_node)
        return
    context.canvas.save()
    clip_shape(context.canvas, shape)
    draw_siblings(node.children, context, draw_node)
    context.canvas.restore()
