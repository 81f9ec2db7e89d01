"""Upstander: say what you saw, and let nobody make it disappear."""

__version__ = "0.1.0"
