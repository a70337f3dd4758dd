"""Orders for pictures: one document, drawn as often as there are outputs."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.answer import Answer, answer, distrusted, not_completed, refused
from app.options import PictureQuery, encode_header
from app.problems import ProblemError
from app.received import Upload
from app.report import Refusal, ReportError, read_count
from app.service.order import Circumstances, Order
from app.settings import Settings
from renderer.formats import TEXT_MEDIA_TYPE, ImageFormat
from renderer.options import Shows
from sandbox.client.exchange import Delivered
from sandbox.job import Outcome

_ANY_FORMAT: Mapping[str, ImageFormat | None] = {each.media_type: each for each in ImageFormat}


@dataclass(frozen=True, slots=True)
class RenderWork:
    """``asked``: the options of each output; with ``exports`` of each node whose own export settings say the rest, or
    of all nodes that have some, where one names no node. ``images``: the digest of each input after the document, in
    order. ``max_outputs``: how many there may be."""

    asked: tuple[PictureQuery, ...]
    media_type: str
    images: tuple[str, ...] = ()
    exports: bool = False
    max_outputs: int = 1
    shows: Shows = Shows.PICTURE

    @property
    def outputs(self) -> int:
        return self.max_outputs if self.exports else len(self.asked)

    @property
    def announces(self) -> bool:
        return self.exports or len(self.asked) > 1

    def header(self, settled: Collection[int]) -> bytes:
        return encode_header(
            *self.asked,
            media_type=self.media_type,
            images=self.images,
            exports=self.exports,
            skip=settled,
            max_outputs=self.max_outputs,
            shows=self.shows,
        )

    def count(self, made: Delivered, found: Circumstances) -> int:
        made.content.close()
        try:
            said = read_count(made.report)
        except ReportError as error:
            raise distrusted(f"its count is not one ({error})", found) from None
        if isinstance(said, Refusal):
            raise refused(said, found)
        if said.count > self.outputs or (said.count != self.outputs and not self.exports):
            raise distrusted("it counts more outputs than were asked for", found)
        return said.count

    def result(self, made: Delivered, found: Circumstances) -> Answer:
        return answer(made, found, self._media_types(made.number or 0))

    def _media_types(self, number: int) -> Mapping[str, ImageFormat | None]:
        """The worker chooses nothing but, of export settings, what they say."""
        if self.shows is not Shows.PICTURE:
            return {TEXT_MEDIA_TYPE: None}
        if self.exports:
            return _ANY_FORMAT
        wanted = self.asked[number].picture_format
        return {wanted.media_type: wanted}

    def failure(self, outcome: Outcome, found: Circumstances) -> ProblemError:
        return not_completed(outcome, found, several=self.outputs > 1)


def render_order(
    asked: Sequence[PictureQuery],
    body: Upload,
    settings: Settings,
    *,
    exports: bool = False,
    shows: Shows = Shows.PICTURE,
) -> Order[Answer]:
    """The order for pictures of what has come in. Its deadline counts from now."""
    work = RenderWork(tuple(asked), body.media_type, body.images, exports, settings.max_outputs, shows)
    limits = settings.limits
    deadline = time.monotonic() + settings.queue_wait_s + limits.wall_of(work.outputs)
    return Order(work, body.fds, limits, deadline)
