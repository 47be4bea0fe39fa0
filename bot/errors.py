"""What can go wrong before a question is answered."""

from __future__ import annotations


class ConfigError(Exception):
    """The configuration cannot be used; one line a fault, naming the file and the key."""
