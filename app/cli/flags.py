"""A flag for every setting, made from the settings themselves, so that the two cannot drift apart."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app.settings import PREFIX, Settings, SettingsError, flag_name, load, unknown_variables

EXIT_USAGE = 2


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes ``**flags`` one option for every setting; None where it was not given."""
    own = [p for p in inspect.signature(command).parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    flags = [_flag(name, info) for name, info in Settings.model_fields.items()]
    parameters = [*own, *flags]
    command.__dict__["__signature__"] = inspect.Signature(parameters)
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def _flag(name: str, info: FieldInfo) -> inspect.Parameter:
    text = _help(name, info)
    annotation: Any = Annotated[str | None, typer.Option(flag_name(name), help=text, metavar=_metavar(info))]
    if info.annotation is bool:
        annotation = Annotated[bool | None, typer.Option(flag_name(name), help=text)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _help(name: str, info: FieldInfo) -> str:
    default = "" if info.default is PydanticUndefined else f"; default: {_shown(info.default)}"
    return f"{info.description} [{PREFIX}{name.upper()}{default}]"


def _shown(default: object) -> str:
    if isinstance(default, (tuple, frozenset)):
        return ",".join(str(item) for item in default) or "none"
    return "none" if default is None else str(getattr(default, "value", default))


def _metavar(info: FieldInfo) -> str:
    kinds: dict[object, str] = {int: "N", float: "SECONDS"}
    return kinds.get(info.annotation, "TEXT")


def settings_or_exit(flags: Mapping[str, str | bool | None] | None = None) -> Settings:
    """The settings; a bad one ends the program with status 2 and everything that is wrong."""
    for sentence in unknown_variables(os.environ):
        print(f"warning: {sentence}", file=sys.stderr)
    try:
        return load(flags)
    except SettingsError as error:
        fail("The settings cannot be used:", *(f"  {problem}" for problem in error.problems))


def wrong_options(error: ValidationError) -> list[str]:
    """A sentence for each option of a render that is not valid, by its flag."""
    return [f"{_flag_of(item['loc'])}: {_without_http(item['msg'])}" for item in error.errors()]


def _without_http(sentence: str) -> str:
    """What is wrong, less what only counts in a URL."""
    return sentence.removeprefix("Value error, ").replace(" (send # as %23)", "")


def _flag_of(place: tuple[int | str, ...]) -> str:
    """What is said of all options together is about the size."""
    return flag_name(str(place[0]) if place else "scale")


def fail(*lines: str, status: int = EXIT_USAGE) -> NoReturn:
    print("\n".join(lines), file=sys.stderr)
    raise typer.Exit(status)
