"""A real server on a socket, over a store with something of everything."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from oai_provider.assembly import open_ingest, utc_now
from oai_provider.config import Config
from oai_provider.metadata.item import read_item
from oai_provider.protocol.model import Record
from oai_provider.protocol.request import Selection
from oai_provider.sources.base import Place, Sourced
from oai_provider.store.base import Store

ITEMS = 250
PREFIXES = ("oai_dc", "mods")


@dataclass(frozen=True, slots=True)
class Served:
    """Where a repository is served, and what is in it."""

    base_url: str
    records: dict[str, dict[str, Record]]
    """Records by metadataPrefix and identifier, tombstones too."""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """250 items in pages of 60, one in ten deleted, served by `oai-provider serve`."""
    folder = tmp_path_factory.mktemp("served")
    records = _fill(f"sqlite:///{folder}/records.db")
    with commanded(folder, "--no-records") as base_url:
        yield Served(base_url, records)


@contextmanager
def commanded(folder: Path, *options: str) -> Iterator[str]:
    """Serve `records.db` of a folder by `oai-provider serve`; yield the base URL."""
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}/oai"
    environment = os.environ | {"OAI_PROVIDER__LISTS__PAGE_SIZE": "60"}
    command = [str(Path(sys.executable).with_name("oai-provider")), "serve"]
    told = ["--port", str(port), "--store", f"sqlite:///{folder}/records.db"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *told, *options],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(f"{base_url}?verb=Identify", process, folder / "log")
            yield base_url
        finally:
            process.terminate()
            process.wait(20)


def _fill(url: str) -> dict[str, dict[str, Record]]:
    ingest = open_ingest(Config.model_validate({"store": {"url": url}}), utc_now)
    place = Place(Path("generated"))
    source = (Sourced(place=place, item=read_item(item(n))) for n in range(ITEMS))
    assert len(list(ingest.load(source))) == ITEMS
    identify = ingest.maker.repository.identifier
    list(ingest.store.delete(identify(f"item-{n}") for n in range(0, ITEMS, 10)))
    records = {prefix: _records(ingest.store, prefix) for prefix in PREFIXES}
    ingest.store.close()
    return records


def item(number: int) -> dict[str, object]:
    """Return an item with characters of all planes, in sets."""
    return {
        "id": f"item-{number}",
        "resource_type": "article",
        "title": {
            "value": f"Title & <{number}> «№ {number}» 漢字 \U0001d54f",
            "lang": "en",
        },
        "creators": [f"Автор, И. {number}"],
        "abstract": "A paragraph that makes a record as long as records are. " * 20,
        "issued": str(1900 + number % 120),
        "sets": [f"even:{number % 4}" if number % 2 == 0 else "odd"],
        "rights": {"license": "https://creativecommons.org/licenses/by/4.0/"},
    }


def _records(store: Store, prefix: str) -> dict[str, Record]:
    selection = Selection(metadata_prefix=prefix)
    page = store.records(selection, after=None, limit=ITEMS + 1)
    assert page.after is None
    return {record.header.identifier: record for record in page.records}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                response.read()
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server does not answer: {log.read_text()}")
