"""One service of a compose file, read strictly (the Compose specification): what is not known here is refused, with its
line, rather than left out of the container without a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.footguns.document import ManifestError, YamlNode, load
from deploy.exceptions import DeploymentError, refuse

_UNITS: Final = {"": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30}
_ENGINES_OWN: Final = {
    "stop_grace_period": "how long a stop may take",
    "restart": "starting it again when it ends",
    "healthcheck": "asking it whether it is well",
    "image": "the image's name",
}
"""What a runtime has no part in: an engine or a service manager does it."""


@dataclass(frozen=True, slots=True)
class Port:
    """``container`` port, reached at ``address``:``host`` of the machine."""

    address: str
    host: int
    container: int


@dataclass(frozen=True, slots=True)
class Bind:
    source: Path
    target: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class Service:
    """A service as its file resolves to. Sizes in bytes; ``None``: the file does not say."""

    name: str
    folder: Path
    build: Path | None = None
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    user: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    drops_all_capabilities: bool = False
    no_new_privileges: bool = False
    seccomp: Path | None = None
    apparmor: str | None = None
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    volumes: tuple[Bind, ...] = ()
    memory_bytes: int | None = None
    pids: int | None = None
    cpus: float | None = None
    left_to_the_engine: tuple[str, ...] = ()


def read(path: Path) -> Service:
    """The file's one service. Raises DeploymentError: it has none or several, or one says what is not known here."""
    try:
        documents = load(path)
    except ManifestError as error:
        raise DeploymentError(str(error)) from None
    services = [pair for document in documents for pair in document.get("services").items()]
    strange = [key for document in documents for key, _ in document.items() if key.text not in ("services", "name")]
    if strange:
        raise refuse(strange[0], f"{strange[0].text} is not known here")
    if len(services) != 1:
        raise DeploymentError(f"{path} has {len(services)} services, and one is what is translated")
    name, service = services[0]
    return _service(name.text, service, path.parent.resolve())


def _service(name: str, service: YamlNode, folder: Path) -> Service:
    fields: dict[str, Any] = {}
    left = []
    # The reader gives the last key first, so that the first of a name is the one that counts.
    for key, value in reversed(list(service.items())):
        if key.text in _ENGINES_OWN:
            left.append(f"{key.text}: {_ENGINES_OWN[key.text]}")
        elif key.text in _READERS:
            fields |= _READERS[key.text](value, folder)
        else:
            raise refuse(key, f"{key.text} is not known here: no bundle is made that would leave it out")
    return Service(name, folder, left_to_the_engine=tuple(left), **fields)


# --- one reader per key: the fields of Service that it sets -----------------------------------------------------------


def _build(value: YamlNode, folder: Path) -> dict[str, Any]:
    if not _text(value):
        raise refuse(value, "build is not just a folder")
    return {"build": (folder / _text(value)).resolve()}


def _words(field_name: str) -> Callable[[YamlNode, Path], dict[str, Any]]:
    def read_words(value: YamlNode, _: Path) -> dict[str, Any]:
        if value.text:
            raise refuse(value, f"{field_name} is a shell's line; write it as a list")
        return {field_name: tuple(_text(item) for item in value.each())}

    return read_words


def _user(value: YamlNode, _: Path) -> dict[str, Any]:
    if not re.fullmatch(r"\d+:\d+", _text(value)):
        raise refuse(value, "user is not UID:GID in numbers; a name has no meaning outside of the image")
    return {"user": _text(value)}


def _environment(value: YamlNode, _: Path) -> dict[str, Any]:
    pairs = [(key, key.text, item) for key, item in value.items()]
    found = {name: _known(item, key) for key, name, item in pairs}
    for item in value.each():
        name, equals, text = _text(item).partition("=")
        if not equals:
            raise refuse(item, f"{name} would come from whoever starts it")
        found[name] = text
    return {"environment": found}


def _known(value: YamlNode, key: YamlNode) -> str:
    if not value.text:
        raise refuse(key, f"{key.text} has no value: it would come from whoever starts it")
    return _text(value)


def _ports(value: YamlNode, _: Path) -> dict[str, Any]:
    return {"ports": tuple(_port(item) for item in value.each())}


def _port(item: YamlNode) -> Port:
    found = re.fullmatch(r"(?:([\d.]+):)?(\d+):(\d+)(?:/tcp)?", _text(item))
    if not found:
        raise refuse(item, f"{item.text} is not [ADDRESS:]PORT:PORT")
    return Port(found[1] or "0.0.0.0", int(found[2]), int(found[3]))  # noqa: S104 - what Docker takes it for


def _cap_drop(value: YamlNode, _: Path) -> dict[str, Any]:
    if [_text(item).upper() for item in value.each()] != ["ALL"]:
        raise refuse(value, "cap_drop is not [ALL]: the server needs no capability")
    return {"drops_all_capabilities": True}


def _security_opt(value: YamlNode, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in value.each():
        key, _, rest = _text(item).replace("=", ":", 1).partition(":")
        if key == "no-new-privileges" and rest in ("", "true"):
            found["no_new_privileges"] = True
        elif key == "seccomp" and rest not in ("", "unconfined", "builtin"):
            found["seccomp"] = (folder / rest).resolve()
        elif key == "apparmor" and rest not in ("", "unconfined"):
            found["apparmor"] = rest
        else:
            raise refuse(item, f"security_opt {item.text} is not known here, or takes a confinement off")
    return found


def _flag(field_name: str) -> Callable[[YamlNode, Path], dict[str, Any]]:
    def read_flag(value: YamlNode, _: Path) -> dict[str, Any]:
        if _text(value).lower() not in ("true", "false"):
            raise refuse(value, f"{field_name} is neither true nor false")
        return {field_name: value.true}

    return read_flag


def _tmpfs(value: YamlNode, _: Path) -> dict[str, Any]:
    return {"tmpfs": tuple(_text(item) for item in value.each())}


def _volumes(value: YamlNode, folder: Path) -> dict[str, Any]:
    return {"volumes": tuple(_bind(item, folder) for item in value.each())}


def _bind(item: YamlNode, folder: Path) -> Bind:
    source, _, rest = _text(item).partition(":")
    target, _, mode = rest.partition(":")
    if not source.startswith((".", "/")) or not target.startswith("/") or mode not in ("", "rw", "ro"):
        raise refuse(item, "a volume is not FOLDER:/TARGET[:ro]; an engine's named volumes are not to be had here")
    return Bind((folder / source).resolve(), target, mode == "ro")


def _mem_limit(value: YamlNode, _: Path) -> dict[str, Any]:
    found = re.fullmatch(r"(\d+)\s*([a-z]*)", _text(value).lower())
    if not found or found[2] not in _UNITS:
        raise refuse(value, f"mem_limit {value.text} is no size")
    return {"memory_bytes": int(found[1]) * _UNITS[found[2]]}


def _number(field_name: str, kind: Callable[[str], float]) -> Callable[[YamlNode, Path], dict[str, Any]]:
    def read_number(value: YamlNode, _: Path) -> dict[str, Any]:
        try:
            number = kind(_text(value))
        except ValueError:
            raise refuse(value, f"{value.text} is no number") from None
        if number <= 0:
            raise refuse(value, f"{value.text} would be no limit")
        return {field_name: number}

    return read_number


def _text(value: YamlNode) -> str:
    """A scalar's text. Raises DeploymentError where a variable decides on it."""
    if "$" in value.text:
        raise refuse(value, f"{value.text} depends on a variable without a default")
    return value.text


_READERS: Final[Mapping[str, Callable[[YamlNode, Path], dict[str, Any]]]] = {
    "build": _build,
    "entrypoint": _words("entrypoint"),
    "command": _words("command"),
    "user": _user,
    "environment": _environment,
    "ports": _ports,
    "cap_drop": _cap_drop,
    "security_opt": _security_opt,
    "read_only": _flag("read_only"),
    "tmpfs": _tmpfs,
    "volumes": _volumes,
    "mem_limit": _mem_limit,
    "pids_limit": _number("pids", int),
    "cpus": _number("cpus", float),
}


def said(service: Service) -> Iterator[str]:
    """What no OCI runtime does of it, for whoever starts the container to know."""
    yield from (f"{item} is left to whoever supervises the container" for item in service.left_to_the_engine)
    for port in service.ports:
        yield f"port {port.address}:{port.host} is published by `python -m deploy up`, not by the runtime"
