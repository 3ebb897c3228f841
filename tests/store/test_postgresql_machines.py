"""Several machines that serve one database are one repository."""

import io
import re
from collections.abc import Iterator

import pytest
from werkzeug.test import Client

from oai_provider.assembly import open_provider, utc_now
from oai_provider.config import Config
from oai_provider.store.sql_store import SqlStore
from oai_provider.testing import put, write_of
from oai_provider.web import create_app
from oai_provider.web.log import request_logger

pytest_plugins = ["postgresql"]

LIST = "/oai?verb=ListIdentifiers"
PREFIX = "metadataPrefix=oai_dc"


@pytest.fixture
def machines(database: str) -> Iterator[list[Client]]:
    """Two machines that serve three items, two to a page."""
    config = Config.model_validate(
        {"store": {"url": database, "pool_size": 2}, "lists": {"page_size": 2}}
    )
    providers = [open_provider(config, utc_now) for _ in range(2)]
    assert isinstance(providers[0].store, SqlStore)
    put(providers[0].store, *(write_of(local) for local in "abc"))
    log = request_logger(io.StringIO())
    yield [Client(create_app(config, provider=p, log=log)) for p in providers]
    for provider in providers:
        provider.store.close()


def found(text: str, element: str) -> list[str]:
    return re.findall(f"<{element}[^>]*>([^<]+)</{element}>", text)


def test_token_of_one_machine_is_answered_by_another(machines: list[Client]) -> None:
    one, other = machines
    first = one.get(f"{LIST}&{PREFIX}").text
    (token,) = found(first, "resumptionToken")
    second = other.get(f"{LIST}&resumptionToken={token}").text
    identifiers = [*found(first, "identifier"), *found(second, "identifier")]
    assert [identifier[-1] for identifier in identifiers] == ["a", "b", "c"]


def test_characters_that_no_database_holds_are_an_answer_of_the_protocol(
    machines: list[Client],
) -> None:
    for machine in machines:
        reply = machine.get(f"/oai?verb=GetRecord&identifier=oai:a%00b&{PREFIX}")
        assert (reply.status_code, "<error code=" in reply.text) == (200, True)
