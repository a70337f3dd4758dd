"""The outputs of one document's order, by their numbers: which an earlier run has drawn, and what their files are
called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.answer import Answer
from app.cli.documentfiles import DocumentFile, SealedDocument
from app.cli.renders import LandedOutput
from app.filenames import FileNames
from app.options import RenderQuery, encode_header
from renderer.formats import DEFAULT


class AskedOutputs:
    """``asked`` and ``exports``: as of a render's order. ``path``: of the backend that draws them."""

    def __init__(
        self,
        asked: tuple[RenderQuery, ...],
        document: DocumentFile,
        sealed: SealedDocument,
        path: str,
        *,
        exports: bool,
    ) -> None:
        self.asked = asked
        self.exports = exports
        self.document = document
        self.sealed = sealed
        orders = (asked,) if exports else tuple((query,) for query in asked)
        self._options = tuple(self._digest(order, path) for order in orders)

    def _digest(self, asked: tuple[RenderQuery, ...], path: str) -> str:
        body = self.sealed.body
        said = encode_header(*asked, media_type=body.media_type, images=body.images, exports=self.exports)
        return hashlib.sha256(said + path.encode()).hexdigest()

    def options_of(self, number: int) -> str:
        """SHA-256 of all but the document that decides what an output looks like."""
        return self._options[0 if self.exports else number]

    def node_of(self, number: int) -> str | None:
        """The node that was named for it."""
        if self.exports:
            return self.asked[0].node if len(self.asked) == 1 else None
        return self.asked[number].node

    @property
    def every_node(self) -> bool:
        """Whether the outputs are those of all nodes that have export settings."""
        return self.exports and any(query.node is None for query in self.asked)

    def earlier(self, landed: Iterable[LandedOutput], *, resume: bool) -> EarlierOutputs:
        """``landed``: what is in the document's folder."""
        numbers = {options: number for number, options in enumerate(self._options)}
        settled, replaced, others = {}, [], []
        for output in landed:
            number = numbers.get(output.options) if output.sha256 == self.sealed.digest else None
            if output.source != self.document.source or output.exports != self.exports:
                others.append(output)
            elif resume and number is not None:
                number = output.index if self.exports else number
                settled[number] = output.model_copy(update={"index": number})
            else:
                replaced.append(output)
        return EarlierOutputs(settled, tuple(replaced), tuple(others))


@dataclass(frozen=True, slots=True)
class EarlierOutputs:
    """Pictures that are there. ``settled``: those that would come out the same again, by number. ``replaced``: others
    of the document, whose files are drawn over where they have the same name. ``others``: those of another document, or
    named in another way; their files are left alone."""

    settled: Mapping[int, LandedOutput]
    replaced: tuple[LandedOutput, ...]
    others: tuple[LandedOutput, ...]

    @property
    def taken(self) -> tuple[str, ...]:
        """Files that nothing else is to be named like."""
        return tuple(output.file for output in (*self.settled.values(), *self.others))

    def kept(self, names: OutputNames) -> tuple[LandedOutput, ...]:
        """All but those whose files may be drawn over, which a killed run leaves with another picture than was said."""
        left = (output for output in self.replaced if not names.may_give(output.file))
        return (*self.settled.values(), *self.others, *left)


class OutputNames:
    """The files of one document's folder. After their nodes' ids, which are known before anything is drawn, so that a
    name does not depend on what failed before; of export settings after their nodes' names, as they come."""

    def __init__(self, outputs: AskedOutputs, earlier: EarlierOutputs) -> None:
        self._names = FileNames(earlier.taken)
        self._stem = outputs.document.stem
        asked = () if outputs.exports else outputs.asked
        self._known = {n: self._named(query) for n, query in enumerate(asked) if n not in earlier.settled}
        self._files = frozenset(self._known.values())
        self._by_name = outputs.exports

    def _named(self, query: RenderQuery) -> str:
        name = self._stem if query.node is None else query.node.replace(":", "-")
        return self._names.unique(name, "", query.picture_format.suffixes[0])

    def known(self, number: int) -> str | None:
        """Before anything is drawn."""
        return self._known.get(number)

    def may_give(self, file: str) -> bool:
        """Whether an output may be called so."""
        return self._by_name or file in self._files

    def of(self, number: int, answer: Answer) -> str:
        """A relative path with slashes. To be asked once for each output."""
        known = self._known.get(number)
        if known is not None:
            return known
        return self._names.of(answer.picture, answer.image_format or DEFAULT, by_name=True)
