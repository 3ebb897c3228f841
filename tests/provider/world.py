"""A repository in memory at a moment of its life, and how tests ask it.

Every answer is validated against our schemas, and the published ones if there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from memory_store import MemoryStore
from spec.client import faults_of

from oai_provider.metadata.mods import MODS
from oai_provider.metadata.oai_dc import OAI_DC
from oai_provider.protocol.model import Errors, Headers, Records, Response
from oai_provider.protocol.write import write
from oai_provider.protocol.xml import Payload, parse
from oai_provider.provider.answer import Provider
from oai_provider.provider.containers import Friends, container
from oai_provider.provider.repository import Repository
from oai_provider.store.base import ItemWrite

ALL = "metadataPrefix=oai_dc"
GET = "verb=GetRecord&identifier=oai:example.org:"
START = datetime(2014, 5, 1, 23, 59, 58, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FORMATS = (OAI_DC.described, MODS.described)
REPOSITORY = Repository(
    name="A repository",
    base_url="http://example.org/oai",
    admin_emails=("a@example.org", "b@example.org"),
    repository_identifier="example.org",
    descriptions=(container(Friends(base_urls=("http://example.com/oai",))),),
    page_size=3,
    sets_page_size=2,
    token_keys=(b"a key for tests, and long enough",),
)


@dataclass
class World:
    """A repository, its store, and the time; items are named by their numbers."""

    repository: Repository = REPOSITORY
    now: datetime = START
    store: MemoryStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = MemoryStore(lambda: self.now)
        self.store.declare_formats(FORMATS)

    def put(self, *names: int, sets: str = "", text: str = "") -> None:
        """Store items, each a second after the one before."""
        for name in names:
            wanted = ItemWrite(
                identifier=identifier(name),
                source="{}",
                payloads={"oai_dc": dublin_core(f"{name}{text}")},
                set_specs=tuple(sets.split()),
            )
            list(self.store.put([wanted]))
            self.now += SECOND

    def delete(self, *names: int) -> None:
        list(self.store.delete(map(identifier, names)))
        self.now += SECOND

    def ask(self, query: str) -> Response:
        """Answer `a=1&b=2`, unescaped."""
        pairs = [tuple(pair.split("=", 1)) for pair in query.split("&")]
        provider = Provider(self.repository, self.store)
        response = provider.answer([(n, v) for n, v in pairs], self.now)
        assert faults_of(parse(b"".join(write(response)))) == []
        return response

    def records(self, query: str) -> Records:
        body = self.ask(f"verb=ListRecords&{query}").body
        assert isinstance(body, Records), body
        return body

    def errors(self, query: str) -> list[tuple[str, str]]:
        body = self.ask(query).body
        assert isinstance(body, Errors)
        return [(str(error.code), error.message) for error in body.errors]


def dublin_core(title: str) -> Payload:
    """Return a record of nothing but a title."""
    return Payload(
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC.namespace}"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title></oai_dc:dc>".encode()
    )


def identifier(name: int) -> str:
    return f"oai:example.org:{name}"


def names(body: Records | Headers) -> list[int]:
    """Return the names of the items on a page."""
    headers = (
        [record.header for record in body.records]
        if isinstance(body, Records)
        else body.headers
    )
    return [int(header.identifier.rpartition(":")[2]) for header in headers]


def walk(
    world: World, query: str, between: Callable[[], None] = lambda: None
) -> Iterator[Records]:
    """Yield the pages of ListRecords, doing something between them."""
    page = world.records(query)
    yield page
    while page.resumption_token and page.resumption_token.value:
        between()
        page = world.records(f"resumptionToken={page.resumption_token.value}")
        yield page


def listed(world: World, query: str) -> list[int]:
    """Return the names of all items in a list."""
    return [name for page in walk(world, query) for name in names(page)]
