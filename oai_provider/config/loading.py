"""Reading the settings: one TOML file and the environment, all problems at once."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from oai_provider.config.model import PREFIX, Config, settings
from oai_provider.errors import OaiProviderError

DEFAULT_FILE: Final = Path("oai-provider.toml")


class ConfigError(OaiProviderError):
    """A configuration cannot be used; the message lists every problem in it."""


def load_config(
    file: Path | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> Config:
    """Return the settings from overrides, the environment and the file.

    `overrides` are sections of settings, those that are None left out. Without
    `file`, `oai-provider.toml` in the current folder is read if it is there.
    Raises `ConfigError` with every problem.
    """
    source = _source(file)

    class Located(Config):
        model_config = SettingsConfigDict(toml_file=source)

    given = {
        section: {name: value for name, value in values.items() if value is not None}
        for section, values in (overrides or {}).items()
    }
    # An empty section would hide what the file has in its place.
    given = {section: values for section, values in given.items() if values}
    problems = list(_unknown_variables(os.environ))
    try:
        config = Located(**given)  # type: ignore[arg-type]  # sections are validated here
    except OSError as error:
        raise _unreadable(source, error) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} is not in UTF-8: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}") from error
    except SettingsError as error:
        hint = "write lists and tables in variables as JSON"
        problems += _unread_variables(os.environ) or [f"{error}: {hint}"]
    except ValidationError as error:
        problems += _problems(error)
    if problems:
        where = f" (file {source})" if source else ""
        raise ConfigError(
            f"the configuration{where} has problems:\n" + "\n".join(problems)
        )
    return config


def _source(file: Path | None) -> Path | None:
    """Return the file to be read: the one named, or the usual one if it is there."""
    named = file or DEFAULT_FILE
    try:
        if named.is_file():
            return named
    except OSError as error:
        raise _unreadable(named, error) from error
    if file is not None:
        raise ConfigError(f"there is no configuration file {file}")
    return None


def _unreadable(file: Path | None, error: OSError) -> ConfigError:
    return ConfigError(f"cannot read {file}: {error.strerror}")


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    for name in environ:
        if name.startswith(PREFIX):
            section = name.removeprefix(PREFIX).split("__")[0].lower()
            if section not in Config.model_fields:
                sections = ", ".join(Config.model_fields)
                yield f"{name}: there is no section {section}; there is {sections}"


def _unread_variables(environ: Mapping[str, str]) -> list[str]:
    """Tell of variables that begin like JSON and are none."""
    found = []
    for name, value in environ.items():
        if name.startswith(PREFIX) and value.lstrip()[:1] in {"[", "{"}:
            try:
                json.loads(value)
            except ValueError as error:
                found.append(f"{name}: {value!r} is not JSON: {error}")
    return found


def _problems(error: ValidationError) -> Iterator[str]:
    problems = error.errors()
    for problem in problems:
        loc = problem["loc"]
        inner = (p["loc"] for p in problems if p is not problem)
        if problem["type"] == "too_short" and any(i[: len(loc)] == loc for i in inner):
            continue  # What is wrong with its entries is told.
        path = ".".join(map(str, loc))
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = f"there is no such setting{_nearest(path)}"
        yield f"{path}: {message}"


def _nearest(path: str) -> str:
    near = get_close_matches(path, [name for name, _ in settings()], n=1)
    return f"; did you mean {near[0]}?" if near else ""
