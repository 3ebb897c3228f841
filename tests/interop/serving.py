"""Applications on sockets, served by threads of the test; a chain of repositories."""

import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from werkzeug.serving import make_server

from oai_provider.assembly import open_ingest, open_provider
from oai_provider.config import Config
from oai_provider.harvester.opening import Means, opened
from oai_provider.harvester.order import Order, Report
from oai_provider.harvester.timing import Timing
from oai_provider.metadata.item import read_item
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.sources.base import Place, Sourced
from oai_provider.web import create_app
from oai_provider.web.log import request_logger
from oai_provider.xsd import Schemas

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE = 25

Lines = dict[tuple[str, str], dict[str, Any]]
"""Lines of JSON Lines by prefix and identifier."""


@contextmanager
def serving(app_of: "Callable[[str], WSGIApplication]") -> Iterator[str]:
    """Serve what is made for a base URL; yield that URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, _nothing, threaded=True)
    base_url = f"http://127.0.0.1:{server.server_port}/oai"
    # An application knows its address, which there is only now.
    server.app = app_of(base_url)
    # Whoever waits for the end looks up as often as that.
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield base_url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _nothing(
    _environ: "WSGIEnvironment", _start_response: "StartResponse"
) -> Iterable[bytes]:
    raise AssertionError("nobody is to ask yet")


class Node:
    """A repository of a chain: its store, its clock, and where it is served."""

    def __init__(
        self, folder: Path, clock: Callable[[], datetime], schemas: Schemas
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._clock, self._schemas = folder, clock, schemas
        self.url = f"sqlite:///{folder}/records.db"
        self.base_url = ""

    def another(self, folder: Path) -> "Node":
        """Return an empty one by the same clock."""
        return Node(folder, self._clock, self._schemas)

    def app(self, base_url: str) -> "WSGIApplication":
        """Return the application of the repository."""
        self.base_url = base_url
        log = request_logger(io.StringIO())
        provider = open_provider(self._config, self._clock)
        return create_app(self._config, provider=provider, log=log)

    def ingest(self, _url: str = "") -> Ingest:
        """Open the way into the store; schemas are compiled once for all."""
        ingest = open_ingest(self._config, self._clock)
        return replace(ingest, maker=replace(ingest.maker, schemas=self._schemas))

    def load(self, *items: dict[str, object]) -> None:
        """Take items in."""
        place = Place(Path("generated"))
        reads = (Sourced(place=place, item=read_item(item)) for item in items)
        ingest = self.ingest()
        reports = [*ingest.load(reads)]
        ingest.store.close()
        assert all(isinstance(report, Loaded) for report in reports), reports

    def delete(self, *names: str) -> None:
        """Delete items by their names in the repository."""
        ingest = self.ingest()
        identify = ingest.maker.repository.identifier
        list(ingest.store.delete(map(identify, names)))
        ingest.store.close()

    def harvest(self, base_url: str, *prefixes: str, **options: Any) -> Report:
        """Harvest an endpoint into this repository."""
        return harvest(base_url, self.url, *prefixes, means=self.means, **options)

    @property
    def means(self) -> Means:
        """What a harvest into it takes."""
        return Means(open_ingest=self.ingest, now=self._clock, timing=HURRIED)

    @property
    def _config(self) -> Config:
        return Config.model_validate(
            {
                "repository": {"base_url": self.base_url, "identifier": "example.org"},
                "store": {"url": self.url},
                "lists": {"page_size": PAGE},
            }
        )


HURRIED = Timing(sleep=lambda _seconds: None, random=lambda: 0.5)


def harvest(
    base_url: str,
    to: str,
    *prefixes: str,
    means: Means,
    **options: Any,
) -> Report:
    """Harvest an endpoint into a place."""
    order = Order(
        base_url=base_url, to=to, metadata_prefixes=prefixes or ("oai_dc",), **options
    )
    with opened(order, means) as begun:
        return begun.run()


def lines_of(file: Path) -> Lines:
    """Return what JSON Lines hold."""
    found = map(json.loads, file.read_text("utf-8").splitlines())
    return {(line["prefix"], line["identifier"]): line for line in found}


def parts(lines: Lines, names: Sequence[str]) -> dict[tuple[str, str], list[object]]:
    """Return some of what is told of each record."""
    return {key: [line[name] for name in names] for key, line in lines.items()}
