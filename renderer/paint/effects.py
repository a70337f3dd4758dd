"""Which of a node's effects are drawn how.

A shadow of a plain shape is drawn as that shape (:mod:`renderer.paint.shadows`). Every other shadow, and a layer blur,
is an image filter on the layer that the node is painted into: its content is painted once, however many effects it and
the nodes around it have. The filter works in device pixels, so that nothing is resampled for a node that is turned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import skia

from renderer.paint.blur import LEAST_SIGMA, MAX_MASK_SIGMA, bounded_sigma, device_sigma, gaussian
from renderer.paint.context import PaintContext
from renderer.paint.convert import to_colour32
from renderer.paint.geometry import silhouette
from renderer.paint.progressive import ends_of, graded
from renderer.scene import (
    BlendMode,
    DropShadow,
    GradientFill,
    InnerShadow,
    LayerBlur,
    Node,
    Noise,
    SolidFill,
    StrokeAlign,
)

_SIGMAS: Final = 3.0  # a Gaussian is nothing beyond three sigmas, at 8 bits


@dataclass(frozen=True, slots=True)
class EffectPlan:
    """``shape``: what casts the plain shadows, with ``opacity``. ``image_filter``: of the node's layer, or None."""

    shape: Any | None = None
    opacity: float = 1.0
    drops: tuple[DropShadow, ...] = ()
    inners: tuple[InnerShadow, ...] = ()
    noises: tuple[Noise, ...] = ()
    image_filter: Any | None = None


NO_EFFECTS = EffectPlan()


def plan_effects(node: Node, context: PaintContext) -> EffectPlan:
    """Made while the canvas has the node's own matrix."""
    if not node.effects:
        return NO_EFFECTS
    drops = tuple(effect for effect in node.effects if isinstance(effect, DropShadow))
    inners = tuple(effect for effect in node.effects if isinstance(effect, InnerShadow))
    blurs = tuple(effect for effect in node.effects if isinstance(effect, LayerBlur))
    shape = silhouette(node, context) if (drops or inners) and node.text is None else None
    opacity = _coverage(node)
    plain_inners = shape is not None and bool(node.fills) and _fit_masks(inners, context)
    plain_drops = plain_inners and opacity is not None and not _strokes_outwards(node) and _fit_masks(drops, context)
    chain = _Chain(node, context)
    for drop in () if plain_drops else drops:
        chain.add_drop_shadow(drop)
    for inner in () if plain_inners else inners:
        chain.add_inner_shadow(inner)
    for blur in blurs:
        chain.add_blur(blur)
    return EffectPlan(
        shape,
        1.0 if opacity is None else opacity,
        drops if plain_drops else (),
        inners if plain_inners else (),
        tuple(effect for effect in node.effects if isinstance(effect, Noise)),
        chain.result,
    )


def _fit_masks(shadows: tuple[DropShadow, ...] | tuple[InnerShadow, ...], context: PaintContext) -> bool:
    return all(device_sigma(shadow.radius, context) <= MAX_MASK_SIGMA for shadow in shadows)


def _strokes_outwards(node: Node) -> bool:
    stroke = node.stroke
    return stroke is not None and bool(stroke.fills) and stroke.align is not StrokeAlign.INSIDE


def _coverage(node: Node) -> float | None:
    """The opacity of all fills together where it is the same everywhere, else None."""
    if not node.fills or node.text is not None or any(path.fills for path in getattr(node.geometry, "paths", ())):
        return None
    clear = 1.0
    for fill in node.fills:
        match fill:
            case SolidFill(colour):
                clear *= 1 - colour.a * fill.opacity
            case GradientFill(_, _, stops) if fill.opacity == 1 and all(stop.colour.a >= 1 for stop in stops):
                clear = 0.0
            case _:
                return None
    return 1 - clear


class _Chain:
    """An image filter that grows effect by effect. None as an input means what was painted into the layer."""

    def __init__(self, node: Node, context: PaintContext) -> None:
        self._node = node
        self._context = context
        self._scale = context.canvas_scale()
        self._below: Any | None = None
        self.result: Any | None = None

    def add_drop_shadow(self, effect: DropShadow) -> None:
        """Under what was painted, over the shadows that are there already."""
        self._check(effect)
        sigma = self._sigma(effect.radius)
        dx, dy = self._offset(effect)
        flood = skia.ColorFilters.Blend(to_colour32(effect.colour), skia.BlendMode.kSrcIn)
        cast = skia.ImageFilters.ColorFilter(flood, self._blurred(sigma))
        cast = skia.ImageFilters.Offset(dx, dy, cast)
        if not effect.show_behind_node:
            cast = skia.ImageFilters.Xfermode(skia.BlendMode.kDstOut, cast)
        self._below = cast if self._below is None else skia.ImageFilters.Merge([self._below, cast])
        self.result = skia.ImageFilters.Merge([self._below, None])

    def add_inner_shadow(self, effect: InnerShadow) -> None:
        """The colour wherever a moved and blurred copy of what was painted is not, kept inside what was painted."""
        self._check(effect)
        sigma = self._sigma(effect.radius)
        copy = skia.ImageFilters.Offset(*self._offset(effect), self._blurred(sigma))
        colour = effect.colour
        inverse = [0, 0, 0, 0, colour.r, 0, 0, 0, 0, colour.g, 0, 0, 0, 0, colour.b, 0, 0, 0, -colour.a, colour.a]
        dark = skia.ImageFilters.ColorFilter(skia.ColorFilters.Matrix([float(value) for value in inverse]), copy)
        inside = skia.ImageFilters.Xfermode(skia.BlendMode.kSrcIn, None, dark)
        self.result = skia.ImageFilters.Merge([self.result, inside])

    def add_blur(self, effect: LayerBlur) -> None:
        sigma = self._sigma(effect.radius)
        ends = ends_of(effect.ramp, self._node, self._context.canvas.getTotalMatrix()) if effect.ramp else None
        if effect.ramp is not None and ends is not None:
            self._add_graded((self._sigma(effect.ramp.radius), sigma), ends)
        elif sigma > LEAST_SIGMA:
            self.result = gaussian(sigma, skia.TileMode.kDecal, self.result)

    def _add_graded(self, sigmas: tuple[float, float], ends: tuple[Any, Any]) -> None:
        reach = _SIGMAS * max(sigmas)
        area = skia.Rect.Make(self._context.canvas.getDeviceClipBounds()).makeOutset(reach, reach)
        decal = skia.TileMode.kDecal
        self.result = graded(sigmas, ends, area, source=self.result, tiling=decal, crop=None)

    def _blurred(self, sigma: float) -> Any | None:
        return gaussian(sigma, skia.TileMode.kDecal) if sigma > LEAST_SIGMA else None

    def _sigma(self, radius: float) -> float:
        return bounded_sigma(radius, self._node, self._context) * self._scale

    def _offset(self, effect: DropShadow | InnerShadow) -> tuple[float, float]:
        """In device pixels: the offset is along the page's axes, and so is the device."""
        return effect.offset.x * self._context.page_scale, effect.offset.y * self._context.page_scale

    def _check(self, effect: DropShadow | InnerShadow) -> None:
        if effect.spread:
            self._context.note(
                "shadow-spread-ignored", "spread is drawn for plain shapes only, as in Figma", self._node
            )
        if effect.blend not in (BlendMode.NORMAL, BlendMode.PASS_THROUGH):
            detail = f"a shadow of what is no plain shape is drawn with NORMAL, not {effect.blend.value}"
            self._context.note("blend-mode-approximated", detail, self._node)
