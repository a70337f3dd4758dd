"""How the REST API spells what Figma says: :class:`RestNode` is a ``FigmaNode`` that msgspec makes of JSON values.

Each type of ``renderer.figma`` gets a subclass with the same fields under the API's names (camelCase, but for a few),
and the subclasses in place of the types that its fields name. Unknown fields are ignored. Source of the names: Figma's
OpenAPI description (``@figma/rest-api-spec``).
"""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Final, ForwardRef, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from renderer.figma import FigmaNode, Outline

STROKE_TYPE: Final = "complexStrokeProperties.strokeType"
"""The one value of an object that a node has as a field of its own: :mod:`renderer.read.rest.visible` lifts it."""


class _StrokeProperties(Struct, frozen=True, gc=False, rename="camel"):
    stroke_type: str | None = None


_EXCEPTIONS: Final = {"override_id": "overrideID", "node_id": "nodeID", "stroke_type": STROKE_TYPE}
# What the fields are made of, where they are not what the API says; held against its type alone.
_MORE: Final[dict[type[Struct], list[tuple[str, Any, Any]]]] = {
    Outline: [("winding_rule", str | None, None)],
    FigmaNode: [("complex_stroke_properties", _StrokeProperties | None, None)],
}

_ModelT = TypeVar("_ModelT", bound=Struct)


@cache
def spelled(model: type[_ModelT]) -> type[_ModelT]:
    """The subclass of a type of ``renderer.figma`` whose fields have the API's names."""
    hints = get_type_hints(model, include_extras=True)
    fields = [_field(each, _respelled(hints[each.name], model)) for each in msgspec.structs.fields(model)]
    name = _rest_name(model)
    made = msgspec.defstruct(
        name,
        [*fields, *_MORE.get(model, ())],
        bases=(model,),
        module=__name__,
        rename=_api_name,
        frozen=True,
        kw_only=True,
        gc=False,
    )
    return cast("type[_ModelT]", made)


def _field(each: msgspec.structs.FieldInfo, hint: Any) -> tuple[str, Any] | tuple[str, Any, Any]:
    return (each.name, hint) if each.required else (each.name, hint, each.default)


def _respelled(hint: Any, inside: type[Struct]) -> Any:
    """The type with every ``renderer.figma`` type in it replaced. ``inside`` is being made and can only be named."""
    if hint is inside:
        return ForwardRef(_rest_name(inside))
    if isinstance(hint, type) and issubclass(hint, Struct):
        return spelled(hint) if hint.__module__.startswith("renderer.figma.") else hint
    origin, parts = get_origin(hint), get_args(hint)
    if origin is None or origin is Annotated:
        return hint
    replaced = tuple(_respelled(part, inside) for part in parts)
    return reduce(or_, replaced) if origin in (Union, UnionType) else origin[replaced]


def _rest_name(model: type[Struct]) -> str:
    return f"Rest{model.__name__.removeprefix('Figma')}"


def _api_name(name: str) -> str:
    first, *rest = name.split("_")
    return _EXCEPTIONS.get(name, first + "".join(word.capitalize() for word in rest))


RestNode: Final[type[FigmaNode]] = spelled(FigmaNode)
