"""Docker's seccomp profile, as Docker itself turns it into the OCI runtime specification's (moby, profiles/seccomp).

Docker's format adds conditions: an entry is for some architectures, kernels or capabilities only. They are decided
here, as an engine decides them when it starts the container; what is left is ``linux.seccomp`` of a bundle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deploy.exceptions import DeploymentError

ARCHES: Final = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}
_PROFILE: Final = {"defaultAction", "defaultErrnoRet", "archMap", "architectures", "flags", "syscalls"}
_ENTRY: Final = {"names", "action", "errnoRet", "args", "comment", "includes", "excludes"}
_CONDITIONS: Final = {"arches", "caps", "minKernel"}


@dataclass(frozen=True, slots=True)
class ContainerHost:
    """Where the container will run: ``machine`` as uname says it, ``kernel`` (major, minor), the bounding set."""

    machine: str
    kernel: tuple[int, int]
    capabilities: Collection[str] = ()

    @property
    def arch(self) -> str:
        return self._names()[0]

    @property
    def architecture(self) -> str:
        return self._names()[1]

    def _names(self) -> tuple[str, str]:
        try:
            return ARCHES[self.machine]
        except KeyError:
            raise DeploymentError(f"no name of the architecture {self.machine} is known in seccomp profiles") from None


def translate(profile: Mapping[str, Any], place: ContainerHost) -> dict[str, Any]:
    """``linux.seccomp``. Raises DeploymentError for a field that is not known here."""
    _only(profile, _PROFILE, "the seccomp profile")
    if profile.get("archMap") and profile.get("architectures"):
        raise DeploymentError("the seccomp profile has both archMap and architectures, which Docker refuses")
    made = {name: profile[name] for name in ("defaultAction", "defaultErrnoRet", "flags") if name in profile}
    made["architectures"] = _architectures(profile, place)
    made["syscalls"] = [_entry(entry) for entry in profile["syscalls"] if _applies(entry, place)]
    return made


def _architectures(profile: Mapping[str, Any], place: ContainerHost) -> list[str]:
    native = place.architecture
    for entry in profile.get("archMap") or ():
        if entry["architecture"] == native:
            return [entry["architecture"], *(entry.get("subArchitectures") or ())]
    return list(profile.get("architectures") or ())


def _applies(entry: Mapping[str, Any], place: ContainerHost) -> bool:
    """All that is included must hold, and nothing that is excluded."""
    _only(entry, _ENTRY, f"the seccomp profile's entry for {', '.join(entry.get('names', ()))}")
    includes, excludes = entry.get("includes") or {}, entry.get("excludes") or {}
    for conditions in (includes, excludes):
        _only(conditions, _CONDITIONS, "a condition of the seccomp profile")
    return all(_held(includes, place)) and not any(_held(excludes, place))


def _held(conditions: Mapping[str, Any], place: ContainerHost) -> list[bool]:
    """Of the conditions that are there; of the capabilities, each."""
    held = [place.arch in conditions["arches"]] if conditions.get("arches") else []
    held += [name in place.capabilities for name in conditions.get("caps") or ()]
    if conditions.get("minKernel"):
        major, minor = (int(part) for part in conditions["minKernel"].split(".")[:2])
        held.append(place.kernel >= (major, minor))
    return held


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: entry[name] for name in ("names", "action", "errnoRet") if name in entry}
    if entry.get("args"):
        kept["args"] = [dict(argument) for argument in entry["args"]]
    return kept


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    strange = sorted(given.keys() - known)
    if strange:
        raise DeploymentError(f"{where} has {', '.join(strange)}, which is not known here")
