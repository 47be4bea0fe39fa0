"""Settings are checked whole, and the example is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Config, load_config
from bot.errors import ConfigError
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)


def write(folder: Path, text: str) -> Path:
    path = folder / "thesenbot.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_loads_and_states_the_defaults() -> None:
    expected = Config(seeds=ROOT / "seeds", data=ROOT / "data")
    assert load_config(ROOT / "config.example.toml") == expected


def test_two_lines_are_a_complete_config(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, f'seeds = "texte"\ndata = "{tmp_path}/index"\n'))
    assert config.seeds == tmp_path / "texte"
    assert config.data == tmp_path / "index"


def test_without_a_file_the_current_folder_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config().seeds == tmp_path / "seeds"
    (tmp_path / "config.toml").write_text('seeds = "x"\n', encoding="utf-8")
    assert load_config().seeds == tmp_path / "x"


def test_a_model_folder_beside_the_config_is_found(tmp_path: Path) -> None:
    (tmp_path / "my-model").mkdir()
    path = write(tmp_path, 'model = "my-model"\n')
    assert load_config(path).model == str(tmp_path / "my-model")


def test_all_faults_are_named_at_once_with_file_and_key(tmp_path: Path) -> None:
    path = write(tmp_path, 'sedes = "x"\nfalse_answer_rate = 2\nlanguage = "fr"\n')
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    for key in ("sedes", "false_answer_rate", "language"):
        assert any(f"{path}: {key}: " in line for line in lines)


@pytest.mark.parametrize("text", ["seeds = ", "seeds = 3", "[seeds]", "\x00"])
def test_a_broken_file_is_one_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"thesenbot\.toml") as caught:
        load_config(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'seeds = "\xe4"')
    for path in (tmp_path / "missing.toml", tmp_path, tmp_path / "latin.toml"):
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert "\n" not in str(caught.value)


def test_the_token_comes_from_the_environment_or_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(write(tmp_path, 'token_file = "token.txt"\n'))
    with pytest.raises(ConfigError, match=r"token\.txt"):
        config.token()
    (tmp_path / "token.txt").write_text(" secret-1\n", encoding="utf-8")
    assert config.token() == SecretStr("secret-1")
    monkeypatch.setenv("DISCORD_TOKEN", "secret-2")
    assert config.token() == SecretStr("secret-2")
    assert "secret" not in f"{config!r} {config.token()!r} {config.model_dump()}"
    assert Config().token_file is None


def test_administrators_are_user_ids_that_are_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("administrators = [123456789012345678, 5]\n", encoding="utf-8")
    config = load_config(path)
    assert config.administrators == {123456789012345678, 5}
    assert "123456789012345678" not in repr(config)
    assert Config.model_validate_json(config.model_dump_json()) == config
    for wrong in ('["5"]', "[0]", "[1.5]", "5", "[-1]"):
        path.write_text(f"administrators = {wrong}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match="administrators"):
            load_config(path)
