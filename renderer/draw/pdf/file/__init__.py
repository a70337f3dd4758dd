"""The file: how PDF is spelled, its objects, its content streams and what they set."""
