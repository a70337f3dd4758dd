"""Whom a load test may hit: this machine, and another one only when its name is given twice."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.settings import is_loopback


class TargetError(ValueError):
    """An address that is not one, or one that must not be loaded. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """One server under load. ``pid``: of its front end, where it is on this machine and known; ``query``: the options
    of every render."""

    name: str
    url: str
    query: str = "path=cpu"
    pid: int | None = None

    @property
    def render_url(self) -> str:
        return f"{self.url}/v1/render?{self.query}"


def check_url(url: str, *, allow_remote: str | None = None) -> str:
    """The URL without a path, as ``http://host:port``. Raises TargetError.

    Loopback only. ``allow_remote`` is the one other host that may be named, spelt as in the URL: a load test that hits
    the wrong machine is an attack.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise TargetError(f"{url}: {error}") from None
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise TargetError(f"{url}: not the address of a server, as http://127.0.0.1:8000 is")
    if parts.username is not None or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise TargetError(f"{url}: give scheme, host and port only; the call is always /v1/render")
    if not is_loopback(host) and host != (allow_remote or "").lower():
        raise TargetError(
            f"{host} is not this machine. Load only servers that are yours; if this one is, say so: "
            f"--allow-remote {host}"
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def is_local(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")
