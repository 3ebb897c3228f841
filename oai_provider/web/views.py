"""The pages: what this repository is, its items, and one page an item.

Nothing here trusts the Host header, and no page runs a script.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, make_response, render_template
from flask import request as http_request
from werkzeug.exceptions import HTTPException

from oai_provider.metadata import wording
from oai_provider.protocol.datestamp import from_seconds, to_seconds
from oai_provider.protocol.model import MetadataFormat, Set
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Position
from oai_provider.protocol.verbs import Verb
from oai_provider.provider.answer import Provider
from oai_provider.store.base import Totals
from oai_provider.web import words
from oai_provider.web.arguments import read_arguments
from oai_provider.web.compression import compressed
from oai_provider.web.landing import OAI_DC, ItemList, item_list, item_page
from oai_provider.web.links import Link, record_link, request_link, root_path

_CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STATIC_SECONDS = 86_400
_ON_START_PAGE = 10
_ON_LIST_PAGE = 50
_SETS_SHOWN = 100
_POSITION = re.compile(r"(\d{1,11})-(\d{1,18})", re.ASCII)


def add_pages(app: Flask, provider: Provider) -> None:
    """Give the application its pages."""
    pages = _Pages(provider)
    blueprint = Blueprint(
        "pages",
        __name__,
        url_prefix=root_path(provider.repository) or None,
        template_folder="templates",
        static_folder="static",
    )
    blueprint.add_url_rule("/", view_func=pages.start)
    blueprint.add_url_rule("/items/", view_func=pages.items)
    blueprint.add_url_rule("/items/<path:name>", view_func=pages.item)
    # Ids may hold slashes anywhere, and a redirect would repeat the Host header.
    app.url_map.merge_slashes = app.url_map.strict_slashes = False
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _STATIC_SECONDS
    app.jinja_env.globals.update(
        repository=provider.repository, words=words, wording=wording
    )
    app.register_blueprint(blueprint)
    app.add_url_rule("/robots.txt", view_func=_robots)
    app.register_error_handler(HTTPException, _refused)
    app.after_request(_finished)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overview:
    """What the start page shows."""

    totals: Totals
    formats: tuple[MetadataFormat, ...]
    sets: tuple[Set, ...]
    set_count: int
    items: ItemList
    examples: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class _Pages:
    """The views, over one repository."""

    provider: Provider

    def start(self) -> str:
        store = self.provider.store
        overview = _Overview(
            totals=store.totals(),
            formats=store.formats(),
            sets=store.sets(after=None, limit=_SETS_SHOWN),
            set_count=store.count_sets(),
            items=item_list(self.provider, None, _ON_START_PAGE),
            examples=tuple(self._examples()),
        )
        return render_template("start.html", overview=overview)

    def items(self) -> str:
        # Not `args`, which raises on octets that are not UTF-8.
        given = dict(read_arguments(http_request.query_string)).get("after")
        after = None if given is None else _position(given)
        found = item_list(self.provider, after, _ON_LIST_PAGE)
        following = found.after and _written(found.after)
        return render_template("items.html", items=found, following=following)

    def item(self, name: str) -> Response:
        stored = self.provider.item(name)
        if stored is None:
            abort(HTTPStatus.NOT_FOUND)
        if stored.header.deleted:
            page = render_template("tombstone.html", header=stored.header)
            return make_response(page, HTTPStatus.GONE)
        page = render_template("item.html", page=item_page(self.provider, stored))
        return make_response(page)

    def _examples(self) -> Iterator[Link]:
        """Yield requests to try, each of which has an answer."""
        repository, store = self.provider.repository, self.provider.store
        verbs = [Verb.IDENTIFY, Verb.LIST_METADATA_FORMATS]
        if store.has_sets():
            verbs.append(Verb.LIST_SETS)
        for verb in verbs:
            yield request_link(repository, verb.value, verb, {})
        any_record = Selection(metadata_prefix=OAI_DC)
        for header in store.headers(any_record, after=None, limit=1).headers:
            for verb in (Verb.LIST_IDENTIFIERS, Verb.LIST_RECORDS):
                arguments = {"metadataPrefix": OAI_DC}
                yield request_link(repository, verb.value, verb, arguments)
            link = record_link(repository, header.identifier, OAI_DC)
            yield replace(link, label=Verb.GET_RECORD.value)


def _position(given: str) -> Position:
    match = _POSITION.fullmatch(given)
    if match is None:
        abort(HTTPStatus.NOT_FOUND)
    return Position(datestamp=from_seconds(int(match[1])), key=int(match[2]))


def _written(position: Position) -> str:
    return f"{to_seconds(position.datestamp)}-{position.key}"


def _robots() -> Response:
    response = make_response("User-agent: *\nAllow: /\n")
    response.mimetype = "text/plain"
    return response


def _refused(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = make_response(render_template("refused.html", status=status), status)
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _finished(response: Response) -> Response:
    """Add the headers that every page has, and compress it if that is wanted."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.direct_passthrough:
        return response
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY
    response.headers["Vary"] = "Accept-Encoding"
    accepted = http_request.headers.get("Accept-Encoding", "")
    small = compressed(response.get_data(), accepted)
    if small is not None:
        response.set_data(small)
        response.headers["Content-Encoding"] = "gzip"
    return response
