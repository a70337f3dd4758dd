"""Which version of a font a document was made with, found from how wide its texts are.

Fonts are re-spaced between versions under one name. A box that grows with its text is as wide as the text was in
Figma, rounded up to a whole pixel; where there are two versions, the one whose widths agree is the right one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from renderer.fonts import FontProvider
from renderer.fonts.names import normalise
from renderer.scene import AutoResize, Scene, Text, texts_of
from renderer.text.layout import layout_text

# Enough to tell, and no more than a few milliseconds.
_MAX_SAMPLES = 12
_MAX_SAMPLE_CHARS = 60
# A text that fits no version well (an override, an icon) counts no more than this.
_MAX_MISS_PX = 1.0


def match_versions(scene: Scene, fonts: FontProvider) -> FontProvider:
    """``fonts``, preferring for each family the version that the texts of ``scene`` were set in."""
    samples: dict[str, list[Text]] = defaultdict(list)
    for text in _measurable(scene):
        style = text.block.runs[0].style
        family = normalise(fonts.resolve(style).instance.face.family)
        if len(samples[family]) < _MAX_SAMPLES and fonts.versions(style):
            samples[family].append(text)
    chosen = {family: _best_version(family, texts, fonts) for family, texts in samples.items() if texts}
    return fonts.with_versions(chosen) if chosen else fonts


def _measurable(scene: Scene) -> Iterator[Text]:
    """The texts of one style whose boxes are exactly as wide as they are."""
    for item in texts_of(scene.root):
        block = item.block
        if block.auto_resize is not AutoResize.WIDTH_AND_HEIGHT or len(block.runs) != 1:
            continue
        if len(block.characters) <= _MAX_SAMPLE_CHARS and not block.lines and not block.paragraph_indent:
            yield item


def _best_version(family: str, texts: list[Text], fonts: FontProvider) -> str:
    """The version with the smallest sum of misses; the first, which is the newest, where they do not differ."""
    styles = [text.block.runs[0].style for text in texts]
    versions = list(dict.fromkeys(version for style in styles for version in fonts.versions(style)))
    return min(versions, key=lambda version: _miss(texts, fonts.with_versions({family: version})))


def _miss(texts: list[Text], fonts: FontProvider) -> float:
    return round(sum(min(_miss_of(text, fonts), _MAX_MISS_PX) for text in texts), 3)


def _miss_of(text: Text, fonts: FontProvider) -> float:
    """How far the text is from a width that rounds up to its box, pixels."""
    lines = layout_text(text.block, text.width, text.height, fonts).lines
    width = max((line.width for line in lines), default=0.0)
    return max(width - text.width, text.width - 1.0 - width, 0.0)
