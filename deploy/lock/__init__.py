"""``./run lock``: the newest versions that fit pyproject.toml, pinned with every wheel's hash that a target needs.

``targets`` names the machines; ``resolve`` asks uv; ``lockfile`` is the form of requirements*.txt; ``coverage`` refuses
a lock with which one of the targets could not be set up. It needs the standard library and ``packaging`` alone: a lock
can be made where the last one cannot be installed.
"""
