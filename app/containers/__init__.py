"""Several pictures in one answer, each sent as soon as it is drawn.

``kinds``: what there is. ``outputs``: an order's outputs as they are made, each with its place and its file's name.
``mixed``, ``archive``: how they are written one behind the other. ``whole``: that nothing of a content is missing.
``response``: on their way to the client.
"""
