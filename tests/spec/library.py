"""A small repository with everything that makes harvesting hard.

Records that share a second, with more of them than fit on a page; a list that ends
exactly with a page; sets below sets, an empty set, items in no set and in several;
a deleted item, an item withdrawn from one format, an item that never was in one; items
that changed; about containers of both kinds; every description container.
"""

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flask import Flask
from spec.client import Client

from oai_provider.assembly import open_ingest
from oai_provider.config import Config
from oai_provider.metadata.item import Item, read_item
from oai_provider.provider.answer import Provider
from oai_provider.provider.ingest import Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.sources.base import Place, Sourced
from oai_provider.testing import StandingClock
from oai_provider.web import create_app
from oai_provider.web.log import request_logger

BASE_URL: Final = "https://library.example.org/oai"
START: Final = datetime(2024, 2, 28, 23, 59, 58, tzinfo=UTC)
PAGE: Final = 4

# Arguments of requests to it.
DC: Final = "metadataPrefix=oai_dc"
MODS: Final = "metadataPrefix=mods"
KAZIEV: Final = "identifier=oai:library.example.org:kaziev"
DC_ONLY: Final = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/'
    ' http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
    "<dc:title>Only in Dublin Core</dc:title></oai_dc:dc>"
)

ZERO: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
RIGHTS: Final = (
    '<rights xmlns="http://www.openarchives.org/OAI/2.0/rights/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/rights/'
    ' http://www.openarchives.org/OAI/2.0/rights.xsd">'
    f'<rightsReference ref="{ZERO}"/></rights>'
)

_REPOSITORY: Final[dict[str, object]] = {
    "name": "Library of Examples & Exceptions",
    "base_url": BASE_URL,
    "identifier": "library.example.org",
    "admin_emails": ["library@example.org", "archive@example.org"],
    "friends": {"base_urls": ["https://archive.example.org/oai"]},
    "branding": {
        "icon": {"url": "https://library.example.org/icon.png", "width": 88},
        "renderings": [
            {
                "url": "https://library.example.org/dc.xsl",
                "metadata_namespace": "http://www.openarchives.org/OAI/2.0/oai_dc/",
            }
        ],
    },
    "eprints": {
        "content": {"texts": ["Journal articles"]},
        "metadata_policy": {"texts": ["Free for every use"]},
        "data_policy": {"urls": ["https://library.example.org/policy"]},
    },
    "rights_manifest": {"rights": [{"reference": ZERO}]},
    "sets": [
        {"spec": "history", "name": "History", "description": "Of all the world"},
        {"spec": "empty", "name": "Nothing yet"},
    ],
}

Data = Mapping[str, object]


def item(local: str, *sets: str, **fields: object) -> dict[str, object]:
    """Return an item in its short form."""
    title = {"value": f"Title of {local}", "lang": "en"}
    return {
        "id": local,
        "resource_type": "article",
        "title": title,
        "issued": "2014",
        "sets": list(sets),
        **fields,
    }


class Library:
    """A repository in a folder: its clock, its way in, its web application."""

    def __init__(
        self,
        folder: Path,
        *,
        repository: Mapping[str, object] | None = None,
        lists: Mapping[str, object] | None = None,
        server: Mapping[str, object] | None = None,
    ) -> None:
        self.clock = StandingClock(START)
        self.config = Config.model_validate(
            {
                "repository": {**_REPOSITORY, **(repository or {})},
                "store": {"url": f"sqlite:///{folder / 'library.db'}"},
                "lists": {"page_size": PAGE, "sets_page_size": 3, **(lists or {})},
                "server": dict(server or {}),
            }
        )
        self.ingest = open_ingest(self.config, self.clock)
        self.store = self.ingest.store
        self.repository = self.ingest.maker.repository
        self.client = Client(self.app())

    def app(self) -> Flask:
        """Return a new application over the same store, as after a restart."""
        formats = self.ingest.maker.formats
        provider = Provider(self.repository, self.store, formats)
        log = request_logger(io.StringIO())
        return create_app(self.config, provider=provider, log=log)

    def load(self, *items: Data) -> list[str]:
        """Take items in, and return what became of each; none may be refused."""
        reports = list(self.reports(*items))
        assert not [report for report in reports if isinstance(report, Refusal)]
        return [str(r.outcome) for r in reports if isinstance(r, Loaded)]

    def reports(self, *items: Data) -> list[Loaded | Refusal]:
        """Take items in, and return all that is said of it."""
        return self.take([read_item(data) for data in items])

    def take(self, items: Iterable[Item]) -> list[Loaded | Refusal]:
        """Take items in that have been read already."""
        place = Place(Path("items.yaml"), 1)
        sources = [Sourced(place=place, item=value) for value in items]
        return list(self.ingest.load(sources))

    def delete(self, *locals_: str) -> None:
        """Turn items into tombstones."""
        identifiers = [self.repository.identifier(local) for local in locals_]
        assert [str(o) for o in self.store.delete(identifiers)] == ["deleted"] * len(
            identifiers
        )

    def identifier(self, local: str) -> str:
        """Return the identifier of an item."""
        return self.repository.identifier(local)


def fill(library: Library) -> None:
    """Load the example items: three full pages in oai_dc, a broken one in mods."""
    library.load(
        item("kaziev", "history:asia", doi="10.5555/12345678", about=RIGHTS),
        item("revised", "history"),
        item("narrowed", "law"),
    )
    library.clock.move(2)  # midnight
    ties = {1: ["history:asia"], 2: ["history:europe", "law"], 3: ["history:asia"]}
    library.load(*(item(f"tie-{n}", *ties.get(n, [])) for n in range(1, 7)))
    library.clock.move(3600)
    library.load({"id": "dc-only", "native": {"oai_dc": DC_ONLY}, "sets": ["history"]})
    library.load(item("harvested", "law", provenance=_ORIGIN))
    library.clock.move(1)
    library.delete("tie-3")
    library.clock.move(1)
    library.load(item("revised", "history", abstract="Now with an abstract."))
    library.load({"id": "narrowed", "native": {"oai_dc": DC_ONLY}, "sets": ["law"]})
    library.clock.move(86_400)
    library.load(item("latest", "music:opera:buffa"))


OAI_DC_COUNT: Final = 12
MODS_COUNT: Final = 11

_ORIGIN: Final = {
    "origin_descriptions": [
        {
            "base_url": "https://second.example.net/oai",
            "identifier": "oai:first.example.com:1",
            "datestamp": "2001-02-03",
            "metadata_namespace": "http://www.openarchives.org/OAI/2.0/oai_dc/",
            "harvested": "2023-04-05T06:07:08Z",
            "altered": True,
            "origin": {
                "base_url": "https://first.example.com/oai",
                "identifier": "oai:first.example.com:1",
                "datestamp": "2000-01-01",
                "metadata_namespace": "http://www.openarchives.org/OAI/2.0/oai_dc/",
                "harvested": "2001-03-04T00:00:00Z",
                "altered": False,
            },
        }
    ]
}
