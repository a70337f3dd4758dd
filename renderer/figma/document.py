"""A document that has been parsed: what a decoder hands out, in nobody's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from renderer.exceptions import RenderError
from renderer.figma.decoded import Decoded
from renderer.figma.export import ExportSetting


@dataclass(frozen=True, slots=True)
class NodeExport:
    """One export setting. ``path``: where in the document it is, for errors."""

    setting: ExportSetting
    path: str


class DocumentNode(Protocol):
    """One node of an open document. It holds what it needs of it, so that the rest can go."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def path(self) -> str:
        """Where in the document it is, for errors."""
        ...

    @property
    def export_count(self) -> int:
        """How many export settings it has, good and bad."""
        ...

    def decoded(self) -> Decoded:
        """What Figma says of it, the same every time. Raises DocumentError and LimitError."""
        ...

    def forget(self) -> None:
        """Let go of what was kept from reading it for reading others."""
        ...

    def exports(self) -> tuple[NodeExport | RenderError, ...]:
        """Its export settings, each of its own or why it cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """``nodes``: what came of each node that was asked for. ``exported``: the nodes with export settings, in the order
    of the document, where they were asked for."""

    nodes: Mapping[str | None, DocumentNode | RenderError]
    exported: tuple[DocumentNode, ...] = ()

    def find(self, node: str | None) -> DocumentNode:
        """One that the document was opened for. Raises what keeps it from being drawn: NodeNotFoundError, OptionError
        (a file with nothing visible), LimitError or DocumentError (the search for it went no further)."""
        found = self.nodes[node]
        if isinstance(found, RenderError):
            raise found.with_traceback(None)  # or each raising would add to it
        return found
