"""The front end's side of a fork server: start it, send it jobs, start it again when it dies. asyncio.

``forkserver``: that. ``environment``: what it is started with. ``cgroups``: those of its
workers, and ``sweeper``, the program that removes them when nobody else can.

The client is the part that may still be root: it makes the cgroups the workers run in, and holds on to nothing else.
"""
