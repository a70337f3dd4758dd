"""What one document is asked for, output by output: nodes with options, or as their own export settings say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from renderer.exceptions import DocumentError, OptionError, RenderError
from renderer.fieldpath import key_path
from renderer.figma import DocumentNode, ExportConstraint, NodeExport, OpenDocument
from renderer.formats import ImageFormat, listed
from renderer.limits import RenderLimits, too_many_outputs
from renderer.options import RenderOptions

_FORMATS: Final = {each.value.upper(): each for each in ImageFormat}
_LEAST: Final = {"SCALE": 0.01, "WIDTH": 1.0, "HEIGHT": 1.0}
"""How an export setting can bound a picture, and the least that makes one. The most is a matter of the picture."""


@dataclass(frozen=True, slots=True)
class Output:
    """One picture to make. ``suffix``: what its export setting puts behind the node's name."""

    node: DocumentNode
    options: RenderOptions
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class RefusedOutput:
    """One that cannot be made, as is known before it is drawn. ``node``: whose it would have been, if it was found."""

    error: RenderError
    node: DocumentNode | None = None


Planned = Output | RefusedOutput


def plan_outputs(document: OpenDocument, asked: Sequence[RenderOptions]) -> list[Planned]:
    """An output for each of ``asked``."""
    return [_found(document, options) for options in asked]


def plan_exports(document: OpenDocument, templates: Sequence[RenderOptions], limits: RenderLimits) -> list[Planned]:
    """The outputs that export settings ask for: those of each template's node, or of all nodes where it names none.

    Format and size are the setting's, all other options the template's. What has no settings is one refused output.
    Raises LimitError (``limit-outputs``).
    """
    planned: list[Planned] = []
    for template in templates:
        found = _found(document, template) if template.node is not None else None
        if isinstance(found, RefusedOutput):
            planned.append(found)
        else:
            nodes = document.exported if found is None else (found.node,)
            if len(planned) + sum(node.export_count for node in nodes) > limits.max_outputs:
                raise too_many_outputs(limits)
            planned += list(_exports(nodes, template)) or [RefusedOutput(_no_exports(template))]
        if len(planned) > limits.max_outputs:
            raise too_many_outputs(limits)
    return planned


def _found(document: OpenDocument, options: RenderOptions) -> Planned:
    try:
        return Output(document.find(options.node), options)
    except RenderError as error:
        return RefusedOutput(error.with_traceback(None))


def _no_exports(template: RenderOptions) -> OptionError:
    whose = "No node of the document has" if template.node is None else f"The node {template.node[:64]} has no"
    return OptionError(
        f"{whose} export settings. Name the node and the format to draw instead.", code="exports-none", field="node"
    )


def _exports(nodes: Sequence[DocumentNode], template: RenderOptions) -> Iterator[Planned]:
    for node in nodes:
        for export in node.exports():
            if isinstance(export, RenderError):
                yield RefusedOutput(export, node)
                continue
            try:
                yield Output(node, _options(template, export), export.setting.suffix)
            except DocumentError as error:
                yield RefusedOutput(error.with_traceback(None), node)


def _options(template: RenderOptions, export: NodeExport) -> RenderOptions:
    """Raises DocumentError. A vector format has no size but the node's: Figma leaves the constraint out there too."""
    setting = export.setting
    image_format = _FORMATS.get(setting.format)
    if image_format is None:
        known = listed(ImageFormat).upper()
        raise DocumentError(f"The format of an export setting is one of {known}.", field=f"{export.path}.format")
    plain = replace(template, format=image_format, scale=None, width=None, height=None)
    if setting.constraint is None or image_format.vector:
        return plain
    _check(setting.constraint, key_path(export.path, "constraint"))
    value = setting.constraint.value
    match setting.constraint.type:
        case "WIDTH":
            return replace(plain, width=round(value))
        case "HEIGHT":
            return replace(plain, height=round(value))
    return replace(plain, scale=value)


def _check(constraint: ExportConstraint, path: str) -> None:
    least = _LEAST.get(constraint.type)
    if least is None:
        raise DocumentError(f"A constraint's type is one of {', '.join(_LEAST)}.", field=key_path(path, "type"))
    if constraint.value < least:
        detail = f"This field should be at least {least:g}, not {constraint.value:g}."
        raise DocumentError(detail, field=key_path(path, "value"))
