"""The links of items, asked for `verify --links`, with what shows that it goes on."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from oai_provider.verifier.catalogue import catalogue
from oai_provider.verifier.links.checking import Links, check, with_findings
from oai_provider.verifier.links.following import Politeness, following
from oai_provider.verifier.run import Judgement


def with_links(judgement: Judgement, links: Links, per_host: int) -> Judgement:
    """Return a judgement with what is found of the links in its items."""
    asked = following(politeness=Politeness(per_host=per_host))
    with _progress() as progress:
        task = progress.add_task("links", total=len(links.places))

        def tell(more: int) -> None:
            progress.advance(task, more)

        found = [*check(links.places, catalogue(), asked, tell)]
    return with_findings(judgement, found)


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
