"""Where requests go, and what is told to whom."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.addressing import (
    encoded,
    endpoint,
    host_of,
    is_trusted,
    redirected,
    with_query,
)


@given(
    arguments=st.dictionaries(
        st.text("abc", min_size=1), st.text(st.characters(exclude_categories=["Cs"]))
    )
)
def test_arguments_arrive_as_they_are(arguments: dict[str, str]) -> None:
    query = encoded(arguments)
    assert dict(parse_qsl(query, keep_blank_values=True)) == arguments


def test_reserved_characters_are_encoded_as_the_protocol_says() -> None:
    # OAI-PMH 3.1.1.3.
    assert encoded({"a": "/?#=&:; %+"}) == "a=%2F%3F%23%3D%26%3A%3B%20%25%2B"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("http://a/oai", "http://a/oai?x=1"),
        ("http://a/oai?", "http://a/oai?x=1"),
        ("http://a/oai?repo=2", "http://a/oai?repo=2&x=1"),
        ("http://a/oai?repo=2&", "http://a/oai?repo=2&x=1"),
    ],
)
def test_a_base_url_may_have_a_query_of_its_own(url: str, whole: str) -> None:
    assert with_query(url, "x=1") == whole


def test_without_arguments_the_address_stays() -> None:
    assert with_query("http://a/oai?x", "") == "http://a/oai?x"


def test_credentials_in_a_base_url_are_taken_out_of_it() -> None:
    found = endpoint(" https://me:p%40ss@a.org:8443/oai#top ")
    assert (found.url, found.user, found.password) == (
        "https://a.org:8443/oai",
        "me",
        "p@ss",
    )


@pytest.mark.parametrize(
    "url", ["", "a.org/oai", "ftp://a.org/oai", "http:///oai", "http://a:b/", "file:/x"]
)
def test_what_is_no_address_of_http_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        endpoint(url)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("http://b/x?verb=Identify", "http://b/x?verb=Identify"),
        ("//b/x", "http://b/x"),
        ("/y?z=1", "http://a/y?z=1"),
        ("z", "http://a/z"),
        ("?verb=Identify", "http://a/oai?verb=Identify"),
        ("http://me:secret@b/x#y", "http://b/x"),
        ("http://b/a b", "http://b/a%20b"),
        ("http://b/x?t=a%7Cb%2B", "http://b/x?t=a%7Cb%2B"),
        ("/\xc3\xa9", "http://a/%C3%A9"),
    ],
)
def test_a_location_leads_somewhere(location: str, target: str) -> None:
    assert redirected("http://a/oai?verb=ListSets", location) == target


@pytest.mark.parametrize(
    "location", ["ftp://b/x", "javascript:x", "file:///etc/passwd"]
)
def test_other_schemes_are_not_followed(location: str) -> None:
    with pytest.raises(ValueError, match="no address of HTTP"):
        redirected("http://a/oai", location)


def test_https_does_not_become_http() -> None:
    with pytest.raises(ValueError, match="not secure"):
        redirected("https://a/oai", "http://a/oai")


@pytest.mark.parametrize(
    ("url", "target", "trusted"),
    [
        ("http://a/oai", "http://a/elsewhere", True),
        ("http://a/oai", "http://a:80/oai", True),
        ("http://a/oai", "https://a/oai", True),
        ("https://A/oai", "https://a/oai", True),
        ("http://a/oai", "http://b/oai", False),
        ("http://a/oai", "http://a:8080/oai", False),
        ("http://a:8080/oai", "https://a/oai", False),
        ("https://a/oai", "https://a.b/oai", False),
        ("https://a/oai", "http://a:443/oai", False),
    ],
)
def test_secrets_are_for_the_same_host_and_port(
    url: str, target: str, trusted: bool
) -> None:
    assert is_trusted(url, target) is trusted


def test_a_host_is_known_with_its_port() -> None:
    assert host_of("https://A.org/oai") == "a.org:443"
    assert urlsplit("http://a:81/").port == 81
    assert host_of("http://a:81/") == "a:81"
