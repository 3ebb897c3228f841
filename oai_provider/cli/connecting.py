"""Options of how an endpoint is asked, for every command that asks one.

Secrets come by the environment or from a file: what is typed is seen by others.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from oai_provider.cli.settings import Misused
from oai_provider.harvester.order import Connecting

F = TypeVar("F", bound=Callable[..., Any])

_USUAL: Final = Connecting()
_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)
_OPTIONS: Final = (
    click.option("--post", is_flag=True, help="Ask by POST instead of GET."),
    click.option(
        "--contact", metavar="ADDRESS", help="E-mail or URL told in the User-Agent."
    ),
    click.option(
        "--per-second",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="Requests a second at the most  [default: as fast as it answers]",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=_USUAL.read_timeout,
        show_default=True,
        metavar="SECONDS",
        help="Wait so long for the next byte.",
    ),
    click.option(
        "--tries",
        type=click.IntRange(1, 100),
        default=_USUAL.most_tries,
        show_default=True,
        metavar="N",
        help="Ask so often before a request is given up.",
    ),
    click.option(
        "--user",
        metavar="NAME",
        help="User; the password is in OAI_PROVIDER_PASSWORD, or asked for.",
    ),
    click.option("--password", envvar="OAI_PROVIDER_PASSWORD", hidden=True),
    click.option("--bearer", envvar="OAI_PROVIDER_BEARER", hidden=True),
    click.option(
        "--header",
        "headers",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Sent with every request; may be repeated.",
    ),
    click.option("--proxy", metavar="URL", help="Proxy to ask by."),
    click.option("--ca-file", type=_FILE, help="Certificates to trust (PEM)."),
    click.option("--certificate", type=_FILE, help="Certificate of ours (PEM)."),
    click.option("--key", type=_FILE, help="Its key, if it is in another file."),
)


CONNECTING: Final = (
    *("post", "contact", "per_second", "timeout", "tries", "user", "password"),
    *("bearer", "headers", "proxy", "ca_file", "certificate", "key"),
)
"""The names of these options."""


def connecting_options(command: F) -> F:
    """Add the options that `connecting_of` reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def connecting_of(options: dict[str, Any]) -> Connecting:
    """Return how to connect; takes its options away from those of a command."""
    user, password = options.pop("user"), options.pop("password")
    if user and password is None:
        password = click.prompt("Password", hide_input=True, err=True)
    return Connecting(
        method="POST" if options.pop("post") else "GET",
        contact=options.pop("contact"),
        per_second=options.pop("per_second"),
        read_timeout=options.pop("timeout"),
        most_tries=options.pop("tries"),
        user=user,
        password=password if user else None,
        bearer=options.pop("bearer"),
        headers=tuple(map(_header, options.pop("headers"))),
        proxy=options.pop("proxy"),
        ca_file=options.pop("ca_file"),
        certificate=options.pop("certificate"),
        key=options.pop("key"),
    )


def _header(value: str) -> tuple[str, str]:
    name, colon, said = value.partition(":")
    if not colon or not name.strip():
        # What was written may be a secret.
        raise Misused("a --header has no name or no colon: write 'Name: value'")
    return name.strip(), said.strip()
