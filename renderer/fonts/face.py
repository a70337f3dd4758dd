"""A face, and its instances: one weight of it, ready to shape and to draw."""

from __future__ import annotations

import re
from dataclasses import dataclass

import skia
import uharfbuzz as hb

from renderer.fonts.fontfile import FontFile
from renderer.fonts.manifest import FontEntry, FontRole

_WEIGHT_AXIS = "wght"
_NUMBER = re.compile(r"\d+\.\d+")
_THINNEST, _BOLDEST = 1.0, 1000.0


@dataclass(frozen=True, slots=True)
class FontMetrics:
    """Of one em, y up from the baseline except ``descent`` (positive downwards). An underline's or a strike's offset
    is its upper edge. The line metrics follow HarfBuzz: OS/2 typographic where the font asks for it, else hhea."""

    ascent: float
    descent: float
    line_gap: float
    underline_offset: float
    underline_size: float
    strike_offset: float
    strike_size: float
    cap_height: float

    @property
    def line_height(self) -> float:
        """What Figma calls the intrinsic line height, in ems."""
        return self.ascent + self.descent + self.line_gap


@dataclass(frozen=True, slots=True, eq=False)
class FaceInstance:
    """One weight of a face. ``font`` works in font units (``upem`` to the em); drawing scales the typeface."""

    face: Face
    weight: float
    font: hb.Font
    typeface: skia.Typeface
    metrics: FontMetrics

    @property
    def upem(self) -> int:
        return self.face.upem


class Face:
    """One design: a family, upright or italic, with one weight or a range of them."""

    def __init__(self, file: FontFile, entry: FontEntry, precedence: int) -> None:
        """Everything that reads the file happens here, so that shaping and drawing later stay in memory."""
        self.family = entry.family
        self.aliases = entry.aliases
        self.italic = entry.italic
        self.role = entry.role
        self.precedence = precedence
        self._shaping = file.shaping_face(entry.index)
        self._drawing = file.drawing_face(entry.index)
        self.upem = int(self._shaping.upem)
        self.version = _version(self._shaping)
        self.postscript_name = entry.postscript_name or str(self._drawing.getPostScriptName() or "")
        self.weights, self.is_variable = self._weight_range(entry.weight)
        self.coverage = self._shaping.unicodes
        self._instances: dict[float, FaceInstance] = {}
        self.substitutions = self._feature_tags()
        self.instance(self.weights[0] if not self.is_variable else 400.0)

    @property
    def shaping(self) -> hb.Face:
        """The face as HarfBuzz has it: shaping works from it, and so does taking a part of it."""
        return self._shaping

    @property
    def is_emoji(self) -> bool:
        return self.role is FontRole.EMOJI

    @property
    def line_height(self) -> float:
        """Intrinsic line height in ems, of the first instance made."""
        return next(iter(self._instances.values())).metrics.line_height

    def covers(self, codepoint: int) -> bool:
        """Whether the face has a glyph for it."""
        return codepoint in self.coverage

    def nearest_weight(self, weight: float) -> float:
        """The weight of this face that is closest to ``weight``."""
        return min(max(weight, self.weights[0]), self.weights[1])

    def instance(self, weight: float) -> FaceInstance:
        """The face at the weight nearest to ``weight``. Made once each; from memory only."""
        weight = self.nearest_weight(weight)
        if weight not in self._instances:
            self._instances[weight] = self._make_instance(weight)
        return self._instances[weight]

    def _weight_range(self, stated: float | None) -> tuple[tuple[float, float], bool]:
        for axis in self._shaping.axis_infos:
            if axis.tag == _WEIGHT_AXIS:
                return (float(axis.min_value), float(axis.max_value)), True
        weight = float(stated) if stated is not None else _style_value(self._shaping, hb.StyleTag.WEIGHT)
        weight = min(max(weight, _THINNEST), _BOLDEST)
        return (weight, weight), False

    def _feature_tags(self) -> frozenset[str]:
        tags: set[str] = set()
        for script in range(len(self._shaping.get_table_script_tags("GSUB"))):
            tags.update(self._shaping.get_language_feature_tags("GSUB", script))
        return frozenset(tags)

    def _make_instance(self, weight: float) -> FaceInstance:
        font = hb.Font(self._shaping)
        typeface = self._drawing
        if self.is_variable:
            font.set_variations({_WEIGHT_AXIS: weight})
            typeface = _clone_at(self._drawing, weight)
        return FaceInstance(self, weight, font, typeface, _metrics(font, self.upem))


def _version(face: hb.Face) -> str:
    """The number in the font's own version string, or '' if it has none."""
    number = _NUMBER.search(face.get_name(hb.OTNameIdPredefined.VERSION_STRING) or "")
    return number.group() if number else ""


def _clone_at(typeface: skia.Typeface, weight: float) -> skia.Typeface:
    axis = int.from_bytes(_WEIGHT_AXIS.encode(), "big")
    coordinates = skia.FontArguments.VariationPosition.Coordinates()
    coordinates.append(skia.FontArguments.VariationPosition.Coordinate(axis, weight))
    # Both must outlive the call: Skia keeps pointers, not copies.
    position = skia.FontArguments.VariationPosition(coordinates)
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(position)
    return typeface.makeClone(arguments) or typeface


def _style_value(face: hb.Face, tag: hb.StyleTag) -> float:
    return float(hb.Font(face).get_style_value(tag))


def _metrics(font: hb.Font, upem: int) -> FontMetrics:
    extents = font.get_font_extents("ltr")

    def of_em(tag: hb.OTMetricsTag) -> float:
        return float(font.get_metric_position_with_fallback(tag)) / upem

    return FontMetrics(
        ascent=extents.ascender / upem,
        descent=-extents.descender / upem,
        line_gap=extents.line_gap / upem,
        underline_offset=of_em(hb.OTMetricsTag.UNDERLINE_OFFSET),
        underline_size=of_em(hb.OTMetricsTag.UNDERLINE_SIZE),
        strike_offset=of_em(hb.OTMetricsTag.STRIKEOUT_OFFSET),
        strike_size=of_em(hb.OTMetricsTag.STRIKEOUT_SIZE),
        cap_height=of_em(hb.OTMetricsTag.CAP_HEIGHT),
    )
