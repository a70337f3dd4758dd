"""The same worker, started by somebody else's sandbox: one policy, many enforcers.

``model``: what a launcher is. One module per tool, which writes out the policy with its exporter and says how to call
it. ``registry``: all of them. ``site``: the tree they start in. ``launched``: the fork server's side; ``inside`` and
``life``: the worker's.

What a tool cannot do and we can is added around it (the cgroup, rlimits, Landlock, the second filter); what is then
still missing is not reported as had.
"""

from __future__ import annotations

from typing import Final

NAMES: Final = ("nsjail", "bubblewrap", "firejail", "crun", "runc")
CHANNEL_FD: Final = 3
"""Where a launched worker finds its socket: the only descriptor, beside the standard three, that a tool passes on."""
NESTED_CGROUPS: Final = {"runc": ("devices",)}
"""v1 hierarchies that a tool makes cgroups in, beside those of a worker's limits: its slot has a place there too, so
that they lie in it and go with it."""
