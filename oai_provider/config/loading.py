"""Reading the settings: one TOML file and the environment, all problems at once."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Final, get_args, get_origin

from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from oai_provider.config.faults import problems_of
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
        problems += [*_unread_variables(os.environ)] or [str(error)]
    except ValidationError as error:
        problems += problems_of(error)
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


def _unread_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """Tell of variables that hold no JSON where it is wanted, never what they hold."""
    for name, value in environ.items():
        if name.startswith(PREFIX) and _wants_json(name, value):
            try:
                json.loads(value)
            except ValueError as error:
                remedy = "write lists and tables in variables as JSON"
                yield f"{name}: is not JSON: {error}: {remedy}"


def _wants_json(name: str, value: str) -> bool:
    """Tell whether a variable is for a list or table, or looks like one."""
    path = name.removeprefix(PREFIX).lower().replace("__", ".")
    return path in _MANY or value.lstrip()[:1] in {"[", "{"}


def _is_many(annotation: object) -> bool:
    """Tell whether an annotation is of a list, or of a table."""
    if get_origin(annotation) is tuple or is_dataclass(annotation):
        return True
    return any(map(_is_many, get_args(annotation)))


# Sections as a whole, and what is a list or table in them.
_MANY: Final = frozenset(Config.model_fields) | {
    name for name, field in settings() if _is_many(field.annotation)
}
