"""What every command shares: where the settings come from, how errors are told."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from oai_provider.config import Config, ConfigError, load_config
from oai_provider.errors import OaiProviderError
from oai_provider.sources.base import SourceError
from oai_provider.store.addresses import is_absent, shown
from oai_provider.store.base import StoreAway, StoreError
from oai_provider.xsd import SchemaError

P = ParamSpec("P")
R = TypeVar("R")

REFUSED = 1
USAGE = 2

_USAGE_ERRORS = (ConfigError, SchemaError, SourceError, StoreError)

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    envvar="OAI_PROVIDER_CONFIG",
    help="TOML file with settings  [default: oai-provider.toml if it is there]",
)
store_option = click.option(
    "--store",
    metavar="URL",
    help="Database of records  [default: sqlite:///oai-provider.db]",
)


class Refused(click.ClickException):
    """Something was not done; the call was right."""

    exit_code = REFUSED


class Misused(click.ClickException):
    """The call itself was wrong, or what it named cannot be used."""

    exit_code = USAGE


@contextmanager
def told_in_words() -> Iterator[None]:
    """Turn our own exceptions into a message and an exit code."""
    try:
        yield
    except OaiProviderError as error:
        # What may pass by itself is no fault of the call.
        misused = isinstance(error, _USAGE_ERRORS) and not isinstance(error, StoreAway)
        kind = Misused if misused else Refused
        raise kind(str(error)) from error


def plainly(function: Callable[P, R]) -> Callable[P, R]:
    """Run a command so that its errors are told in words."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with told_in_words():
            return function(*args, **kwargs)

    return wrapped


def stored(config_file: Path | None, store: str | None) -> Config:
    """Return the settings of a store that is there already."""
    config = configured(config_file, store=store)
    if is_absent(config.store.url):
        url = shown(config.store.url)
        raise StoreError(f"there is no store {url}: `oai-provider load` makes one")
    return config


def configured(
    config_file: Path | None, *, store: str | None = None, **server: object
) -> Config:
    """Return the settings, those of the command line first."""
    base_url = server.pop("base_url", None)
    return load_config(
        config_file,
        {
            "repository": {"base_url": base_url},
            "store": {"url": store},
            "server": server,
        },
    )
