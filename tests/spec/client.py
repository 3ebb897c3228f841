"""A harvester that believes nothing: every answer is validated, then read.

Each response must be valid against the project's schemas, and against the published
ones where those are at hand, and must be what `protocol.write` makes of what
`protocol.read` finds in it.
"""

import gzip
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from flask import Flask
from lxml import etree
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from oai_provider.protocol import model
from oai_provider.protocol.errors import ProtocolError
from oai_provider.protocol.read import read
from oai_provider.protocol.write import write
from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.xsd import SchemaFault, Schemas

_CHECKOUT: Final = Path(__file__).parents[2]
FORMATS: Final = (
    "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd",
)
FORM: Final = "application/x-www-form-urlencoded"


@cache
def all_schemas() -> tuple[Schemas, ...]:
    """Return our schemas, and the published ones if they are beside the checkout."""
    shared = os.environ.get("OAI_PROVIDER_SHARED", _CHECKOUT.parent / "shared")
    published = Path(shared) / "schemas"
    folders = [schemas_folder(), *([published] if published.is_dir() else [])]
    return tuple(map(Schemas, folders))


def faults_of(root: etree._Element) -> list[SchemaFault]:
    """Return where a response breaks any of the schemas."""
    return [
        fault
        for schemas in all_schemas()
        for fault in schemas.response_faults(root, FORMATS)
    ]


@dataclass(frozen=True, slots=True)
class Reply:
    """A valid response: as HTTP, as bytes, as a document, and as values."""

    headers: Headers
    document: bytes
    response: model.Response
    root: etree._Element = field(repr=False)

    @property
    def codes(self) -> list[str]:
        """The error codes, in order."""
        return [str(error.code) for error in self.errors]

    @property
    def errors(self) -> tuple[ProtocolError, ...]:
        """The errors, none if the request was answered."""
        body = self.response.body
        return body.errors if isinstance(body, model.Errors) else ()

    @property
    def echoed(self) -> dict[str, str]:
        """The attributes of <request>."""
        return dict(self.response.arguments)

    @property
    def record(self) -> model.Record:
        """The record of a GetRecord."""
        assert isinstance(self.response.body, model.Record), self.document
        return self.response.body

    @property
    def records(self) -> tuple[model.Record, ...]:
        """The records of a ListRecords."""
        assert isinstance(self.response.body, model.Records), self.document
        return tuple(self.response.body.records)

    @property
    def list_headers(self) -> tuple[model.Header, ...]:
        """The headers of a ListIdentifiers or ListRecords."""
        if isinstance(self.response.body, model.Records):
            return tuple(record.header for record in self.records)
        assert isinstance(self.response.body, model.Headers), self.document
        return tuple(self.response.body.headers)

    @property
    def sets(self) -> tuple[model.Set, ...]:
        """The sets of a ListSets."""
        assert isinstance(self.response.body, model.Sets), self.document
        return self.response.body.sets

    @property
    def formats(self) -> tuple[model.MetadataFormat, ...]:
        """The formats of a ListMetadataFormats."""
        assert isinstance(self.response.body, model.MetadataFormats), self.document
        return self.response.body.formats

    @property
    def identity(self) -> model.Identity:
        """The answer to an Identify."""
        assert isinstance(self.response.body, model.Identity), self.document
        return self.response.body

    @property
    def token(self) -> model.ResumptionToken | None:
        """The resumptionToken of a list."""
        body = self.response.body
        assert isinstance(body, model.Records | model.Headers | model.Sets)
        return body.resumption_token

    @property
    def way_on(self) -> str:
        """The value of the resumptionToken, which must be there and not empty."""
        assert self.token is not None
        assert self.token.value
        return self.token.value

    @property
    def locals(self) -> list[str]:
        """The local parts of a list's identifiers, in its order."""
        return [header.identifier.split(":", 2)[2] for header in self.list_headers]

    @property
    def datestamps(self) -> list[datetime]:
        """The datestamps of a list, in its order."""
        return [header.datestamp for header in self.list_headers]


class Client:
    """Asks an application, and takes nothing but valid responses."""

    def __init__(self, app: Flask, path: str = "/oai") -> None:
        self._http = app.test_client()
        self._path = path

    def get(self, query: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the response to a query string."""
        address = f"{self._path}?{query}"
        return _checked(self._http.get(address, headers=dict(headers or {})))

    def post(self, form: str, content_type: str = FORM, query: str = "") -> Reply:
        """Return the response to a form."""
        address = f"{self._path}?{query}" if query else self._path
        return _checked(self._http.post(address, data=form, content_type=content_type))

    def http(self, method: str, query: str = "") -> TestResponse:
        """Return the HTTP answer as it is."""
        return self._http.open(f"{self._path}?{query}", method=method)

    def walk(self, verb: str, arguments: str = "") -> list[Reply]:
        """Return all the pages of a list."""
        pages = [self.get(f"verb={verb}&{arguments}")]
        while (token := pages[-1].token) is not None and token.value:
            pages.append(self.resume(verb, token.value))
        return pages

    def resume(self, verb: str, token: str) -> Reply:
        """Return the page that a token leads to."""
        return self.get(f"verb={verb}&resumptionToken={quote(token)}")


def locals_of(pages: Sequence[Reply]) -> list[str]:
    """Return the local parts of all identifiers of a list."""
    return [local for page in pages for local in page.locals]


def specs_of(pages: Sequence[Reply]) -> list[str]:
    """Return all the setSpecs of a list of sets."""
    return [entry.spec for page in pages for entry in page.sets]


def _checked(answer: TestResponse) -> Reply:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/xml"
    body = answer.get_data()
    assert answer.headers["Content-Length"] == str(len(body))
    decode = _DECODERS[answer.headers.get("Content-Encoding", "identity")]
    return read_reply(answer.headers, decode(body))


def read_reply(headers: Headers, document: bytes) -> Reply:
    """Return a response that has been validated, read and written again."""
    root = parse(document)
    assert faults_of(root) == []
    response = read(document)
    assert b"".join(write(response)) == document
    return Reply(headers, document, response, root)


_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.decompress,
    "identity": bytes,
}
