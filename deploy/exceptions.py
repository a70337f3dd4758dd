"""What can be wrong with a deployment."""

from __future__ import annotations

from app.footguns.document import YamlNode


class DeploymentError(Exception):
    """A file says what cannot be translated, or a tool is missing. The message says where, and what to do."""


def refuse(node: YamlNode, what: str) -> DeploymentError:
    return DeploymentError(f"line {node.line}: {what}")
