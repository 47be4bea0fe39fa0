"""Lines around a text on its page that are no content: links, share buttons, page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.reading.lines import Line

_NETWORKS = r"facebook|twitter|linkedin|xing|whatsapp|pinterest|instagram|mastodon|e-?mail"
_PHRASES = (
    r"(?:read (?:more|on|the full (?:article|story))|mehr (?:lesen|erfahren)|weiter ?lesen"
    r"|lesen sie (?:auch|mehr|weiter)|quelle:|source:)(?:\s[^.!?]*(?:\.\S[^.!?]*)*)?",
    r"(?:\d+ )?(?:kommentare?|comments?)(?: \(?\d+\)?)?",
    r"(?:keine|no) (?:kommentare|comments)",
    r"kommentar (?:schreiben|hinterlassen|verfassen)",
    r"leave a (?:comment|reply)",
    r"(?:(?:artikel|beitrag|seite) )?(?:teilen|drucken|versenden|merken|empfehlen)"
    rf"(?:(?: auf| bei| per)?:? (?:{_NETWORKS}))*",
    rf"(?:share|tweet|twittern|print|gefällt mir)(?:(?: this| on)?:? (?:{_NETWORKS}))*",
    rf"(?:{_NETWORKS})(?:[ |,·]+(?:{_NETWORKS}))*",
    r"back to top|nach oben|zum seitenanfang|anzeige|werbung|advertisement",
    r"(?:alle )?cookies? (?:akzeptieren|ablehnen)|accept (?:all )?cookies|cookie-?einstellungen",
    r"datenschutz|impressum|privacy policy",
    r"(?:copyright|©).*",
)
_PHRASE = re.compile(rf"(?:{'|'.join(_PHRASES)})\W*", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"(?:seite|page) ?\d{1,4}(?: ?(?:von|of|/) ?\d{1,4})?|\d{1,4}|[-–—] ?\d{1,4} ?[-–—]",
    re.IGNORECASE,
)
_LONGEST = 120  # characters; a longer line is content


def without_edges(lines: Sequence[Line]) -> list[Line]:
    """The lines without blank ones and such that are no content at the beginning and the end."""
    first, last = 0, len(lines)
    while first < last and _is_no_content(lines[first].words):
        first += 1
    while first < last and _is_no_content(lines[last - 1].words):
        last -= 1
    return list(lines[first:last])


def is_page_number(words: str) -> bool:
    """Whether a line only numbers its page."""
    return len(words) <= _LONGEST and _PAGE_NUMBER.fullmatch(words) is not None


def _is_no_content(words: str) -> bool:
    if not words or is_page_number(words):
        return True
    return len(words) <= _LONGEST and _PHRASE.fullmatch(words) is not None
