"""A process that keeps mirrors over HTTP until its standard input ends.

All it remembers between two harvests of a list is the responseDate of the first
response. Run as `python -m store.mirrors.harvester PORT SEED`; at its end it harvests
once more and prints what it has as JSON.
"""

import http.client
import json
import random
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Final, Protocol
from urllib.parse import urlencode

from store.mirrors.mirror import SELECTIONS, Mirror
from store.mirrors.stopping import stop_asked_for

from oai_provider.protocol.datestamp import (
    Granularity,
    format_datestamp,
)
from oai_provider.protocol.errors import ErrorCode
from oai_provider.protocol.model import Errors, Record, Records, Response
from oai_provider.protocol.read import read
from oai_provider.protocol.request import Selection

_PATIENCE: Final = 60
_WALK_EVERY: Final = 5
_LONGEST_PAUSE: Final = 0.2


@dataclass
class Figures:
    """What a harvester did, and what it found wrong."""

    increments: int = 0
    walks: int = 0
    records: int = 0
    """Responses with a datestamp after their responseDate."""
    faults: list[str] = field(default_factory=list)


class Endpoint:
    """Asks a server that may be started again at any moment."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = self._connect()

    def ask(self, arguments: dict[str, str]) -> bytes:
        """Return the document that answers; ask again while nobody does."""
        target = f"/oai?{urlencode(arguments)}"
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._connection.request("GET", target)
                response = self._connection.getresponse()
                document = response.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                self._connection = self._connect()
                reason = str(error)
            else:
                if response.status == http.HTTPStatus.OK:
                    return document
                reason = f"status {response.status}"
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer to {target}: {reason}")
            time.sleep(0.1)

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)


class Asked(Protocol):
    """Whoever answers harvesters."""

    def ask(self, arguments: dict[str, str]) -> bytes:
        """Return the document that answers."""
        ...


class Chain:
    """The harvests of one list, each from where the one before began."""

    def __init__(
        self,
        asked: Asked,
        selection: Selection,
        figures: Figures,
    ) -> None:
        self._asked = asked
        self._selection = selection
        self._figures = figures
        self._from: datetime | None = None
        self.mirror = Mirror(faults=figures.faults)

    def harvest(self) -> Iterator[None]:
        """Take the next increment, a page at a time."""
        first: Response | None = None
        for response in self._responses(self._from):
            first = first or response
            self.mirror.take(_records(response))
            yield
        self._from = first.response_date if first else None
        self._figures.increments += 1

    def walk(self) -> Iterator[None]:
        """Read the whole list; whatever was there when it began must come."""
        there = set(self.mirror.entries)
        for response in self._responses(None):
            there -= {record.header.identifier for record in _records(response)}
            yield
        if there:
            self._figures.faults.append(f"a walk missed {sorted(there)[:5]}")
        self._figures.walks += 1

    def _responses(self, from_: datetime | None) -> Iterator[Response]:
        arguments = {"metadataPrefix": self._selection.metadata_prefix}
        if self._selection.set_spec:
            arguments["set"] = self._selection.set_spec
        if from_:
            arguments["from"] = format_datestamp(from_, Granularity.SECOND)
        while arguments:
            response = self._response({"verb": "ListRecords", **arguments})
            yield response
            body = response.body
            token = body.resumption_token if isinstance(body, Records) else None
            arguments = {}
            if token and token.value:
                arguments = {"resumptionToken": token.value}

    def _response(self, arguments: dict[str, str]) -> Response:
        response = read(self._asked.ask(arguments))
        stamps = [record.header.datestamp for record in _records(response)]
        newest = max(stamps, default=response.response_date)
        self._figures.records += len(stamps)
        if newest > response.response_date:
            told = f"datestamp {newest} in a response of {response.response_date}"
            self._figures.faults.append(told)
        return response


def all_of(pages: Iterator[None]) -> None:
    """Take the pages of a harvest that are left."""
    deque(pages, maxlen=0)


def _records(response: Response) -> tuple[Record, ...]:
    match response.body:
        case Records(records):
            return tuple(records)
        case Errors(errors) if [e.code for e in errors] == [ErrorCode.NO_RECORDS_MATCH]:
            return ()
        case body:
            raise ValueError(f"no list: {body}")


def harvest_until(stop: Event, chains: Iterable[Chain], chance: random.Random) -> None:
    """Harvest every list again and again, and walk it now and then."""
    while not stop.is_set():
        for chain in chains:
            all_of(chain.harvest())
            if chance.randrange(_WALK_EVERY) == 0:
                all_of(chain.walk())
        stop.wait(chance.uniform(0, _LONGEST_PAUSE))


def main(port: str, seed: str) -> None:
    """Be a harvester."""
    stop, figures = stop_asked_for(), Figures()
    endpoint = Endpoint(int(port))
    chains = [Chain(endpoint, selection, figures) for selection in SELECTIONS]
    print(flush=True)  # noqa: T201 - the parent waits for it
    harvest_until(stop, chains, random.Random(seed))
    for chain in chains:
        all_of(chain.harvest())
    mirrors = [chain.mirror.entries for chain in chains]
    json.dump({"figures": vars(figures), "mirrors": mirrors}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
