"""Decoders: bytes of a document in, a :class:`renderer.figma.Decoded` out. A folder for each format; none decides
anything."""
