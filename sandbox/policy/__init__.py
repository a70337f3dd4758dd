"""What a worker may do, as data: this room applies nothing.

``model``: what a policy is. ``registry``: all policies by name. ``cpu``, ``gpu``: the policies, made of ``groups``
(what both paths have), ``descriptors`` and ``tree``.

``words``, ``explain``, ``guards``, ``difference``: a policy in words, why it allows a call or what denies it, and two
policies side by side. ``recorder``, ``kept``: what real workers use of it, and what stays although none was seen to.
"""
