"""pydantic models of Figma's REST answers: one node's own properties, never its children.

Unknown fields are ignored, the fields used are strict, and null counts as absent. Enumerations stay strings, so that
a value this renderer has never seen is a warning where it is used and not a refusal here.
Source of the names and types: Figma's OpenAPI description (``@figma/rest-api-spec``).
"""
