"""The objects of a file, and the file that is made of them (ISO 32000-1, 7.5): header, bodies, table, trailer.

An object is written once and never changed; two that read alike are one, but for forms. Nothing in the file depends on
when, where or by whom it was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from isal import isal_zlib

from renderer.draw.pdf.file.syntax import dictionary, reference

_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # four bytes above 127: this is no text file
_LEVEL: Final = 3
_DIGEST_BYTES: Final = 16
# Below it the two names that say "deflated" take more than deflating saves.
_LEAST_DEFLATED: Final = 96


class Objects:
    """Bodies by number, counted from 1."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._known: dict[bytes, int] = {}
        self._digest = hashlib.sha256()

    def __len__(self) -> int:
        return len(self._bodies)

    def reserve(self) -> int:
        """A number for an object that others name before it is written: :meth:`put` gives it its body."""
        return self._append(b"")

    def put(self, number: int, entries: Mapping[str, str]) -> None:
        self._bodies[number - 1] = dictionary(entries).encode("ascii")

    def add(self, entries: Mapping[str, str]) -> int:
        """A dictionary."""
        return self._add(dictionary(entries).encode("ascii"))

    def add_stream(self, entries: Mapping[str, str], content: bytes, *, shared: bool = True) -> int:
        """A stream; deflated where that makes it shorter. ``shared``: one that reads alike will do as well."""
        if len(content) >= _LEAST_DEFLATED:
            deflated = isal_zlib.compress(content, _LEVEL)
            if len(deflated) < len(content):
                return self.add_encoded({**entries, "Filter": "/FlateDecode"}, deflated, shared=shared)
        return self.add_encoded(entries, content, shared=shared)

    def add_encoded(self, entries: Mapping[str, str], content: bytes, *, shared: bool = True) -> int:
        """A stream whose content is what its ``Filter`` says already."""
        head = dictionary({**entries, "Length": str(len(content))}).encode("ascii")
        body = b"".join((head, b"stream\n", content, b"\nendstream"))
        return self._add(body) if shared else self._append(body)

    def serialise(self, *, root: int, info: int) -> bytes:
        """The whole file. The objects are gone afterwards: their bytes are in it."""
        parts, places, place = [_HEADER], [], len(_HEADER)
        for number, body in enumerate(self._bodies, 1):
            places.append(place)
            part = b"%d 0 obj\n%s\nendobj\n" % (number, body)
            self._digest.update(part)
            parts.append(part)
            place += len(part)
        self._bodies.clear()
        self._known.clear()
        parts.append(_table(places))
        parts.append(self._trailer(len(places) + 1, root, info, place))
        return b"".join(parts)

    def _trailer(self, size: int, root: int, info: int, table: int) -> bytes:
        identity = f"<{self._digest.digest()[:_DIGEST_BYTES].hex().upper()}>"
        entries = {"Size": str(size), "Root": reference(root), "Info": reference(info), "ID": f"[{identity}{identity}]"}
        return f"trailer\n{dictionary(entries)}\nstartxref\n{table}\n%%EOF\n".encode("ascii")

    def _add(self, body: bytes) -> int:
        known = self._known.get(body)
        if known is None:
            known = self._known[body] = self._append(body)
        return known

    def _append(self, body: bytes) -> int:
        self._bodies.append(body)
        return len(self._bodies)


def _table(places: list[int]) -> bytes:
    """Twenty bytes for each object: where it begins."""
    entries = b"".join([b"%010d 00000 n \n" % place for place in places])
    return b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, entries)
