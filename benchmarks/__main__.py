"""All measurements in one run, against DESIGN §7: ``./run bench [NAME...]``."""

from __future__ import annotations

import importlib
import os
import sys

# By name: each is imported when its turn comes, as a process that has loaded less forks faster.
ALL = {"cpu-start": "cpu_start", "gpu-start": "gpu_start", "render": "render_cost", "png": "png"}


def main(names: list[str]) -> None:
    if {"-h", "--help"} & set(names):
        print(f"{__doc__}\n\nNames: {', '.join(ALL)}; without one, all of them.")
        return
    unknown = sorted(set(names) - set(ALL))
    if unknown:
        sys.exit(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(ALL)}")
    if os.environ.get("PYTHONMALLOC") != "malloc":  # read by Python before any of our code runs; see sandbox.arena
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks", *names], os.environ | {"PYTHONMALLOC": "malloc"})
    for name in names or ALL:
        importlib.import_module(f"benchmarks.{ALL[name]}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
