"""Settings: one TOML file and an environment variable, checked whole when the program starts."""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.errors import ConfigError
from index import Language

DEFAULT_FILE = Path("config.toml")
TOKEN_VARIABLE = "DISCORD_TOKEN"  # noqa: S105 - the name of a variable, not a secret


LogFormat = Literal["text", "json"]
"""How the log is written: lines to read, or a JSON object a line."""


def _printable(path: Path) -> Path:
    if not str(path).isprintable():
        raise ValueError("a path holds no control characters")
    return path


Place = Annotated[Path, Field(strict=False), AfterValidator(_printable)]
"""A path; relative ones start from the config file's folder."""


class Config(BaseModel):
    """All settings; paths are absolute once loaded by ``load_config``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seeds: Place = Path("seeds")
    data: Place = Path("data")
    model: Annotated[str, Field(min_length=1)] = "bundled"
    false_answer_rate: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    language: Language = "de"
    token_file: Place | None = None
    database: str | None = None
    message_content: bool = False
    api_base: str | None = None
    log_format: LogFormat = "text"
    administrators: Annotated[
        frozenset[Annotated[int, Field(strict=True, ge=1)]], Field(strict=False, repr=False)
    ] = frozenset()
    metrics_port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    worker_memory_mb: Annotated[int, Field(ge=100)] | None = None

    def database_address(self) -> str:
        """Where the settings of servers are kept, as SQLAlchemy's async engine takes it."""
        return self.database or f"sqlite+aiosqlite:///{self.data / 'settings.sqlite'}"

    def token(self) -> SecretStr | None:
        """The bot's Discord token, from the environment or ``token_file``; None if neither is set.

        Raises:
            ConfigError: The file cannot be read.
        """
        if token := os.environ.get(TOKEN_VARIABLE, "").strip():
            return SecretStr(token)
        if self.token_file is None:
            return None
        return SecretStr(_read(self.token_file, "token_file").strip())


def load_config(path: Path | None = None) -> Config:
    """Read the settings.

    Args:
        path: The file; None for ``config.toml`` in the current folder if there is one, else for
            the defaults. Relative paths in it start from its folder.

    Raises:
        ConfigError: The file cannot be read, or holds what is no setting; names every fault.
    """
    if path is None:
        path = DEFAULT_FILE
        settings = _read_toml(path) if path.is_file() else {}
    else:
        settings = _read_toml(path)
    try:
        config = Config(**settings)
    except ValidationError as error:
        faults = [
            f"{path}: {' '.join('.'.join(map(str, fault['loc'])).split())}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise ConfigError("\n".join(faults)) from error
    return _settled(config, path.absolute().parent)


def _settled(config: Config, folder: Path) -> Config:
    changed: dict[str, Any] = {"seeds": folder / config.seeds, "data": folder / config.data}
    if config.token_file is not None:
        changed["token_file"] = folder / config.token_file
    with suppress(OSError, ValueError):  # the name of a model may be no name of a file
        if (folder / config.model).is_dir():
            changed["model"] = str(folder / config.model)
    return config.model_copy(update=changed)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(path, "--config"))
    except (ValueError, RecursionError) as error:  # ValueError also for numbers without end
        message = f"{path}: no valid TOML: {error}"
        raise ConfigError(message) from error


def _read(path: Path, origin: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"{path}: {error.strerror} ({origin})"
        raise ConfigError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8 at byte {error.start} ({origin})"
        raise ConfigError(message) from error
