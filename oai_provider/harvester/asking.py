"""What is asked, what is answered, and all that a client needs to ask: values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from oai_provider.harvester import addressing
from oai_provider.harvester.connection import Environment, Secrets, Session, Transport
from oai_provider.harvester.deadline import Deadline
from oai_provider.harvester.exchange import Arguments
from oai_provider.harvester.pacing import Pacing
from oai_provider.harvester.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an endpoint is, and what is for it alone."""

    url: str
    method: str
    secrets: Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it is sent to one address."""

    method: str
    url: str
    form: str | None = None
    """The body of POST."""
    is_plain: bool = False
    """Whether no content coding is wanted."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """In place of those that are usual."""
    secrets: Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `body` is without its content coding."""

    asked: Asked
    response: requests.Response
    body: bytes
    wire: bytes
    sent: datetime
    seconds: float
    """From asking until the last byte, without waiting for our turn."""
    is_moved: bool = False
    """Whether redirects led to it that are for good, and no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may be."""

    most_bytes: int
    most_redirects: int
    page_timeout: float
    per_second: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """All that is needed to ask, of one client."""

    session: Session
    transport: Transport
    limits: Limits
    deadline: Deadline
    pacing: Pacing
    timing: Timing
    environment: Environment = field(default_factory=Environment)
    hooks: Mapping[str, Any] = field(default_factory=dict)


def first_asked(place: Place, arguments: Arguments) -> Asked:
    """Return the request as it is first sent."""
    query = addressing.encoded(arguments)
    if place.method == "POST":
        return Asked(method="POST", url=place.url, form=query, secrets=place.secrets)
    url = addressing.with_query(place.url, query)
    return Asked(method=place.method, url=url, secrets=place.secrets)


def moved(place: Place, arguments: Arguments, asked: Asked) -> Place:
    """Return where the endpoint is, if `asked` was what was asked in the end."""
    if asked.method != place.method or not arguments:
        return place
    url = asked.url
    if asked.form is None:
        url, mark, query = url.rpartition(addressing.encoded(arguments))
        if not mark or query or not url.endswith(("?", "&")):
            return place
    return Place(url=url.rstrip("?&"), method=place.method, secrets=asked.secrets)
