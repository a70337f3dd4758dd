"""Every setting and its default, in one place.

Read from the environment (prefix ``RENDERSERVER_``) and from flags of the same name; a flag wins. A bad value never
surfaces one at a time: :func:`load` reports all of them, each by the name its writer used.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.footguns.live import NAMES as FOOT_GUNS
from renderer.limits import RenderLimits
from sandbox.job import Limits
from sandbox.mechanisms.namespaces import Namespace
from sandbox.spec import NATIVE

PREFIX = "RENDERSERVER_"
_MIB = 1 << 20
_LIMITS = RenderLimits()


class LogFormat(Enum):
    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


def _split(value: object) -> object:
    """``"a, b"`` -> ``["a", "b"]``; anything but a string is left alone."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


CommaSeparated = BeforeValidator(_split)
Names = Annotated[frozenset[str], NoDecode, CommaSeparated]
Directories = Annotated[tuple[Path, ...], NoDecode, CommaSeparated]
PathNames = Annotated[tuple[Literal["cpu", "gpu"], ...], NoDecode, CommaSeparated]


LAYERS = frozenset(space.layer for space in Namespace) | {
    *("cgroup", "cgroup-v1", "cgroup-v2", "capabilities", "no-new-privs", "landlock", "seccomp", "rlimits")
}


class SettingsError(ValueError):
    """The settings cannot be used. ``problems``: one sentence each, naming the variable or the flag."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """The server's configuration. Times in seconds (``_s``), sizes in bytes (``_bytes``)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    paths: PathNames = Field(("cpu", "gpu"), min_length=1, description="Render paths to start, comma-separated.")
    workers: int = Field(
        default_factory=lambda: len(os.sched_getaffinity(0)),
        ge=1,
        le=256,
        description="Renders that run at the same time. Default: the number of CPUs.",
    )
    pool: int = Field(
        2,
        ge=0,
        le=64,
        description="Workers of each path that wait, ready for a request; with 0 each is started when it is asked for.",
    )

    queue_size: int = Field(64, ge=0, le=10_000, description="Requests that may wait for a worker; then 429.")
    queue_wait_s: float = Field(10.0, gt=0, le=3600, description="Longest wait for a worker; then 503.")
    max_uploads: int = Field(256, ge=1, le=10_000, description="Bodies that may be on their way in at once; then 429.")
    upload_timeout_s: float = Field(30.0, gt=0, le=3600, description="Longest time for a body to arrive; then 408.")
    stop_grace_s: float = Field(30.0, ge=0, le=3600, description="Time for requests in flight after SIGTERM.")

    max_body_bytes: int = Field(64 * _MIB, ge=1, le=4096 * _MIB, description="Largest request body; then 413.")
    max_pending_bytes: int = Field(512 * _MIB, ge=1, description="All bodies held at once; then 429.")
    wall_s: float = Field(30.0, gt=0, le=3600, description="Wall-clock time for one render.")
    cpu_s: float = Field(20.0, ge=1, le=3600, description="CPU time for one render.")
    memory_bytes: int = Field(1024 * _MIB, ge=32 * _MIB, description="Memory for one render.")
    output_bytes: int = Field(256 * _MIB, ge=1024, le=2047 * _MIB, description="Largest picture, encoded.")
    max_outputs: int = Field(500, ge=1, le=10_000, description="Pictures of one document in one request.")
    order_wall_s: float = Field(300.0, gt=0, le=86400, description="Wall-clock time for all pictures of a request.")
    order_output_bytes: int = Field(
        1024 * _MIB, ge=1024, le=65536 * _MIB, description="All pictures of a request together, encoded."
    )
    max_nodes: int = Field(_LIMITS.max_nodes, ge=1, description="Nodes in one document.")
    max_image_pixels: int = Field(_LIMITS.max_image_pixels, ge=1, description="Pixels of one posted image, decoded.")
    max_output_pixels: int = Field(_LIMITS.max_output_pixels, ge=1, description="Pixels of the picture; then smaller.")

    level: Literal["strict", "compute"] = Field("strict", description="Filter of the CPU path.")
    launcher: Literal["native", "nsjail", "bubblewrap", "firejail", "crun", "runc"] = Field(
        "native", description="Who starts the GPU path's workers: the server itself, or a tool that is installed."
    )
    waive: Names = Field(frozenset(), description="Sandbox layers that may be missing, comma-separated.")
    waive_footguns: Names = Field(
        frozenset(), description="Foot-guns of the deployment to start in spite of, comma-separated."
    )
    uid: int = Field(65532, ge=1, le=2**31 - 1, description="User the workers run as when started by root.")
    gid: int = Field(65532, ge=1, le=2**31 - 1, description="Group the workers run as when started by root.")
    unsafe_no_sandbox_for_measuring: bool = Field(
        False, description="Render with NO sandbox, to measure what it costs. Refused on a non-loopback address."
    )

    fonts_dirs: Directories = Field((), description="Directories of fonts besides the bundled ones, comma-separated.")
    images_dir: Path | None = Field(None, description="Directory of images named by their SHA-1; read at the start.")
    log_format: LogFormat = Field(LogFormat.AUTO, description="json, console, or auto (console on a terminal).")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @property
    def limits(self) -> Limits:
        return Limits(
            self.wall_s,
            self.cpu_s,
            self.memory_bytes,
            self.output_bytes,
            job_wall_s=self.order_wall_s,
            job_output_bytes=self.order_output_bytes,
        )

    @model_validator(mode="after")
    def _no_sandbox_stays_at_home(self) -> Self:
        if self.unsafe_no_sandbox_for_measuring and not is_loopback(self.host):
            raise ValueError(
                f"{PREFIX}UNSAFE_NO_SANDBOX_FOR_MEASURING needs a loopback {PREFIX}HOST (127.0.0.1, ::1 or localhost), "
                f"not {self.host}: without a sandbox anyone who reaches the port can run code here"
            )
        return self

    @model_validator(mode="after")
    def _launchers_are_sandboxes(self) -> Self:
        if self.unsafe_no_sandbox_for_measuring and self.launcher != NATIVE:
            raise ValueError(
                f"{PREFIX}LAUNCHER: {self.launcher} is a sandbox, and "
                f"{PREFIX}UNSAFE_NO_SANDBOX_FOR_MEASURING asks for none"
            )
        return self

    @model_validator(mode="after")
    def _layers_exist(self) -> Self:
        unknown = sorted(self.waive - LAYERS)
        if unknown:
            raise ValueError(
                f"{PREFIX}WAIVE: no layer is called {', '.join(unknown)}; there are {', '.join(sorted(LAYERS))}"
            )
        return self

    @model_validator(mode="after")
    def _foot_guns_exist(self) -> Self:
        unknown = sorted(self.waive_footguns - FOOT_GUNS)
        if unknown:
            raise ValueError(
                f"{PREFIX}WAIVE_FOOTGUNS: no foot-gun is called {', '.join(unknown)}; there are "
                f"{', '.join(sorted(FOOT_GUNS))}"
            )
        return self

    @model_validator(mode="after")
    def _directories_exist(self) -> Self:
        named = [("FONTS_DIRS", path) for path in self.fonts_dirs]
        if self.images_dir is not None:
            named.append(("IMAGES_DIR", self.images_dir))
        missing = [f"{PREFIX}{name}: {path} is not a directory" for name, path in named if not path.is_dir()]
        if missing:
            raise ValueError("; ".join(missing))
        return self


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load(flags: Mapping[str, str | bool | None] | None = None) -> Settings:
    """The settings from the environment and ``flags`` (field name -> text as given, None where not given).

    Raises SettingsError with everything that is wrong.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(tuple(_sentence(item, given) for item in error.errors())) from None


def _sentence(item: ErrorDetails, flags: Mapping[str, object]) -> str:
    if not item["loc"]:
        return str(item["msg"]).removeprefix("Value error, ")
    field = str(item["loc"][0])
    name = flag_name(field) if field in flags else PREFIX + field.upper()
    value = item["input"] if isinstance(item["input"], str) else repr(item["input"])
    return f"{name}: {item['msg']} (got {value!r})"


def flag_name(field: str) -> str:
    return "--" + field.replace("_", "-")


def unknown_variables(environment: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each variable with our prefix that no setting has: most likely a typing error."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return tuple(_unknown(name, known) for name in unknown)


def _unknown(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"{name} is not a setting" + (f"; did you mean {close[0]}?" if close else "")
