"""The addresses that pages point to.

What is announced (`url`) begins with base_url, as configured; what is clicked
(`path`) stays on the host the reader came to, whatever its name.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlencode, urlsplit

from oai_provider.protocol.verbs import Verb
from oai_provider.provider.repository import Repository


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and what it is called."""

    label: str
    url: str

    @property
    def path(self) -> str:
        """The address without its host."""
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def item_link(repository: Repository, identifier: str, label: str) -> Link:
    """Return the link to an item's landing page."""
    return Link(label, repository.item_url(identifier))


def request_link(
    repository: Repository, label: str, verb: Verb, arguments: dict[str, str]
) -> Link:
    """Return the link to the answer to an OAI-PMH request."""
    query = urlencode({"verb": verb.value, **arguments}, safe=":/")
    return Link(label, f"{repository.base_url}?{query}")


def record_link(repository: Repository, identifier: str, prefix: str) -> Link:
    """Return the link to an item's record in a format, labelled with the format."""
    arguments = {"identifier": identifier, "metadataPrefix": prefix}
    return request_link(repository, prefix, Verb.GET_RECORD, arguments)


def root_path(repository: Repository) -> str:
    """Return the path below which pages stand, unescaped as routes are."""
    return unquote(urlsplit(repository.root).path)
