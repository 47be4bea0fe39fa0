"""Names of files from strangers to names that are safe in the seeds folder."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_LONGEST_SLUG = 60
_LONGEST_TITLE = 200
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # no file may be called so on Windows


def slug_of(file: str) -> str:
    """Letters a to z, digits and single hyphens, at most 60, from a file's name without its ending.

    A name of other scripts becomes ``text-`` and eight digits that differ from name to name. There
    is never a dot in it, so that no text passes for the translation of another.
    """
    stem = _stem(file)
    spelled = unicodedata.normalize("NFKC", stem).casefold().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-")
    if not slug:
        return f"text-{hashlib.sha256(stem.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"text-{slug}" if _RESERVED.fullmatch(slug) else slug


def title_of(file: str) -> str:
    """A title for a text of which nothing is known but its file's name; one line."""
    words = "".join(letter if letter.isprintable() else " " for letter in _stem(file))
    return " ".join(words.replace("_", " ").split())[:_LONGEST_TITLE] or "Text"


def _stem(file: str) -> str:
    """The name without folders, of whichever system, and without its ending."""
    name = re.split(r"[/\\]", file)[-1]
    return name.rpartition(".")[0] or name
