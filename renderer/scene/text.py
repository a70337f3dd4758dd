"""Text: characters in styles, in a box."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from renderer.geometry import Rect
from renderer.scene.fill import Fill


class TextAlign(Enum):
    LEFT = "LEFT"
    RIGHT = "RIGHT"
    CENTER = "CENTER"
    JUSTIFIED = "JUSTIFIED"


class VerticalAlign(Enum):
    TOP = "TOP"
    CENTER = "CENTER"
    BOTTOM = "BOTTOM"


class TextCase(Enum):
    ORIGINAL = "ORIGINAL"
    UPPER = "UPPER"
    LOWER = "LOWER"
    TITLE = "TITLE"
    SMALL_CAPS = "SMALL_CAPS"
    SMALL_CAPS_FORCED = "SMALL_CAPS_FORCED"


class TextDecoration(Enum):
    NONE = "NONE"
    UNDERLINE = "UNDERLINE"
    STRIKETHROUGH = "STRIKETHROUGH"


class AutoResize(Enum):
    NONE = "NONE"
    HEIGHT = "HEIGHT"
    WIDTH_AND_HEIGHT = "WIDTH_AND_HEIGHT"
    TRUNCATE = "TRUNCATE"


class LineHeightUnit(Enum):
    PIXELS = "PIXELS"
    FONT_SIZE_PERCENT = "FONT_SIZE_PERCENT"
    INTRINSIC_PERCENT = "INTRINSIC_PERCENT"


class LineHeight(Struct, frozen=True, gc=False):
    """``value``: pixels, or per cent of the font size or of the font's own line height (100 is one times)."""

    unit: LineHeightUnit = LineHeightUnit.INTRINSIC_PERCENT
    value: float = 100.0


class TextStyle(Struct, frozen=True, gc=False):
    """The look of one run. ``features``: OpenType tag to value, e.g. ``("liga", 0)``. ``letter_spacing``: pixels.
    ``font_line_height``: in ems, of the font the document was made with, where the document tells; it tells two
    versions of one font apart. ``link``: an address to go to, or ''."""

    family: str
    postscript_name: str | None = None
    weight: float = 400.0
    italic: bool = False
    size: float = 12.0
    letter_spacing: float = 0.0
    line_height: LineHeight = LineHeight()
    case: TextCase = TextCase.ORIGINAL
    decoration: TextDecoration = TextDecoration.NONE
    features: tuple[tuple[str, int], ...] = ()
    fills: tuple[Fill, ...] = ()
    font_line_height: float | None = None
    link: str = ""


class TextRun(Struct, frozen=True, gc=False):
    """``text[start:end]`` in code points, in one style. The runs of a text are in order and cover it exactly."""

    start: int
    end: int
    style: TextStyle


class ListType(Enum):
    NONE = "NONE"
    ORDERED = "ORDERED"
    UNORDERED = "UNORDERED"


class TextLine(Struct, frozen=True, gc=False):
    """Per paragraph (a piece between newlines) of the source text: list kind and indentation level."""

    list_type: ListType = ListType.NONE
    indentation: int = 0


class TextBlock(Struct, frozen=True, gc=False):
    """A block of text in the node's box. ``max_lines`` None: unlimited. ``ellipsis``: truncate with one. ``ink``: where
    the document says that its glyphs are, in the node's coordinates; where its font is not here, that tells how wide
    it was. ``trims``: the box begins at the capitals of the first line and ends at the baseline of the last."""

    characters: str
    runs: tuple[TextRun, ...]
    align: TextAlign = TextAlign.LEFT
    vertical_align: VerticalAlign = VerticalAlign.TOP
    auto_resize: AutoResize = AutoResize.NONE
    ellipsis: bool = False
    max_lines: int | None = None
    paragraph_spacing: float = 0.0
    paragraph_indent: float = 0.0
    list_spacing: float = 0.0
    lines: tuple[TextLine, ...] = ()
    ink: Rect | None = None
    trims: bool = False
