"""The secret scan of `make lint` finds a token, were one to be left in a file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def scan(path: Path) -> int:
    hook = Path(sys.executable).with_name("detect-secrets-hook")
    baseline = ROOT / ".secrets.baseline"
    command = [str(hook), "--baseline", str(baseline), str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


def test_a_discord_token_in_a_file_is_found_and_plain_text_is_not(tmp_path: Path) -> None:
    plain, leaky = tmp_path / "plain.toml", tmp_path / "leaky.toml"
    plain.write_text('language = "de"\n', encoding="utf-8")
    token = ".".join(
        ("MTIzNDU2Nzg5MDEyMzQ1Njc4", "GhIjKl", "abcdefghijklmnopqrstuvwxyz0123456789AB")
    )
    leaky.write_text(f'value = "{token}"\n', encoding="utf-8")
    assert scan(plain) == 0
    assert scan(leaky) == 1


def test_the_scan_looks_for_discord_tokens() -> None:
    baseline = json.loads((ROOT / ".secrets.baseline").read_text(encoding="utf-8"))
    assert "DiscordBotTokenDetector" in {plugin["name"] for plugin in baseline["plugins_used"]}
