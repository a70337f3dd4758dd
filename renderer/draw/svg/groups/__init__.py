"""Groups: opacity, blend modes, clips, masks, filters."""
