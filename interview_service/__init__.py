"""Interview Service: the record of every job interview of a small hiring team."""

__version__ = "0.2.0"
