"""``multipart/mixed`` (RFC 2046, 5.1): a part for each output, a picture or a problem.

A boundary that nobody can guess is in no picture. It follows each part at once, so that a client that does not count
bytes need not wait for the next part to know that this one is complete.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator

from app import headers
from app.answer import Answer
from app.containers.kinds import Container
from app.containers.outputs import PlacedOutput
from app.containers.whole import whole
from app.problems import MEDIA_TYPE, ProblemError
from renderer.formats import DEFAULT


class MixedWriter:
    def __init__(self) -> None:
        self._boundary = secrets.token_hex(24)
        self._before = f"--{self._boundary}\r\n"
        self.media_type = f"{Container.MULTIPART.value}; boundary={self._boundary}"

    async def add(self, output: PlacedOutput, request_id: str | None) -> AsyncGenerator[bytes]:
        """Raises ProblemError where a picture was cut."""
        if isinstance(output.result, ProblemError):
            body = problem(output, output.result, request_id)
            yield self._head(output, {"Content-Type": MEDIA_TYPE, **output.result.headers}, len(body)) + body
        else:
            yield self._head(output, _described(output.result, output.file or ""), output.result.content.size)
            for chunk in whole(output.result.content):
                yield chunk
        yield f"\r\n--{self._boundary}".encode()

    def _head(self, output: PlacedOutput, described: dict[str, str], size: int) -> bytes:
        node = {} if output.node is None else {"Render-Node": headers.plain(output.node)}
        fields = {"Content-Length": str(size), "Render-Index": str(output.number)} | node | described
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        head, self._before = f"{self._before}{lines}\r\n", "\r\n"
        return head.encode("latin-1")

    async def end(self) -> AsyncGenerator[bytes]:
        yield b"--\r\n"


def _described(made: Answer, file: str) -> dict[str, str]:
    """Every header field of a picture that is not alike for all."""
    picture = made.picture
    return {
        "Content-Type": picture.media_type,
        **headers.attachment(file),
        "Render-Size": f"{picture.width}x{picture.height}",
        "Render-Warnings": headers.render_warnings(picture.warnings, picture.warnings_dropped),
        "Server-Timing": headers.server_timing(made.timings_ms),
        **headers.security(made.image_format or DEFAULT),
    }


def problem(output: PlacedOutput, error: ProblemError, request_id: str | None) -> bytes:
    """The object that a request for this output alone would have been answered with, and which output it is."""
    said = error.problem(request_id).model_copy(update={"index": output.number, "node": output.node})
    return said.model_dump_json(exclude_none=True).encode()
