"""Whether a quotation stands word for word in the source texts, and if not, how it differs."""

from bot.exactness.check import LONGEST_MESSAGE, check_quote
from bot.exactness.verdicts import (
    Altered,
    Change,
    Exact,
    NotFound,
    Part,
    QuoteVerdict,
    Stitched,
    WrongThesis,
)

__all__ = [
    "LONGEST_MESSAGE",
    "Altered",
    "Change",
    "Exact",
    "NotFound",
    "Part",
    "QuoteVerdict",
    "Stitched",
    "WrongThesis",
    "check_quote",
]
