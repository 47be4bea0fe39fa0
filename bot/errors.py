"""What can go wrong before a question is answered."""

from __future__ import annotations


class ConfigError(Exception):
    """What was configured or typed cannot be used; one line a fault, saying where it is."""


class NotNow(Exception):
    """Discord, the database or the worker cannot be used now, but may be later; one line."""
