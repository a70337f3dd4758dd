"""What ``renderserver doctor`` says of a deployment file, and of the process it runs in."""

from __future__ import annotations

from pathlib import Path

from app.cli.flags import fail
from app.footguns.compose import audit_compose
from app.footguns.document import ManifestError
from app.footguns.inside import describe
from app.footguns.kubernetes import audit_kubernetes


def audit_file(path: Path, kind: str) -> int:
    """Print one line for each finding, as compilers do. Returns the exit status: 1 where one is dangerous."""
    try:
        found = audit_compose(path) if kind == "compose" else audit_kubernetes(path)
    except ManifestError as error:
        fail(str(error))
    for fault in found:
        print(
            f"{path}:{fault.line}: {'DANGER' if fault.danger else 'note'} [{fault.name}] {fault.where}: {fault.detail}"
        )
        print(f"    -> {fault.hint}")
    dangers = sum(fault.danger for fault in found)
    print(f"{path}: {dangers or 'no'} foot-gun{'' if dangers == 1 else 's'}, {len(found) - dangers} notes")
    return 1 if dangers else 0


def show_inside() -> None:
    for subject, detail in describe():
        print(f"{subject:<14}  {detail}")
