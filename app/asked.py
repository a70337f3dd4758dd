"""What a request for pictures comes down to: the options of each, and what they are answered in.

The query gives one node or several, and the options of all of them; a form's part ``nodes`` gives each its own. The
document is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails, from_json

from app import accept
from app.containers.kinds import Container
from app.options import ON_THE_CPU_ALONE, SVG_PREFIX, NodeId, OfSvg, OnPath, Options, Path, RenderQuery
from app.problems import ProblemError, option_invalid
from app.upload import MAX_NODES_BYTES
from renderer.formats import DEFAULT, VECTORS, ImageFormat, listed

_FORMATS: Final = {each.media_type: each for each in ImageFormat}
_CONTAINERS: Final = {each.value: each for each in Container}
_SIZES: Final = frozenset({"scale", "width", "height"})
_OF_ALL: Final = frozenset({"node", "export", "path"})


class _ManyNodes(Options):
    node: tuple[NodeId, ...] = Field(
        (),
        description="Id of the node to draw, as 1:2 or 1-2; given several times, the answer has a picture of each. "
        "Default: of a file its first page with anything on it, else the node itself.",
    )
    export: bool = Field(
        False,
        description="Make what the document's own export settings ask for, of the nodes that are named, else of all "
        "that have some. They say format and size.",
    )


class RequestQuery(OfSvg, OnPath, _ManyNodes):
    """Query options of ``POST /v1/render``."""

    @field_validator("format", *sorted(_SIZES))
    @classmethod
    def _settings_say_it(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and info.data.get("export"):
            raise ValueError("export=true takes it from the document's export settings; leave one of the two out")
        return value

    @field_validator("path")
    @classmethod
    def _settings_may_say_vectors(cls, path: Path, info: ValidationInfo) -> Path:
        if path is Path.GPU and info.data.get("export"):
            raise ValueError(f"export settings may ask for {listed(VECTORS, 'or')}, which {ON_THE_CPU_ALONE}")
        return path


class NodeOptions(OfSvg):
    """One item of the part ``nodes``; an id alone is one without options. What it leaves out the query says."""

    node: NodeId = Field(description="Id of the node to draw, as 1:2 or 1-2.")
    suffix: Annotated[str, Field(max_length=100)] = Field("", description="What its file's name ends in.")

    @model_validator(mode="before")
    @classmethod
    def _id_alone(cls, value: object) -> object:
        return {"node": value} if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Asked:
    """``pictures``: the options of each; with ``exports`` of each node whose own export settings say the rest.
    ``suffixes``: of the files' names, where they are given. ``container``: None for the one picture as it is."""

    pictures: tuple[RenderQuery, ...]
    container: Container | None
    exports: bool = False
    suffixes: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """One backend draws all of them, and only the CPU's writes vectors, which export settings may ask for."""
        if self.exports or any(each.picture_format.vector for each in self.pictures):
            return Path.CPU
        return self.pictures[0].path


@dataclass(frozen=True, slots=True)
class Asking:
    """A query, and the lines of ``Accept`` that came with it. ``early``: what it comes down to, where that is known
    before the body."""

    query: RequestQuery
    accepted: tuple[str, ...]
    max_outputs: int
    early: Asked | None = None

    @property
    def path(self) -> Path:
        """As far as is known before the body."""
        if self.early is not None:
            return self.early.path
        return Path.CPU if self.query.export or self.query.picture_format.vector else self.query.path

    def settled_early(self) -> Self:
        """For a body that says nothing of it. Raises ProblemError."""
        return replace(self, early=self.settle())

    def settle(self, nodes: bytes | None = None) -> Asked:
        """``nodes``: the part of that name. Raises ProblemError."""
        if self.early is not None:
            return self.early
        if nodes is not None:
            return self._of_nodes(nodes)
        self._refuse_too_many(len(self.query.node), "node")
        if self.query.export or len(self.query.node) > 1:
            return self._of_query()
        return self._of_one()

    def _of_one(self) -> Asked:
        node = self.query.node[0] if self.query.node else None
        chosen = self._chosen()
        container = _CONTAINERS.get(chosen)
        image_format = self._format() if container else _FORMATS[chosen]
        return Asked((self._picture(self._defaults() | {"node": node, "format": image_format}),), container)

    def _chosen(self) -> str:
        """A picture's media type, or a container's that the client would rather have. A format that is named is made
        whatever is accepted."""
        named = self.query.format
        if named is None:
            return accept.chosen(self.accepted, [*_FORMATS, *_CONTAINERS])
        return accept.best(self.accepted, [named.media_type, *_CONTAINERS]) or named.media_type

    def _of_query(self) -> Asked:
        container = self._container()
        said = self._defaults() | ({} if self.query.export else {"format": self._format()})
        pictures = tuple(self._picture(said | {"node": node}) for node in self.query.node or (None,))
        return Asked(pictures, container, self.query.export)

    def _of_nodes(self, nodes: bytes) -> Asked:
        for name in ("node", "export"):
            if getattr(self.query, name):
                raise _invalid(name, f"{name}: the form's part `nodes` says what to draw; leave one of the two out.")
        container = self._container()
        items = self._items(nodes)
        pictures = self._checked(items)
        self._refuse_vectors_on_the_gpu(pictures)
        return Asked(pictures, container, suffixes=tuple(item.suffix for item in items))

    def _items(self, nodes: bytes) -> list[NodeOptions]:
        """Each item of the part, by itself."""
        found = _listed(nodes)
        self._refuse_too_many(len(found), "nodes")
        return _each(found, NodeOptions.model_validate)

    def _checked(self, items: Sequence[NodeOptions]) -> tuple[RenderQuery, ...]:
        """Each item with what the query says of all."""
        defaults = self._defaults() | {"format": self._format()}
        merged = [_merged(defaults, item.model_dump(exclude_unset=True, exclude={"suffix"})) for item in items]
        return tuple(_each(merged, RenderQuery.model_validate))

    def _refuse_vectors_on_the_gpu(self, pictures: Sequence[RenderQuery]) -> None:
        for number, each in enumerate(pictures):
            if self.query.path is Path.GPU and each.picture_format.vector:
                detail = f"path: nodes[{number}] asks for {each.picture_format.value}, which {ON_THE_CPU_ALONE}."
                raise _invalid("path", detail)

    def _refuse_too_many(self, outputs: int, field: str) -> None:
        if outputs > self.max_outputs:
            detail = f"{field}: {outputs} pictures are more than the {self.max_outputs} that one request may ask for "
            raise _invalid(field, f"{detail}(RENDERSERVER_MAX_OUTPUTS). Send several requests.")

    def _container(self) -> Container:
        return _CONTAINERS[accept.chosen(self.accepted, list(_CONTAINERS))]

    def _format(self) -> ImageFormat:
        """Of pictures in a container, whose own media type ``Accept`` is about in the first place."""
        named = accept.named(self.accepted, list(_FORMATS))
        return self.query.format or (DEFAULT if named is None else _FORMATS[named])

    def _defaults(self) -> dict[str, Any]:
        """What the query says of every picture, and the path."""
        given = self.query.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if name not in _OF_ALL} | {"path": self.query.path}

    def _picture(self, said: Mapping[str, Any]) -> RenderQuery:
        try:
            return RenderQuery.model_validate(said)
        except ValidationError as error:
            raise option_invalid(_located(error, "query"), accept.VARY) from None


def _merged(defaults: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Where an item says a size or a format, what the query says of sizes or of SVG is not about it. Its path is
    looked at for all items together."""
    image_format = own.get("format") or defaults["format"]
    kept = {
        name: value
        for name, value in defaults.items()
        if not (name in _SIZES and _SIZES & own.keys())
        and not (name.startswith(SVG_PREFIX) and image_format is not ImageFormat.SVG)
    }
    return kept | own | {"format": image_format, "path": Path.AUTO if image_format.vector else kept["path"]}


def _listed(nodes: bytes) -> list[object]:
    """Raises ProblemError where it is no list, or an empty one."""
    if len(nodes) > MAX_NODES_BYTES:
        raise _part(f"has {len(nodes)} bytes, and may have {MAX_NODES_BYTES}.")
    try:
        found = from_json(nodes)
    except ValueError as error:
        raise _part(f"is not JSON ({error}).") from None
    if not isinstance(found, list) or not found:
        raise _part('is a JSON list of ids, or of objects like {"node": "1:2", "scale": 2}, with one item at least.')
    return found


def _each(items: Sequence[Any], check: Any) -> list[Any]:
    """Raises ProblemError with all that is wrong."""
    checked, errors = [], list[ErrorDetails]()
    for number, item in enumerate(items):
        try:
            checked.append(check(item))
        except ValidationError as error:
            errors += _located(error, "form", f"nodes[{number}]")
    if errors:
        raise option_invalid(errors)
    return checked


def _located(error: ValidationError, *where: str) -> Iterator[ErrorDetails]:
    for item in error.errors():
        item["loc"] = (*where, *item["loc"])
        yield item


def _part(why: str) -> ProblemError:
    return ProblemError("part-invalid", f"The part `nodes` {why}", extra={"field": "nodes"})


def _invalid(field: str, detail: str) -> ProblemError:
    return ProblemError("option-invalid", detail, extra={"field": field})
