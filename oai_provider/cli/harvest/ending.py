"""How a command ends that harvests: with an exit code, and never with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import click

from oai_provider.cli.settings import REFUSED, Misused
from oai_provider.errors import OaiProviderError
from oai_provider.harvester.order import Verdict
from oai_provider.store.base import StoreAway

EXIT_CODES: Final = {
    Verdict.COMPLETE: 0,
    Verdict.INCOMPLETE: REFUSED,
    Verdict.UNPROVABLE: 3,
}
INTERRUPTED: Final = 130
"""128 and the number of the signal, as shells have it."""


class InPlace(click.Command):
    """A command that is typed without a name of its own."""

    class _Context(click.Context):
        @property
        def command_path(self) -> str:
            """The name of the group, where there is one."""
            return self.parent.command_path if self.parent else super().command_path

    context_class = _Context


@contextmanager
def opening() -> Iterator[None]:
    """Tell what cannot be opened as a fault of the call."""
    try:
        yield
    except StoreAway:
        raise
    except OaiProviderError as error:
        raise Misused(str(error)) from error


def interrupted(told: str) -> NoReturn:
    """End with what is told of an interrupted harvest."""
    click.echo(f"interrupted: {told}", err=True)
    raise click.exceptions.Exit(INTERRUPTED)
