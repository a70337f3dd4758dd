"""A YAML file as nodes that know their line, read without ever making an object of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_MERGE = "tag:yaml.org,2002:merge"
_VARIABLE = re.compile(r"\$\{(\w+)(?:(:?-)([^}]*))?[^}]*\}|\$(\w+)")
_MOST_BYTES = 4 << 20


class ManifestError(ValueError):
    """The file cannot be read, or is no YAML. The message names file and line."""


@dataclass(frozen=True, slots=True)
class YamlNode:
    """One node. ``line`` counts from 1. Asking a node for what it is not gives nothing, never an error."""

    node: yaml.Node | None
    line: int

    def get(self, name: str) -> YamlNode:
        """The value under ``name``; of what `<<` merges in, the first. Absent: a node that is nothing."""
        return next((value for key, value in self.items() if key.text == name), YamlNode(None, self.line))

    def at(self, *names: str) -> YamlNode:
        found = self
        for name in names:
            found = found.get(name)
        return found

    def items(self) -> Iterator[tuple[YamlNode, YamlNode]]:
        yield from _items(self.node, set())

    def each(self) -> Iterator[YamlNode]:
        """The items of a list; the one value where a scalar stands for a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            yield from (_located(item) for item in self.node.value)
        elif isinstance(self.node, yaml.ScalarNode) and self.text:
            yield self

    @property
    def given(self) -> bool:
        return self.node is not None

    @property
    def text(self) -> str:
        """A scalar's text, with ``${NAME:-default}`` as its default; "" for anything else and for null."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag.endswith(":null"):
            return ""
        return _VARIABLE.sub(lambda found: found[3] or "" if found[2] else found[0], str(self.node.value)).strip()

    @property
    def true(self) -> bool:
        return self.text.lower() in _TRUE

    @property
    def open(self) -> bool:
        """Its value depends on a variable that has no default here."""
        return bool(_VARIABLE.search(self.text))


def load(path: Path) -> list[YamlNode]:
    """The file's documents, empty ones left out. Raises DocumentError."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise ManifestError(f"{path} is larger than {_MOST_BYTES >> 20} MiB")
        return [_located(node) for node in yaml.compose_all(content, Loader=yaml.SafeLoader) if node is not None]
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ManifestError(f"{path}:{line}: {error.problem or error}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, ManifestError):
            raise
        raise ManifestError(f"{path} is no YAML: {error}") from None


def _located(node: yaml.Node) -> YamlNode:
    return YamlNode(node, node.start_mark.line + 1)


def _items(node: yaml.Node | None, seen: set[int]) -> Iterator[tuple[YamlNode, YamlNode]]:
    """Own keys first, then merged ones, each mapping once: the first of a name counts (YAML 1.1 merge key)."""
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    seen.add(id(node))
    # Of a key that is written twice, the last one counts in every loader.
    own = [pair for pair in reversed(node.value) if pair[0].tag != _MERGE]
    yield from ((_located(key), YamlNode(value, key.start_mark.line + 1)) for key, value in own)
    for key, value in node.value:
        if key.tag == _MERGE:
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                yield from _items(merged, seen)
