"""The next page is asked for early, one request at a time, and nothing is lost."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

import pytest

from oai_provider.harvester.ahead import token_of
from oai_provider.harvester.exchange import (
    Arguments,
    Exchange,
    FetchError,
    FetchFault,
)
from oai_provider.harvester.page import read_page
from oai_provider.harvester.pages import Pages
from oai_provider.harvester.walk import ListRequest, Walk

_FIRST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def _document(token: str) -> bytes:
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-01-01T00:00:00Z</responseDate><ListRecords>"
        f"<resumptionToken>{token}</resumptionToken></ListRecords></OAI-PMH>"
    ).encode()


def _resumed(token: str) -> dict[str, str]:
    return {"verb": "ListRecords", "resumptionToken": token}


@dataclass
class _Endpoint:
    """Answers each token with the next, and fails at one."""

    fails_at: str = ""
    asked: list[str] = field(default_factory=list)
    came: Event = field(default_factory=Event)

    def exchange(self, arguments: Arguments) -> Exchange:
        token = arguments.get("resumptionToken", "0")
        self.asked.append(token)
        if len(self.asked) > 1:
            self.came.set()
        if token == self.fails_at:
            raise FetchError("it is away", fault=FetchFault.AWAY)
        return Exchange(
            arguments=arguments,
            method="GET",
            url="http://127.0.0.1/oai",
            status=200,
            headers=(),
            body=_document(str(int(token) + 1)),
            wire=b"",
            sent=datetime(2026, 1, 1, tzinfo=UTC),
            seconds=0.0,
        )


def _pages(endpoint: _Endpoint) -> Pages:
    return Pages(fetches=endpoint, read=read_page, sleep=lambda _: None)


def test_next_page_is_asked_for_before_anybody_wants_it() -> None:
    endpoint = _Endpoint()
    _pages(endpoint).page(_FIRST, _resumed)
    assert endpoint.came.wait(5)
    assert endpoint.asked == ["0", "1"]


def test_page_that_was_asked_for_is_not_asked_for_again() -> None:
    endpoint = _Endpoint()
    pages = _pages(endpoint)
    pages.page(_FIRST, _resumed)
    pages.page(_resumed("1"))
    assert endpoint.asked == ["0", "1"]


def test_page_that_nobody_wanted_is_followed_by_the_one_that_is() -> None:
    endpoint = _Endpoint()
    pages = _pages(endpoint)
    pages.page(_FIRST, _resumed)
    token = pages.page(_resumed("7")).page.resumption_token
    assert endpoint.asked == ["0", "1", "7"]
    assert token
    assert token.value == "8"


def test_failure_is_told_when_the_page_is_wanted() -> None:
    pages = _pages(_Endpoint(fails_at="1"))
    pages.page(_FIRST, _resumed)
    with pytest.raises(FetchError):
        pages.page(_resumed("1"))


def test_failure_of_a_page_that_nobody_wanted_is_none() -> None:
    pages = _pages(_Endpoint(fails_at="1"))
    pages.page(_FIRST, _resumed)
    assert pages.page(_resumed("2")).page.resumption_token


def test_walk_follows_no_token_that_it_met() -> None:
    walk = Walk(request=ListRequest(metadata_prefix="oai_dc"), tokens={"a"})
    assert walk.following("a") is None
    assert walk.following("") is None
    assert walk.following("b") == _resumed("b")


@pytest.mark.parametrize(
    ("written", "token"), [("a&amp;b", "a&b"), (" a b ", "a b"), ("", "")]
)
def test_token_is_seen_as_it_is_read(written: str, token: str) -> None:
    body = _document(written)
    read = read_page(body).resumption_token
    assert read
    assert token_of(body) == token == read.value


@pytest.mark.parametrize(
    "body", [b"", b"<html/>", _document("a")[:-3], _document("a") + b"<!-- -->"]
)
def test_what_is_not_seen_at_a_glance_is_no_token(body: bytes) -> None:
    assert token_of(body) == ""
