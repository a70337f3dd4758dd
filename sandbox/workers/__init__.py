"""Workers: forked by a fork server (or started by a tool), locked, one job each.

``kind``: what a fork server asks of them. ``cpu``, ``gpu``: those of the two paths. ``life``: a forked worker from its
first instruction to its last, ``process``: what every worker is as a process. ``entry``: the work itself, which the
application brings; ``echo``: the least of it. ``child``, ``progress``: what the fork server knows of one.
``rehearsal``: which files one needs.
"""
