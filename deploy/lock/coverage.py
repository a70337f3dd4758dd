"""Whether every target can be set up from a lock: each package that it needs has a wheel that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename

from deploy.lock.lockfile import Pin, Wheel
from deploy.lock.targets import TARGETS, WheelTarget


def needed(pins: Iterable[Pin]) -> list[Pin]:
    """The pins and the wheels that some target takes; what is for other systems is left out."""
    found = []
    for pin in pins:
        targets = [target for target in TARGETS if any(pin.applies(each) for each in target.environments())]
        takes = frozenset[Tag]().union(*(target.tags_of_any_glibc() for target in targets))
        if targets:
            found.append(replace(pin, wheels=tuple(wheel for wheel in pin.wheels if wheel.tags & takes)))
    return found


def chosen(pins: Iterable[Pin], environment: Mapping[str, str]) -> dict[str, str]:
    """Package -> version that is installed in an environment (see ``WheelTarget.environments``)."""
    return {pin.name: pin.version for pin in pins if pin.applies(environment)}


def gaps(pins: Sequence[Pin], requirements: Iterable[str] = ()) -> list[str]:
    """What is missing, a sentence each. ``requirements``: what the project asks for itself (PEP 508)."""
    wanted = [Requirement(requirement) for requirement in requirements]
    found = [gap for target in TARGETS for gap in _gaps(pins, wanted, target)]
    return list(dict.fromkeys(found))


def _gaps(pins: Sequence[Pin], wanted: Sequence[Requirement], target: WheelTarget) -> Iterator[str]:
    for environment in target.environments():
        there = [pin for pin in pins if pin.applies(environment)]
        yield from _without_a_wheel(there, target)
        yield from _pinned_twice(there, target)
        for requirement in wanted:
            if requirement.marker is None or requirement.marker.evaluate(environment):
                yield from _unmet(requirement, there, target)


def _without_a_wheel(there: Sequence[Pin], target: WheelTarget) -> Iterator[str]:
    for pin in there:
        if not any(wheel.tags & target.tags() for wheel in _wanted(pin)):
            yield f"{pin.name} {pin.version}: no wheel's hash for {target}"
        for wheel in pin.wheels:
            name, version, _, _ = parse_wheel_filename(wheel.name)
            if (name, str(version)) != (canonicalize_name(pin.name), pin.version):
                yield f"{pin.name} {pin.version}: {wheel.name} is a wheel of something else"


def _wanted(pin: Pin) -> Sequence[Wheel]:
    """Of a package that is compiled somewhere, its compiled wheels: the one without, which often lies beside them, is
    slower, and is all that is left where an index has a wheel for one machine alone."""
    return [wheel for wheel in pin.wheels if not wheel.is_pure] or pin.wheels


def _pinned_twice(there: Sequence[Pin], target: WheelTarget) -> Iterator[str]:
    names = [pin.name for pin in there]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: pinned to more than one version for {target}"


def _unmet(requirement: Requirement, there: Sequence[Pin], target: WheelTarget) -> Iterator[str]:
    name = canonicalize_name(requirement.name)
    versions = [pin.version for pin in there if pin.name == name]
    if not any(requirement.specifier.contains(version, prereleases=True) for version in versions):
        pinned = versions[0] if versions else "nothing"
        yield f"{name}: pyproject.toml asks for {requirement} and {pinned} is pinned for {target}"
