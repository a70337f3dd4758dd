"""The fonts of a file: which one a glyph is set in."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final

from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.paint.images import Images
from renderer.draw.pdf.raster.pictures import Pictures
from renderer.draw.pdf.text.emoji import draw_glyph
from renderer.draw.pdf.text.outlinefonts import OutlineFont
from renderer.draw.pdf.text.picturefonts import PictureFont
from renderer.fonts import FaceInstance
from renderer.fonts.embedding import may_embed

EMOJI_SIZES_PX: Final = (64, 128, 256)
"""Pixels per em that pictures of glyphs are made with."""


class NotEmbeddable(Exception):  # noqa: N818 - no error of the document: the file is written again without them
    """HarfBuzz cannot take the glyphs out of some fonts."""

    def __init__(self, instances: AbstractSet[FaceInstance]) -> None:
        super().__init__(f"{len(instances)} fonts cannot be taken apart")
        self.instances = instances


class Fonts:
    """``outlined``: fonts to do without, beyond those that forbid embedding."""

    def __init__(
        self, objects: Objects, images: Images, pictures: Pictures, outlined: AbstractSet[FaceInstance] = frozenset()
    ) -> None:
        self._objects = objects
        self._images = images
        self._pictures = pictures
        self._outlined = outlined
        self._outline_fonts: dict[FaceInstance, OutlineFont | None] = {}
        self._picture_fonts: dict[tuple[FaceInstance, int], list[PictureFont]] = {}

    def outline_font(self, instance: FaceInstance) -> OutlineFont | None:
        """None where the font may not be embedded, or cannot be."""
        if instance not in self._outline_fonts:
            embeds = instance not in self._outlined and may_embed(instance)
            self._outline_fonts[instance] = OutlineFont(instance, self._objects) if embeds else None
        return self._outline_fonts[instance]

    def picture_font(self, instance: FaceInstance, glyph: int, text: str, pixels_per_em: float) -> PictureFont:
        """A font of colour glyphs. ``pixels_per_em``: how large they are shown."""
        size = next((size for size in EMOJI_SIZES_PX if size >= pixels_per_em), EMOJI_SIZES_PX[-1])
        draw = partial(draw_glyph, instance, size, images=self._images, pictures=self._pictures)
        return self._with_room(instance, size, glyph, text, draw)

    def blank_font(self, instance: FaceInstance, glyph: int, text: str) -> PictureFont:
        """A font whose glyphs are as wide as the instance's and paint nothing."""
        return self._with_room(instance, 0, glyph, text, lambda *_: None)

    def finish(self) -> None:
        """Write all of them down. Raises :class:`NotEmbeddable`, and then nothing of the file is of use."""
        fonts = [(instance, font) for instance, font in self._outline_fonts.items() if font is not None]
        made = [(instance, font, font.subset()) for instance, font in fonts]
        broken = {instance for instance, _, subset in made if subset is None}
        if broken:
            raise NotEmbeddable(broken)
        for _, font, subset in made:
            if subset is not None:
                font.finish(subset)
        for of_one in self._picture_fonts.values():
            for picture_font in of_one:
                picture_font.finish()

    def _with_room(
        self, instance: FaceInstance, size: int, glyph: int, text: str, draw: Callable[..., None]
    ) -> PictureFont:
        """The one that has the glyph already, or the last one, or a new one."""
        fonts = self._picture_fonts.setdefault((instance, size), [])
        known = next((font for font in fonts if font.has(glyph, text)), None)
        if known is not None:
            return known
        if not fonts or fonts[-1].is_full:
            fonts.append(PictureFont(instance, self._objects, draw))
        return fonts[-1]
