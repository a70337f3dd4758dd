"""Documents in, pixels out.

A *reader* turns one untrusted document into one immutable :class:`~renderer.scene.Scene`; the *painter* draws a scene
on a *surface* (Skia raster, or Skia Ganesh on OpenGL); an *encoder* turns the pixels into a file format. Nothing in
here knows about HTTP, processes or the sandbox: the imports run ``app -> renderer`` and never back.
"""
