"""Which version of a font a document was made with, found from how wide its texts are.

Fonts are re-spaced between versions under one name. A box that grows with its text is as wide as the text was in
Figma, rounded up to a whole pixel; where there are two versions, the one whose widths agree is the right one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from renderer.fonts import FontProvider
from renderer.fonts.names import normalise
from renderer.scene import AutoResize, Node, Scene, Text
from renderer.text.layout import layout_text

# Enough to tell, and no more than a few milliseconds.
_MAX_SAMPLES = 12
_MAX_SAMPLE_CHARS = 60
# A text that fits no version well (an override, an icon) counts no more than this.
_MAX_MISS_PX = 1.0


def match_versions(scene: Scene, fonts: FontProvider) -> FontProvider:
    """``fonts``, preferring for each family the version that the texts of ``scene`` were set in."""
    samples: dict[str, list[Node]] = defaultdict(list)
    for node, text in _measurable(scene.root):
        style = text.runs[0].style
        family = normalise(fonts.resolve(style).instance.face.family)
        if len(samples[family]) < _MAX_SAMPLES and fonts.versions(style):
            samples[family].append(node)
    chosen = {family: _best_version(family, nodes, fonts) for family, nodes in samples.items() if nodes}
    return fonts.with_versions(chosen) if chosen else fonts


def _measurable(root: Node) -> Iterator[tuple[Node, Text]]:
    """The texts of one style whose boxes are exactly as wide as they are."""
    for node in root.walk():
        text = node.text
        if text is None or text.auto_resize is not AutoResize.WIDTH_AND_HEIGHT or len(text.runs) != 1:
            continue
        if len(text.characters) <= _MAX_SAMPLE_CHARS and not text.lines and not text.paragraph_indent:
            yield node, text


def _best_version(family: str, nodes: list[Node], fonts: FontProvider) -> str:
    """The version with the smallest sum of misses; the first, which is the newest, where they do not differ."""
    styles = [node.text.runs[0].style for node in nodes if node.text is not None]
    versions = list(dict.fromkeys(version for style in styles for version in fonts.versions(style)))
    return min(versions, key=lambda version: _miss(nodes, fonts.with_versions({family: version})))


def _miss(nodes: list[Node], fonts: FontProvider) -> float:
    return round(sum(min(_miss_of(node, fonts), _MAX_MISS_PX) for node in nodes), 3)


def _miss_of(node: Node, fonts: FontProvider) -> float:
    """How far the text is from a width that rounds up to its box, pixels."""
    if node.text is None:
        return 0.0
    lines = layout_text(node.text, node.width, node.height, fonts).lines
    width = max((line.width for line in lines), default=0.0)
    return max(width - node.width, node.width - 1.0 - width, 0.0)
