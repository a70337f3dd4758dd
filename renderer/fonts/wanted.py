"""What a style asks of the fonts, after its names have been read."""

from __future__ import annotations

from dataclasses import dataclass

from renderer.fonts.names import normalise, split_style
from renderer.scene import TextStyle

_REGULAR = 400.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """``line_height``: in ems, of the font the document was made with, or None if the document does not tell."""

    family: str
    postscript_name: str | None
    weight: float
    italic: bool
    line_height: float | None

    @classmethod
    def by(cls, style: TextStyle) -> Wanted:
        """Names know better than a weight of 400, which documents also write for ``HelveticaNeueMedium``."""
        weight, italic = style.weight, style.italic
        for name in (style.postscript_name, style.family):
            _, named_weight, named_italic = split_style(name) if name else ("", None, False)
            weight = named_weight if named_weight is not None and weight == _REGULAR else weight
            italic = italic or named_italic
        return cls(style.family, style.postscript_name, weight, italic, style.font_line_height)

    @property
    def names(self) -> tuple[str, ...]:
        """The family's possible names, surest first, normalised."""
        from_postscript = split_style(self.postscript_name)[0] if self.postscript_name else ""
        return normalise(self.family), split_style(self.family)[0], from_postscript

    def __str__(self) -> str:
        return f"{self.family or 'no family'} {self.weight:g}{' italic' if self.italic else ''}"
