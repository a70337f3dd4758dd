"""The fork server: one thread, everything loaded once, no privilege, a new worker for every render.

``start``: from a fresh process to one that may fork workers. ``firstworker``: proof that they are locked. ``server``:
the event loop, with ``pool`` (workers that wait), ``children`` (all that run), ``verdict`` (how one ended) and
``outcome`` (what the client is told).
"""
