"""The options of an order, and what may stand in them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click

from oai_provider.cli.settings import Misused
from oai_provider.protocol.datestamp import DatestampError, parse_datestamp
from oai_provider.protocol.names import (
    METADATA_PREFIX_RULE,
    SET_SPEC_RULE,
    has_web_host,
    is_metadata_prefix,
    is_set_spec,
)

F = TypeVar("F", bound=Callable[..., Any])


def base_url(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Return a base URL as it is given."""
    if "@" in urlsplit(value).netloc:
        # What stands before it is a secret.
        raise click.BadParameter(
            "a user stands in it: name it by --user, and the password in the"
            " environment variable OAI_PROVIDER_PASSWORD"
        )
    if not has_web_host(value):
        raise click.BadParameter(f"{value!r} is no http(s) URL: https://host/oai")
    if "verb=" in value or "#" in value:
        raise click.BadParameter(f"{value!r} is a request: leave out what follows it")
    return value


def _each(
    is_legal: Callable[[str], bool], rule: str
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[str, ...]]:
    def legal(
        _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
    ) -> tuple[str, ...]:
        for one in value:
            if not is_legal(one):
                raise click.BadParameter(f"{one!r}: {rule}")
        return tuple(dict.fromkeys(value))

    return legal


def _date(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    try:
        if value is not None:
            parse_datestamp(value)
    except DatestampError as error:
        raise click.BadParameter(f"{value!r}: {error}") from error
    return value


def _warc(
    _context: click.Context, _parameter: click.Parameter, value: Path | None
) -> Path | None:
    if value is not None and not value.name.endswith(_WARC):
        raise click.BadParameter(f"{str(value)!r} does not end in {_WARC}: let it")
    return value


def check_dates(from_: str | None, until: str | None) -> None:
    """Refuse dates that no endpoint can answer."""
    if from_ is None or until is None:
        return
    if len(from_) != len(until):
        raise Misused(
            f"--from {from_} and --until {until}: write both as days, or both to the"
            " second"
        )
    if from_ > until:
        raise Misused(f"--from {from_} is after --until {until}")


_WARC: Final = ".warc.gz"
_OPTIONS: Final = (
    click.option(
        "--to",
        required=True,
        metavar="PLACE",
        help="FILE.jsonl, FILE.parquet, FOLDER/, or the URL of a store.",
    ),
    click.option(
        "--prefix",
        "metadata_prefixes",
        multiple=True,
        default=("oai_dc",),
        show_default=True,
        callback=_each(is_metadata_prefix, METADATA_PREFIX_RULE),
        metavar="PREFIX",
        help="Metadata format; may be repeated.",
    ),
    click.option(
        "--set",
        "set_specs",
        multiple=True,
        callback=_each(is_set_spec, SET_SPEC_RULE),
        metavar="SPEC",
        help="Set; may be repeated  [default: the whole repository]",
    ),
    click.option(
        "--from", "from_", callback=_date, metavar="DATE", help="First datestamp."
    ),
    click.option("--until", callback=_date, metavar="DATE", help="Last datestamp."),
    click.option(
        "--full", is_flag=True, help="Ask for everything, not only for changes."
    ),
    click.option(
        "--prove", is_flag=True, help="In the end ask for all identifiers, and compare."
    ),
    click.option(
        "--max",
        "most",
        type=click.IntRange(min=1),
        metavar="N",
        help="Stop after so many new records; the next harvest goes on there.",
    ),
    click.option(
        "--dry-run", is_flag=True, help="Show what would be asked for; keep nothing."
    ),
    click.option(
        "--force",
        is_flag=True,
        help="Delete what is no longer listed, even if it is more than 30 %.",
    ),
    click.option(
        "--keep-datestamps",
        is_flag=True,
        help="Let records keep their datestamps in a store. Safe only for a first"
        " harvest into a store that nobody harvests yet: who did would miss them.",
    ),
    click.option(
        "--warc",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=_warc,
        help="Keep every answer as it came, in a file that ends in .warc.gz.",
    ),
    click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of what is remembered  [default: beside the place]",
    ),
)


def order_options(command: F) -> F:
    """Add the options that are the fields of an `Order`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


work_table_option = click.option(
    "--work-table",
    metavar="URL",
    envvar="OAI_PROVIDER_WORK_TABLE",
    default="sqlite:///oai-provider-harvest.db",
    show_default=True,
    help="Database of what is harvested when; also OAI_PROVIDER_WORK_TABLE.",
)
