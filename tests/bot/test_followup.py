"""Hardly more than "the next one" asks for the thesis beside the one shown; a question does not."""

from __future__ import annotations

import pytest

from bot.followup import step_asked


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Die nächste", 1),
        ("Und die nächste These bitte!", 1),
        ("zeig mir die folgende", 1),
        ("Was ist mit der These danach?", 1),
        ("next", 1),
        ("What about the next one?", 1),
        ("and the one after that?", 1),
        ("show me the following thesis, please", 1),
        ("Und die davor?", -1),
        ("die vorherige", -1),
        ("the previous one", -1),
        ("And the thesis before it?", -1),
        ("Was macht die nächste Generation?", 0),
        ("Was war davor?", 0),
        ("Welche Thesen folgen danach", 0),
        ("What comes after the internship?", 0),
        ("next year", 0),
        ("", 0),
        ("und", 0),
        ("nächste " * 500, 0),
    ],
)
def test_only_what_asks_for_nothing_else_steps_on(text: str, step: int) -> None:
    assert step_asked(text) == step
