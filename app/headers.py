"""The answer's own header fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from app.report import DrawnBy, ReportedWarning
from renderer.formats import ImageFormat

MAX_WARNINGS_BYTES = 4096
_ROOM_FOR_MORE = 32
# A picture is never a page: nothing in it may run, load or be embedded with rights of this origin.
_POLICY = "sandbox; default-src 'none'"
_POLICIES = {
    # The only one that a browser opens as a document of its own, and with parts: what it is styled with and what lies
    # in it as data stay, and that is all it has.
    ImageFormat.SVG: f"{_POLICY}; style-src 'unsafe-inline'; img-src data:; font-src data:",
}


def security(image_format: ImageFormat) -> dict[str, str]:
    """What keeps a picture a picture, whatever a worker wrote into it."""
    return {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _POLICIES.get(image_format, _POLICY),
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def inline(name: str, image_format: ImageFormat) -> dict[str, str]:
    """To be shown, and kept under that name with the format's suffix."""
    return {"Content-Disposition": f'inline; filename="{name}.{image_format.suffixes[0]}"'}


def attachment(path: str) -> dict[str, str]:
    """To be kept under that name, a relative path; with what is not ASCII in the form that is for it (RFC 6266, RFC
    8187)."""
    fallback = plain(path).replace("?", "_").replace("\\", "_").replace('"', "_")
    extended = "" if path == fallback else f"; filename*=UTF-8''{quote(path, safe='')}"
    return {"Content-Disposition": f'attachment; filename="{fallback}"{extended}'}


def server_timing(timings_ms: Mapping[str, float]) -> str:
    """https://www.w3.org/TR/server-timing/ — ``queue;dur=0.1, sandbox;dur=2.3``; milliseconds."""
    return ", ".join(f"{name};dur={ms:.2f}" for name, ms in timings_ms.items())


def render_device(device: DrawnBy) -> str:
    """``"name"; api="..."; software`` as a structured field item (RFC 9651)."""
    return f"{_string(device.name)};api={_string(device.api)};software={'?1' if device.software else '?0'}"


def render_warnings(warnings: Iterable[ReportedWarning], dropped: int) -> str:
    """A structured field list: the number of warnings, then ``code;node="1:2";detail="..."`` for as many as fit into
    :data:`MAX_WARNINGS_BYTES`, then ``more;count=n`` for those that do not."""
    listed = list(warnings)
    total = len(listed) + dropped
    members = [str(total)]
    size = len(members[0])
    for warning in listed:
        member = _warning(warning)
        size += len(member) + 2
        if size > MAX_WARNINGS_BYTES - _ROOM_FOR_MORE:
            break
        members.append(member)
    missing = total - (len(members) - 1)
    return ", ".join([*members, f"more;count={missing}"] if missing else members)


def _warning(warning: ReportedWarning) -> str:
    node = f";node={_string(warning.node)}" if warning.node else ""
    return f"{warning.code}{node};detail={_string(warning.detail[:200])}"


def _string(text: str) -> str:
    """An sf-string: printable ASCII, quotes and backslashes escaped; other characters become ``?``."""
    return '"' + plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def plain(text: str) -> str:
    """In printable ASCII; other characters become ``?``."""
    return "".join(c if " " <= c <= "~" else "?" for c in text)
