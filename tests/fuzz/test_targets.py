"""Nothing that comes from outside breaks what reads it: a short run of every fuzzing target."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.samples import samples
from tests.fuzz.targets import TARGETS

SLOW = {"source.pdf"}  # a process for each


def spoilt(sample: bytes) -> st.SearchStrategy[bytes]:
    """The sample with a stretch of it replaced by other bytes."""
    places = st.integers(0, len(sample))
    return st.builds(
        lambda start, length, other: sample[:start] + other + sample[start + length :],
        places,
        st.integers(0, 40),
        st.binary(max_size=40),
    )


@pytest.mark.parametrize("name", TARGETS)
def test_a_sound_input_is_read(name: str) -> None:
    for sample in samples(name):
        TARGETS[name](sample)


@pytest.mark.parametrize("name", TARGETS)
def test_a_spoilt_input_ends_well(name: str) -> None:
    sound = samples(name)
    anything = st.one_of(*map(spoilt, sound), st.binary(max_size=300), st.text().map(_encoded))

    @settings(
        max_examples=4 if name in SLOW else 150,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(anything)
    def check(content: bytes) -> None:
        TARGETS[name](content)

    check()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
