"""Escapes, attempted: the attack suite.

A probe is *defeated* only if the attempt failed inside a real worker, and a look from outside agrees, and the very same
attempt worked in the positive control: throwaway namespaces with a root of their own and no sandbox. Where the control
cannot work on this kernel the probe is *blind*, which is reported and never counted as defeated.

``kernel``: the bare system call. ``attempts``: what is tried. ``bait``: what it goes for. ``control``: the control.
``attacker``: the entry that puts attempts into workers. ``ground``: a fork server under attack. ``scenarios``: attacks
that take more than one worker, or a look from outside. ``suite``: all probes, in order, and the verdict.
"""
