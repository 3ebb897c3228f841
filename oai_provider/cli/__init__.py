"""The command line: one file a command, imported when it is typed.

Exit codes: 0 done, 1 something was refused, 2 the call itself was wrong.
"""

from importlib import import_module
from typing import Final

import click

_COMMANDS: Final = {
    "serve": "serve",
    "load": "load",
    "sync": "sync",
    "delete": "delete",
    "list": "list:list_items",
    "show": "show",
    "sets": "sets",
    "quarantine": "quarantine",
    "rebuild": "rebuild",
    "schemas": "schemas",
    "harvest": "harvest",
    "validate": "validate",
    "verify": "verify",
}
"""The module of each, and the command in it where that has another name."""


class _Commands(click.Group):
    """A group of which a command that is not asked for costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [*self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        imported = import_module(f"{__name__}.{module}")
        command: click.Command = getattr(imported, name or module)
        return command


@click.group(
    cls=_Commands,
    # Their names, among which click looks for the one that was meant.
    commands={name: click.Command(name) for name in _COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="oai-provider")
def main() -> None:
    """Serve records over OAI-PMH 2.0, every one of them valid."""
