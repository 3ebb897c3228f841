"""The commands of the command line, as they are typed."""

from collections.abc import Iterator

import click


def typed(
    name: str, command: click.Command, parent: click.Context | None = None
) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and all below it, by their names; not those that are hidden."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, parent=parent)
        for word in command.list_commands(context):
            sub = command.get_command(context, word)
            assert sub is not None
            if not sub.hidden:
                yield from typed(f"{name} {word}", sub, context)
