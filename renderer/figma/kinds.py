"""The node types of Figma's REST API, by what they mean for a picture."""

from __future__ import annotations

# They hold children in a box of their own: they have fills, corners, and may clip.
FRAMES = frozenset({"FRAME", "COMPONENT", "COMPONENT_SET", "INSTANCE", "SECTION"})

# They only hold children, and take their box from them.
GROUPS = frozenset({"GROUP", "BOOLEAN_OPERATION", "TRANSFORM_GROUP"})

# FigJam's: a box, or a shape, with characters in it.
LABELLED = frozenset({"STICKY", "SHAPE_WITH_TEXT", "TABLE_CELL"})
BOXES = frozenset({"RECTANGLE", "STICKY", "TABLE", "TABLE_CELL"})

WITH_CHARACTERS = LABELLED | {"TEXT"}

PAGES = frozenset({"DOCUMENT", "CANVAS"})

SHAPES = frozenset({"RECTANGLE", "ELLIPSE", "LINE", "REGULAR_POLYGON", "STAR", "VECTOR", "TEXT"})

# Never drawn, and nothing is missing without them: a slice marks a region to export. A tuple, because it is asked about
# types not validated yet, which may be lists.
UNSEEN = ("SLICE",)

DRAWN = FRAMES | PAGES | SHAPES | LABELLED | BOXES | {"GROUP", "BOOLEAN_OPERATION", "TEXT_PATH", "WASHI_TAPE"}

# Nothing of them can be drawn without an outline.
OUTLINED = frozenset({"VECTOR", "BOOLEAN_OPERATION", "TEXT_PATH", "WASHI_TAPE"})
