"""From a design document to a picture, in stages that data goes through once.

read      bytes → figma.Decoded         a decoder for each format of documents; decides nothing
build     figma → scene.Scene           knows what a document means
lower     scene → displaylist           all that is not drawing: text, booleans, strokes, effects, masks, reach
draw      displaylist → pixels or file  a target each: raster and ganesh on a Skia canvas, pdf, svg
encode    pixels → file                 PNG, JPEG, WebP, AVIF

``render`` puts them in a row. ``geometry``, ``fonts``, ``text`` and ``images`` serve several of them; ``limits``,
``warnings``, ``formats`` and ``exceptions`` are one place each for what their names say; ``compare`` holds pictures
against each other. Nothing here knows the server or the sandbox.
"""
