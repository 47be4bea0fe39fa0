"""What a reply to an answer may ask for without saying of what: the thesis after or before it."""

from __future__ import annotations

import re

_OPENING = (
    r"(?:und|and|aber|but|ok(?:ay)?|was ist mit|wie (?:ist|lautet|heißt)|was (?:ist|sagt|steht in)"
    r"|(?:zeig|gib)e? (?:mir )?|what(?: about| is|'s)?|how about|show(?: me)?|give me|,|\s)*"
)
_ARTICLE = r"(?:die|der|das|den|dem|the)?\s*"
_NOUN = r"(?:these|thesis|one|stelle|absatz|passage|paragraph)"
_AFTER = r"(?:nächste|folgende|darauf ?folgende|next|following)[mnrs]?"
_BEFORE = r"(?:vor(?:her)?ige|vorhergehende|previous|preceding)[mnrs]?"
_BEHIND = r"(?:danach|nach dieser|dahinter|after (?:it|that|this)|after)"
_AHEAD = r"(?:davor|vorher|zuvor|vor dieser|before (?:it|that|this)|before)"


def _asking_for(beside: str, behind: str) -> re.Pattern[str]:
    named = rf"{beside}\s*{_NOUN}?|{_NOUN}?\s*{behind}"
    return re.compile(rf"\W*{_OPENING}{_ARTICLE}(?:{named})\W*", re.IGNORECASE)


_ASKS = {1: _asking_for(_AFTER, _BEHIND), -1: _asking_for(_BEFORE, _AHEAD)}
_POLITE = re.compile(r"\b(?:bitte|please|noch|mal|auch|too|also)\b", re.IGNORECASE)


def step_asked(text: str) -> int:
    """1 if hardly more than "the next one" is said, -1 for the one before, 0 for anything else."""
    said = _POLITE.sub(" ", text)
    return next((step for step, asks in _ASKS.items() if asks.fullmatch(said)), 0)
