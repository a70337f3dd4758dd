"""From a request to a worker: orders, and the backends that carry them out.

``order``: what is asked. ``backend``: who does it, and what it says meanwhile. ``slots``: how many orders a backend
takes at once, and how many wait. ``fulfil``: the one use case, an order in and its answers out, which HTTP, comparing
and the command line call. ``render``: orders for pictures. ``local``: a backend on a fork server of this machine;
``specs``: how those are started under an operator's settings. ``backends``: the ones of this server.
"""
