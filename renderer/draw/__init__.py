"""The targets of a display list: one small ``match`` over its commands each."""
