"""When a body is compressed, and that it is then the same body."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.web.compression import compressed

PAGE = b"<record/>" * 500
SMALL = b"<record/>"


@given(st.binary(min_size=1024))
def test_what_is_compressed_is_the_same_when_expanded(body: bytes) -> None:
    small = compressed(body, "gzip")
    assert small is not None
    assert gzip.decompress(small) == body


def test_the_same_body_is_compressed_to_the_same_bytes() -> None:
    assert compressed(PAGE, "gzip") == compressed(PAGE, "gzip")


@pytest.mark.parametrize(
    "accept_encoding",
    [
        "gzip",
        "x-gzip",
        "GZip",
        "gzip, deflate, br",
        " deflate , gzip ",
        "*",
        "*;q=0.5",
        "gzip;q=0.001",
        "gzip ; q=0.5",
        "gzip;q=1.000",
        "gzip;q=0.5, identity;q=0.5",
        "identity;q=0.5, *;q=0.5",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "identity;q=0, gzip",
    ],
)
def test_gzip_is_sent_where_it_is_acceptable(accept_encoding: str) -> None:
    assert compressed(PAGE, accept_encoding) is not None


@pytest.mark.parametrize(
    "accept_encoding",
    [
        "",
        "identity",
        "deflate, br",
        "gzip;q=0",
        "gzip;q=0.000",
        "x-gzip;q=0",
        "*;q=0",
        "gzip;q=0, *",
        "gzip;q=0.5, identity;q=1",
        "gzip;q=0.1, *;q=0.2, identity",
        "gzip;q=nan",
        "gzip;q=2",
        "gzip;q=-1",
        "gzip;q=",
        "gzip;level=1",
        "not gzip",
        ";q=1,,=",
    ],
)
def test_gzip_is_not_sent_where_it_is_not(accept_encoding: str) -> None:
    assert compressed(PAGE, accept_encoding) is None


def test_a_small_body_is_not_worth_compressing() -> None:
    assert compressed(SMALL, "gzip") is None


@pytest.mark.parametrize("accept_encoding", ["gzip, identity;q=0", "gzip, *;q=0"])
def test_a_small_body_is_compressed_where_nothing_else_is_acceptable(
    accept_encoding: str,
) -> None:
    small = compressed(SMALL, accept_encoding)
    assert small is not None
    assert gzip.decompress(small) == SMALL


@given(st.text())
def test_no_header_value_is_too_strange(accept_encoding: str) -> None:
    small = compressed(PAGE, accept_encoding)
    assert small is None or gzip.decompress(small) == PAGE
