"""Items, a repository over them, and a way to send it a request octet by octet."""

import gzip
import io
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask
from lxml import etree, html
from spec.client import faults_of

from oai_provider.config import Config, RepositorySettings, ServerSettings
from oai_provider.metadata.item import item_json, read_item
from oai_provider.protocol.model import MetadataFormat, Set
from oai_provider.protocol.xml import Payload, parse, payload
from oai_provider.provider.answer import Provider
from oai_provider.provider.repository import Repository
from oai_provider.store.base import ItemWrite, Store
from oai_provider.web import create_app
from oai_provider.web.log import request_logger

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
BASE_URL = "https://repository.example.org/oai"
OAI_DC = MetadataFormat(
    metadata_prefix="oai_dc",
    schema="http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    namespace="http://www.openarchives.org/OAI/2.0/oai_dc/",
)
MODS = MetadataFormat(
    metadata_prefix="mods",
    schema="http://www.loc.gov/standards/mods/v3/mods-3-8.xsd",
    namespace="http://www.loc.gov/mods/v3",
)
PRIVATE = "private@example.org"

ARTICLE: dict[str, object] = {
    "id": "reading-2021",
    "resource_type": "article",
    "titles": [
        {"value": "Reading the margins", "lang": "en"},
        {"value": "Чтение на полях", "lang": "ru", "type": "translated"},
    ],
    "creators": [
        {
            "family": "Example",
            "given": "Ada",
            "orcid": "0000-0002-1825-0097",
            "affiliations": ["University of Examples", "Academy of Samples"],
            "email": PRIVATE,
        },
        {
            "family": "Пример",
            "given": "Иван",
            "affiliations": [{"name": "Sample College", "ror": "05dxps055"}],
            "email": {"value": "public@example.org", "public": True},
        },
    ],
    "contributors": [{"family": "Beispiel", "given": "Karl", "role": "edt"}],
    "descriptions": [{"value": "Readers wrote in books.", "lang": "en"}],
    "subjects": [
        {"lang": "en", "values": ["marginalia", "readers"]},
        {"lang": "ru", "values": ["маргиналии"]},
    ],
    "issued": "2021-05-14",
    "languages": ["en"],
    "doi": "10.1234/example.567",
    "places": ["Kazakhstan"],
    "periods": [{"start": "1920", "end": "1929"}],
    "host": {
        "title": {"value": "Journal of Examples", "lang": "en"},
        "volume": "12",
        "issue": "5",
        "whole_number": "31",
        "pages": "101-124",
        "issn": "1234-5679",
    },
    "publisher": ["Example Press"],
    "rights": {"access": "open", "license": "CC-BY-4.0", "holder": "The authors"},
    "files": [
        {"url": "https://files.example.org/1.pdf", "media_type": "application/pdf"}
    ],
    "funding": [{"funder": "Example Council", "award": {"number": "E-1"}}],
    "references": [{"text": "Primer, I. Books.", "doi": "10.1234/other"}],
    "sets": ["history:asia"],
}
PLAIN: dict[str, object] = {"id": "a/b//c?d%20e", "resource_type": "text", "title": "P"}
HARVESTED: dict[str, object] = {
    "id": "h",
    "identifier": "oai:elsewhere.example.com:7",
    "resource_type": "text",
    "title": "From elsewhere",
}
WITHDRAWN: dict[str, object] = {"id": "gone", "resource_type": "text", "title": "Gone"}


def dublin_core(title: str) -> Payload:
    """Return a record in oai_dc that has this title and nothing else."""
    root = etree.Element(f"{{{OAI_DC.namespace}}}dc")
    etree.SubElement(root, "{http://purl.org/dc/elements/1.1/}title").text = title
    return payload(root)


def mods(title: str) -> Payload:
    """Return a record in MODS that has this title, long enough to be compressed."""
    root = etree.Element(f"{{{MODS.namespace}}}mods")
    info = etree.SubElement(root, f"{{{MODS.namespace}}}titleInfo")
    etree.SubElement(info, f"{{{MODS.namespace}}}title").text = title * 200
    return payload(root)


def repository_at(base_url: str) -> Repository:
    """Return the settings of a repository that announces this address."""
    return Repository(
        name="Example Repository",
        base_url=base_url,
        admin_emails=("library@example.org",),
        repository_identifier="repository.example.org",
        token_keys=(b"k" * 32,),
    )


def fill(store: Store, items: Iterable[Mapping[str, object]]) -> None:
    """Store items in both formats, and one that is withdrawn again."""
    repository = repository_at(BASE_URL)
    store.declare_formats([OAI_DC, MODS])
    store.declare_sets([Set(spec="history", name="History & more")])
    list(store.put(_written(repository, item) for item in (*items, WITHDRAWN)))
    list(store.delete([repository.identifier("gone")]))


def _written(repository: Repository, data: Mapping[str, object]) -> ItemWrite:
    item = read_item(data)
    title = item.title.value if item.title else "untitled"
    return ItemWrite(
        identifier=item.identifier or repository.identifier(item.id),
        source=json.dumps(item_json(item)),
        payloads={"oai_dc": dublin_core(title), "mods": mods(title)},
        set_specs=item.sets,
    )


class Fails:
    """A store that answers every question with an exception."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> object:
        raise self._error

    def as_store(self) -> Store:
        """Return itself, as what it stands for."""
        return cast("Store", self)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def xml(self) -> etree._Element:
        """The body as XML."""
        return parse(self.body)

    @property
    def html(self) -> html.HtmlElement:
        """The body as HTML."""
        return html.document_fromstring(self.body)

    @property
    def errors(self) -> list[tuple[str | None, str | None]]:
        """Codes and messages of the protocol errors."""
        found = self.xml.iterfind("{http://www.openarchives.org/OAI/2.0/}error")
        return [(error.get("code"), error.text) for error in found]


class Site:
    """An application, and its log."""

    def __init__(
        self,
        store: Store,
        *,
        base_url: str = BASE_URL,
        max_body: int = 65_536,
        trusted_proxies: int = 0,
    ) -> None:
        self._stream = io.StringIO()
        server = ServerSettings(max_body=max_body, trusted_proxies=trusted_proxies)
        self.base_url = base_url
        self.app: Flask = create_app(
            Config(repository=RepositorySettings(base_url=base_url), server=server),
            provider=Provider(repository=repository_at(base_url), store=store),
            log=request_logger(self._stream),
        )

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def get(self, target: str, **environ: object) -> Reply:
        """Send a GET to a path with its query, written as on the wire."""
        return self.send("GET", target, **environ)

    def oai(self, query: str, **environ: object) -> Reply:
        """Send a GET with this query to the endpoint."""
        return self.get(f"{urlsplit(self.base_url).path}?{query}", **environ)

    def post(self, body: bytes, **environ: object) -> Reply:
        """Send a form to the endpoint."""
        given = {
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        } | environ
        return self.send("POST", urlsplit(self.base_url).path, **given)

    def send(self, method: str, target: str, **environ: object) -> Reply:
        """Send a request as a WSGI server would; headers are given as it names them."""
        announced = urlsplit(self.base_url)
        path, _, query = target.partition("?")
        default: dict[str, object] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.7",
            "HTTP_HOST": announced.netloc,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": announced.scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        reply = wsgi_reply(self.app, default | environ)
        _require_valid(reply)
        return reply


def _require_valid(reply: Reply) -> None:
    """Refuse a response that breaks our schemas, or the published ones."""
    is_xml = reply.headers.get("Content-Type", "").startswith("text/xml")
    if is_xml and reply.body:
        zipped = reply.headers.get("Content-Encoding") == "gzip"
        document = gzip.decompress(reply.body) if zipped else reply.body
        assert faults_of(parse(document)) == []


def wsgi_reply(app: Any, environ: dict[str, object]) -> Reply:
    """Call a WSGI application as a server does."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> object:
        started.append((status, headers))
        return lambda _: None

    body = app(environ, start_response)
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    status, headers = started[-1]
    return Reply(int(status[:3]), dict(headers), content)
