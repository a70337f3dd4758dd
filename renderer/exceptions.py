"""Everything the renderer can refuse with.

RenderError                  (never raised itself)
├── DocumentError            the document cannot be read as one: not JSON, wrong type in a field, unknown node
│   ├── NodeNotFoundError    the node asked for is not in the document
│   └── ImageError           an image that cannot be decoded
├── LimitError               the document is readable but breaks a limit (nodes, depth, pixels, path verbs, ...)
└── OptionError              the options contradict the document, e.g. a picture of no size

FontFolderError              the operator's, not the document's: a font folder that cannot be used (at start only)

Each RenderError carries a stable kebab-case ``code`` for programs, a ``detail`` for people (what, why, how to fix) and,
where one is to blame, the ``field`` of the document (``document.children[3].fills[0].color.r``) or the option's name.
"""

from __future__ import annotations


class RenderError(Exception):
    """Base of all refusals. ``code``: kebab-case; ``field``: where in the input, or None."""

    code = "render-failed"

    def __init__(self, detail: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        if code is not None:
            self.code = code


class DocumentError(RenderError):
    code = "document-invalid"


class NodeNotFoundError(DocumentError):
    code = "node-not-found"


class ImageError(DocumentError):
    code = "image-invalid"


class LimitError(RenderError):
    code = "limit-exceeded"


class OptionError(RenderError):
    code = "option-invalid"


class FontFolderError(Exception):
    """A font folder, its manifest or one of its files cannot be used; the message names the file and the reason."""
