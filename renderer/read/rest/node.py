"""One node of an open REST document, and what Figma says of it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import inspect

from renderer.collector import collector_paused
from renderer.exceptions import DocumentError, RenderError
from renderer.fieldpath import key_path, placed
from renderer.figma import Decoded, ExportSetting, FigmaNode, NodeExport
from renderer.limits import RenderLimits
from renderer.read.rest.locate import Located
from renderer.read.rest.outlines import KnownOutlines
from renderer.read.rest.parse import Json
from renderer.read.rest.refusal import refusal_of, refuse
from renderer.read.rest.spelling import RestNode, spelled
from renderer.read.rest.visible import keep_visible

_RestExport: Final = spelled(ExportSetting)
_SPENT: Final = Located({}, "")
_EXPORT: Final = inspect.type_info(_RestExport)


class RestDocumentNode:
    """``shared``: what the readings of several nodes share. None where there is this one alone: its values are then
    changed in place, and let go of once they are read."""

    def __init__(
        self,
        found: Located,
        settings: list[Any],
        names: tuple[str, str],
        limits: RenderLimits,
        shared: KnownOutlines | None,
    ) -> None:
        self.id, self.name = names
        self.path = found.path
        self._found = found
        self._settings = settings
        self._limits = limits
        self._shared = shared
        self._decoded: Decoded | None = None

    @classmethod
    def of(cls, whole: Json, found: Located, limits: RenderLimits, shared: KnownOutlines | None) -> RestDocumentNode:
        """``whole``: the node as the document has it, of which ``found`` may have less."""
        settings = whole.get("exportSettings") or []
        names = _text(whole.get("id")), _text(whole.get("name"))
        return cls(found, settings if isinstance(settings, list) else [settings], names, limits, shared)

    @property
    def export_count(self) -> int:
        return len(self._settings)

    def decoded(self) -> Decoded:
        """Raises DocumentError and LimitError; ``field`` is the path in the document."""
        if self._decoded is not None:
            return self._decoded
        with collector_paused():
            decoded = _decoded(self._found, self._limits, self._shared)
        if self._shared is None:
            self._decoded, self._found = decoded, _SPENT
        return decoded

    def forget(self) -> None:
        if self._shared is not None:
            self._shared.forget()

    def exports(self) -> tuple[NodeExport | RenderError, ...]:
        path = key_path(self.path, "exportSettings")
        return tuple(_export(entry, f"{path}[{index}]") for index, entry in enumerate(self._settings))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _export(entry: Any, path: str) -> NodeExport | RenderError:
    try:
        return NodeExport(msgspec.convert(entry, _RestExport), path)
    except msgspec.ValidationError:
        return refusal_of(entry, _EXPORT, path)


def _decoded(found: Located, limits: RenderLimits, shared: KnownOutlines | None) -> Decoded:
    ancestors = tuple(_ancestor(found, depth) for depth in range(len(found.ancestors)))
    try:
        seen = keep_visible(found.node, limits, shared)
    except DocumentError as error:
        raise placed(error, found.path) from None
    return Decoded(_typed(seen, found.path), found.path, ancestors)


def _ancestor(found: Located, depth: int) -> FigmaNode:
    return _typed(found.ancestors[depth], f"ancestor {depth + 1} of {len(found.ancestors)} of {found.path}")


def _typed(raw: Json, path: str) -> FigmaNode:
    """All at once, which is fast and says no more than that something is wrong."""
    try:
        return msgspec.convert(raw, RestNode)
    except msgspec.ValidationError:
        refuse(raw, path)
    try:
        return msgspec.convert(raw, RestNode)
    except msgspec.ValidationError as error:  # what no one found a better word for
        raise DocumentError(f"A field of the document is wrong: {error}.", field=path) from None
