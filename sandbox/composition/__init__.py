"""All mechanisms together, as a policy says: the full composition, and what the kernel then says is in force.

``enter``: into the sandbox, step by step. ``outer``: the namespaces and the tree that all workers of a fork server are
made in. ``readback``: what a worker really has.
"""
