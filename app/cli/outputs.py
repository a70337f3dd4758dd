"""The outputs of one document's order, by their numbers: which an earlier run has drawn, and what their files are
called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.answer import Answer
from app.cli.documentfiles import SealedDocument
from app.cli.renders import LandedOutput
from app.filenames import FileNames
from app.options import RenderQuery, encode_header
from renderer.formats import DEFAULT


@dataclass(frozen=True, slots=True)
class AskedOutputs:
    """``asked`` and ``exports``: as of a render's order. ``path``: of the backend that draws them."""

    asked: tuple[RenderQuery, ...]
    exports: bool
    document: SealedDocument
    path: str

    @property
    def every_node(self) -> bool:
        """Whether the outputs are those of all nodes that have export settings."""
        return self.exports and any(query.node is None for query in self.asked)

    def options_of(self, number: int) -> str:
        """SHA-256 of all but the document that decides what an output looks like."""
        asked = self.asked if self.exports else self.asked[number : number + 1]
        body = self.document.body
        said = encode_header(*asked, media_type=body.media_type, images=body.images, exports=self.exports)
        return hashlib.sha256(said + self.path.encode()).hexdigest()

    def node_of(self, number: int) -> str | None:
        """The node that was named for it."""
        return None if self.exports else self.asked[number].node

    def has(self, drawn: LandedOutput) -> bool:
        """Whether it would come out the same again."""
        if not self.exports and drawn.number >= len(self.asked):
            return False
        return drawn.document == self.document.digest and drawn.options == self.options_of(drawn.number)


class OutputNames:
    """The files of one document's folder. After their nodes' ids, which are known before anything is drawn, so that a
    name does not depend on what failed before; of export settings after their nodes' names, as they come. ``stem``:
    what a picture is called for which no node was named. ``taken``: files of outputs that are not drawn again."""

    def __init__(self, outputs: AskedOutputs, stem: str, taken: Iterable[str]) -> None:
        self._names = FileNames(taken if outputs.exports else ())
        self._known = () if outputs.exports else tuple(self._named(query, stem) for query in outputs.asked)

    def _named(self, query: RenderQuery, stem: str) -> str:
        name = stem if query.node is None else query.node.replace(":", "-")
        return self._names.unique(name, "", query.picture_format.suffixes[0])

    def of(self, number: int, answer: Answer) -> str:
        """A relative path with slashes. To be asked once for each output."""
        if self._known:
            return self._known[number]
        return self._names.of(answer.picture, answer.image_format or DEFAULT, by_name=True)
