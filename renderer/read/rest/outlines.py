"""The outlines that a document carries as SVG path data (``geometry=paths``), each read once."""

from __future__ import annotations

from typing import Any, Final

from renderer.geometry import PathData
from renderer.limits import MAX_COORDINATE, RenderLimits, too_many_verbs
from renderer.read.rest.parse import Json
from renderer.read.rest.svgpath import (
    FarCoordinateError,
    NotPathDataError,
    PathDataError,
    PathTooLongError,
    parse_path,
    verbs_at_least,
)

_FIELDS: Final = ("fillGeometry", "strokeGeometry")
_NOTHING: Final = PathData(b"", b"")


# The text of an outline, and whether it is filled by the even-odd rule.
_Text = tuple[str, bool]


class KnownOutlines:
    """The paths that several readings of one document share. No more verbs of them than one reading may have."""

    def __init__(self, limits: RenderLimits) -> None:
        self._limits = limits
        self._paths: dict[_Text, Json] = {}
        self.forget()

    def forget(self) -> None:
        self._paths.clear()
        self._left = _most_verbs(self._limits)

    def get(self, text: _Text, *, max_verbs: int) -> Json | None:
        """None too where reading it with so many verbs left might have another result."""
        known = self._paths.get(text)
        return known if known is not None and max(len(text[0]), len(known["path"].verbs)) <= max_verbs else None

    def keep(self, text: _Text, known: Json) -> None:
        if text in self._paths:
            return
        verbs = len(known["path"].verbs)
        if verbs > self._left:
            self.forget()
        self._left -= verbs
        self._paths[text] = known


class Outlines:
    """Reads the outlines of one node. Components are drawn many times in a design, and with them their outlines:
    each text is read once. The builder counts what is drawn, which many outlines never are. Twice as many verbs
    are read as may be drawn, since most shapes come with the outline of a stroke too; the rest has a problem.
    ``shared``: what other nodes' readings have made already; nothing that is read depends on it."""

    def __init__(self, limits: RenderLimits, shared: KnownOutlines | None = None) -> None:
        self._limits = limits
        self._left = _most_verbs(limits)
        self._known: dict[_Text, Json] = {}
        self._shared = shared

    def read(self, node: Json) -> None:
        """Put a path where a node has the text of one. What is no text is left for the refusal to find."""
        for field in _FIELDS:
            entries = node.get(field)
            if type(entries) is list and entries:
                node[field] = [self._outline(entry) for entry in entries]

    def _outline(self, entry: Any) -> Any:
        if type(entry) is not dict or type(entry.get("path")) is not str:
            return entry
        rule = entry.get("windingRule")
        path = self._path(entry["path"], even_odd=rule == "EVENODD")
        return {"overrideID": entry.get("overrideID"), "windingRule": rule} | path

    def _path(self, data: str, *, even_odd: bool) -> Json:
        known = self._known.get((data, even_odd))
        if known is None:
            known = self._known[data, even_odd] = self._first(data, even_odd=even_odd)
            self._left -= len(known["path"].verbs)
        return known

    def _first(self, data: str, *, even_odd: bool) -> Json:
        if self._shared is None:
            return self._parsed(data, even_odd=even_odd)
        known = self._shared.get((data, even_odd), max_verbs=min(self._left, self._limits.max_path_verbs))
        if known is None:
            known = self._parsed(data, even_odd=even_odd)
            if known["path"].verbs:
                self._shared.keep((data, even_odd), known)
        return known

    def _parsed(self, data: str, *, even_odd: bool) -> Json:
        if not data.strip():
            return {"path": _NOTHING}
        # A verb is a character at least, so that most texts need no counting.
        left = min(self._left, self._limits.max_path_verbs)
        if len(data) > left and verbs_at_least(data) > left:
            return self._too_many()
        try:
            return {"path": parse_path(data, even_odd=even_odd, max_verbs=self._left)}
        except PathTooLongError:
            self._left = 0
            return self._too_many()
        except PathDataError as error:
            self._left -= verbs_at_least(data)  # they took as long
            return _refused(error)

    def _too_many(self) -> Json:
        refusal = too_many_verbs(self._limits)
        return _problem(refusal.code, refusal.detail)


def _most_verbs(limits: RenderLimits) -> int:
    return 2 * limits.max_path_verbs


def _refused(error: PathDataError) -> Json:
    match error:
        case NotPathDataError():
            return _problem("document-invalid", f"An outline is not SVG path data: {error}.")
        case FarCoordinateError():
            most = f"{MAX_COORDINATE:.0f} pixels, which is the limit"
            return _problem("limit-coordinate", f"An outline has a coordinate beyond {most}.")
    return _problem("path-invalid", f"an outline could not be read: {error}")


def _problem(code: str, detail: str) -> Json:
    return {"path": _NOTHING, "problem": {"code": code, "detail": detail}}
