"""``multipart/form-data`` (RFC 7578) streamed into sealed memfds; only the envelope is parsed, never what is in it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.problems import ProblemError
from sandbox.mechanisms.memfd import MemfdWriter

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# Every part takes a descriptor here, and one more while it travels; sandbox.job.MAX_INPUTS is above this.
MAX_PARTS = 200
MAX_FIELD_BYTES = 4096
MAX_HEADERS = 8
_DIGEST = re.compile(r"([0-9a-fA-F]{40})(?:\.[A-Za-z0-9]{1,8})?\Z")


@dataclass(slots=True)
class FormPart:
    """One part. ``digest``: SHA-1 of its bytes, lower-case hex, which is what Figma names images by."""

    name: str
    filename: str | None
    media_type: str | None
    content: MemfdWriter = field(default_factory=lambda: MemfdWriter("part"))
    sha1: hashlib._Hash = field(default_factory=lambda: hashlib.sha1(usedforsecurity=False))

    @property
    def digest(self) -> str:
        return self.sha1.hexdigest()

    @property
    def is_image(self) -> bool:
        return self.name == "image" or _DIGEST.match(self.name) is not None

    @property
    def claimed_digest(self) -> str | None:
        """The digest the client named the part by, in its filename or its name."""
        for name in (self.filename, self.name):
            match = _DIGEST.match(name) if name else None
            if match is not None:
                return match[1].lower()
        return None

    def write(self, data: memoryview) -> None:
        self.content.append(data)
        self.sha1.update(data)


class FormReader:
    """Feed it the body; it collects :attr:`parts`. A context manager, which closes every part it still owns.

    All its methods raise ProblemError (``multipart-invalid``, ``part-invalid``).
    """

    def __init__(self, boundary: bytes) -> None:
        self.parts: list[FormPart] = []
        self._headers: dict[str, str] = {}
        self._name = self._value = b""
        self._ended = False
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_end": self._on_end,
        }
        try:
            self._parser = MultipartParser(
                boundary, callbacks, max_header_count=MAX_HEADERS, max_header_size=MAX_FIELD_BYTES
            )
        except FormParserError as error:
            raise _malformed(f"its boundary cannot be used ({error})") from None

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _malformed(str(error)) from None

    def finish(self) -> None:
        if not self._ended:
            raise _malformed("the final boundary is missing: the body was cut, or ends without `--BOUNDARY--`")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self.parts:
            part.content.close()

    # --- what the parser calls ------------------------------------------------------------------------------------

    def _on_part_begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise ProblemError("part-invalid", f"A request may have {MAX_PARTS} parts, and this one has more.")
        self._headers = {}

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("utf-8", "replace")
        self._name = self._value = b""

    def _on_headers_finished(self) -> None:
        disposition, options = parse_options_header(self._headers.get("content-disposition", "").encode())
        name = _text(options.get(b"name"))
        if disposition != b"form-data" or not name:
            raise _malformed('a part has no `Content-Disposition: form-data; name="..."`')
        if "content-transfer-encoding" in self._headers and not self._is_plain():
            raise _malformed("parts are sent as they are, not in a Content-Transfer-Encoding (RFC 7578, 4.7)")
        media_type, _ = parse_options_header(self._headers.get("content-type"))
        self.parts.append(FormPart(name, _text(options.get(b"filename")), media_type.decode("latin-1") or None))

    def _is_plain(self) -> bool:
        return self._headers["content-transfer-encoding"].strip().lower() in ("binary", "8bit", "7bit")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].write(memoryview(data)[start:end])

    def _on_end(self) -> None:
        self._ended = True


def boundary_of(content_type: str) -> bytes:
    """Raises ProblemError ``multipart-invalid`` where there is none."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise _malformed("its Content-Type has no boundary parameter")
    return boundary


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")[:256]


def _malformed(why: str) -> ProblemError:
    return ProblemError("multipart-invalid", f"The body is not multipart/form-data as RFC 7578 has it: {why[:300]}.")
