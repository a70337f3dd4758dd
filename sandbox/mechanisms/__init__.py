"""What the kernel offers, one mechanism per module, each with the values that describe it.

``syscalls``: one wrapper per system call. ``namespaces``, ``cgroups`` (with ``cgroupfs``), ``capabilities``,
``seccomp``, ``landlock``, ``mounts``, ``rlimits``: what a worker can see, use, do and reach. ``memfd``, ``arena``:
memory that is shared, and memory that is reserved before the lock. ``ptrace``: why a worker died. ``processes``: who is
there.

Nothing here knows a policy: what to apply is given as arguments.
"""
