"""Every package says its licence, and none has one that the bot could not be passed on with."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from bot.cli import app
from bot.operation.licences import packages

FORBIDDEN = re.compile(
    r"\bA?GPL|Affero|(?<!Lesser )General Public|proprietary|non-?commercial", re.I
)


def test_every_package_has_a_licence_that_allows_use() -> None:
    found = packages()
    assert {"discord-py", "torch", "sentence-transformers", "faiss-cpu"} <= {p.name for p in found}
    assert [p.name for p in found if not p.licence] == []
    assert [p for p in found if FORBIDDEN.search(p.licence)] == []


def test_a_licence_that_forbids_is_known() -> None:
    for name in ("GPL-3.0-only", "AGPL-3.0", "GNU Affero", "GNU General Public License v3"):
        assert FORBIDDEN.search(name)
    for name in ("LGPL-3.0", "GNU Lesser General Public License", "MPL-2.0"):
        assert not FORBIDDEN.search(name)


def test_the_command_line_lists_them() -> None:
    result = CliRunner().invoke(app, ["about", "--licenses"])
    assert result.exit_code == 0
    assert re.search(r"^numpy [\d.]+: BSD", result.output, re.MULTILINE)
