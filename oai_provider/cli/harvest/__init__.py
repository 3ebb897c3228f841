"""`oai-provider harvest`: one endpoint, or all of a file, and how they stand."""

from collections.abc import Sequence

import click

from oai_provider.cli.connecting import CONNECTING
from oai_provider.cli.harvest.every import every
from oai_provider.cli.harvest.one import one
from oai_provider.cli.harvest.status import status

_EPILOG = """Exit codes: 0 complete, 1 incomplete, 2 a wrong call, 3 unprovable, 130
interrupted; of several the worst.

Examples:

\b
  oai-provider harvest https://example.org/oai --to records.jsonl
  oai-provider harvest https://example.org/oai --to copy/ --prefix mods --set history
  oai-provider harvest https://example.org/oai --to sqlite:///copy.db --prove
  oai-provider harvest https://example.org/oai --to records.jsonl --explain
  oai-provider harvest --all sources.toml --lanes 8
  oai-provider harvest --all sources.toml zenodo
  oai-provider harvest status
"""


class _Harvest(click.Group):
    """A group two of whose commands are told by what follows, not by a name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._named(ctx, args))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, self._named(ctx, args))

    def _named(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what was typed with the command that is meant before it."""
        if not args or args[0] in {*self.commands, *self.get_help_option_names(ctx)}:
            return args
        is_all = any(word.partition("=")[0] == "--all" for word in args)
        return [str(every.name if is_all else one.name), *args]

    # One page of help tells all of it.

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for form in ("BASE_URL --to PLACE", "--all FILE [NAME]...", "status"):
            formatter.write_usage(ctx.command_path, f"{form} [OPTIONS]")

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        asked = [p for p in one.params if p.name in CONNECTING]
        ordered = [p for p in one.params if p.name not in CONNECTING]
        _write_options(ctx, formatter, "With BASE_URL", ordered)
        _write_options(ctx, formatter, "How BASE_URL is asked", asked)
        _write_options(ctx, formatter, "With --all", every.params)
        super().format_options(ctx, formatter)


def _write_options(
    ctx: click.Context,
    formatter: click.HelpFormatter,
    heading: str,
    params: Sequence[click.Parameter],
) -> None:
    records = filter(None, (param.get_help_record(ctx) for param in params))
    with formatter.section(heading):
        formatter.write_dl([*records])


@click.group(cls=_Harvest, epilog=_EPILOG)
def harvest() -> None:
    """Harvest repositories, and tell of each harvest whether it is complete.

    A harvest that was broken off goes on where it was; a second one asks for what
    has changed since. What is odd about an endpoint is got round, and told.

    With --all every source of a file is harvested that is due, of each host one at a
    time; those that are named are harvested now, and no others.
    """


for command in (one, every, status):
    harvest.add_command(command)
