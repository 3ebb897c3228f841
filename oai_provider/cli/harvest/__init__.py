"""`oai-provider harvest`: one endpoint, or all of a file, and how they stand."""

import click

from oai_provider.cli.harvest.one import run


class _OneUnlessNamed(click.Group):
    """A group whose first command is meant where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_OneUnlessNamed)
def harvest() -> None:
    """Harvest a repository, and tell whether the harvest is complete."""


harvest.add_command(run)
