"""Downhill: a lecture on neural networks that runs in the browser, computed by the server."""

__version__ = "0.1.0"
