"""The body of an answer: whole, or a fault that is named."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.decoding import accepted_codings, decoded
from oai_provider.harvester.exchange import FetchFault
from oai_provider.harvester.failing import Failure

PAGE = b"<OAI-PMH>" + b"<record>one</record>" * 5000 + b"</OAI-PMH>"
MOST = 1_000_000


def _raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def _zstd_without_size(data: bytes) -> bytes:
    stream = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return stream.compress(data) + stream.flush()


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZip": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": _raw_deflate,
    "zstd": _zstd,
    " zstd": _zstd_without_size,
}


def _decoded(wire: bytes, coding: str, most_bytes: int = MOST) -> bytes:
    return decoded(wire, coding, most_bytes=most_bytes)


def _fault(wire: bytes, coding: str, most_bytes: int = MOST) -> FetchFault:
    with pytest.raises(Failure) as caught:
        _decoded(wire, coding, most_bytes)
    return caught.value.fault


@pytest.mark.parametrize("coding", CODERS)
def test_what_was_coded_is_decoded(coding: str) -> None:
    assert _decoded(CODERS[coding](PAGE), coding) == PAGE


@given(data=st.binary(), coding=st.sampled_from(sorted(CODERS)))
def test_any_bytes_survive_coding_and_decoding(data: bytes, coding: str) -> None:
    assert _decoded(CODERS[coding](data), coding) == data


@pytest.mark.parametrize("coding", ["", "identity", " , identity"])
def test_what_has_no_coding_is_the_body(coding: str) -> None:
    assert _decoded(PAGE, coding) == PAGE


def test_codings_are_undone_from_the_last_to_the_first() -> None:
    assert _decoded(gzip.compress(zlib.compress(PAGE)), "deflate, gzip") == PAGE


def test_more_codings_than_anyone_uses_are_a_fault() -> None:
    assert _fault(PAGE, ", ".join(["gzip"] * 5)) is FetchFault.CODING


@pytest.mark.parametrize("coding", CODERS)
def test_a_coded_body_cut_short_anywhere_is_a_fault(coding: str) -> None:
    wire = CODERS[coding](PAGE)
    for length in {1, 2, 5, len(wire) // 2, len(wire) - 9, len(wire) - 1}:
        assert _fault(wire[:length], coding) is FetchFault.CODING


@pytest.mark.parametrize("coding", ["gzip", "deflate", " zstd"])
def test_a_damaged_byte_is_a_fault(coding: str) -> None:
    wire = bytearray(CODERS[coding](PAGE))
    wire[-3] ^= 0x10
    assert _fault(bytes(wire), coding) is FetchFault.CODING


@pytest.mark.parametrize("coding", CODERS)
def test_a_body_of_a_byte_more_than_allowed_is_too_large(coding: str) -> None:
    wire = CODERS[coding](PAGE)
    assert _decoded(wire, coding, len(PAGE)) == PAGE
    assert _fault(wire, coding, len(PAGE) - 1) is FetchFault.TOO_LARGE


@pytest.mark.parametrize("coding", ["gzip", "deflate", " zstd"])
def test_a_bomb_is_refused_before_it_fills_the_memory(coding: str) -> None:
    wire = CODERS[coding](b"\0" * 50_000_000)
    tracemalloc.start()
    assert _fault(wire, coding, 100_000) is FetchFault.TOO_LARGE
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A piece of zstd becomes 32 MiB at the most.
    assert peak < 40_000_000


def test_a_bomb_in_a_bomb_is_refused() -> None:
    wire = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    assert _fault(wire, "gzip, gzip", 40_000) is FetchFault.TOO_LARGE


def test_a_small_bomb_of_many_members_is_refused() -> None:
    wire = gzip.compress(b"\0" * 60_000) * 10
    assert _fault(wire, "gzip", 500_000) is FetchFault.TOO_LARGE


def test_a_zstd_window_beyond_what_http_allows_is_a_fault() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=24)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    wire = stream.compress(PAGE) + stream.flush()
    assert _fault(wire, "zstd") is FetchFault.CODING


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_members_after_each_other_are_one_body(coding: str) -> None:
    wire = CODERS[coding](PAGE[:100]) + CODERS[coding](PAGE[100:])
    assert _decoded(wire, coding) == PAGE


def test_a_second_member_cut_short_is_a_fault() -> None:
    wire = gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:])[:-4]
    assert _fault(wire, "gzip") is FetchFault.CODING


@pytest.mark.parametrize("coding", CODERS)
def test_what_follows_the_compressed_stream_is_left_out(coding: str) -> None:
    assert _decoded(CODERS[coding](PAGE) + b"\n<!-- 3 ms -->", coding) == PAGE


@pytest.mark.parametrize("coding", [*CODERS, "br", "utf-8"])
def test_plain_markup_that_is_labelled_as_coded_is_read_as_it_is(coding: str) -> None:
    assert _decoded(b"\n" + PAGE, coding) == b"\n" + PAGE


@pytest.mark.parametrize("coding", [*CODERS, "br"])
def test_what_is_neither_coded_nor_markup_is_a_fault(coding: str) -> None:
    assert _fault(b"\xffno page", coding) is FetchFault.CODING


@pytest.mark.parametrize("coding", CODERS)
def test_an_empty_body_has_no_coding(coding: str) -> None:
    assert _decoded(b"", coding) == b""


@given(data=st.binary(), coding=st.sampled_from([*CODERS, "br"]))
def test_any_bytes_are_decoded_or_a_named_fault(data: bytes, coding: str) -> None:
    faults = set()
    try:
        _decoded(data, coding)
    except Failure as failure:
        faults.add(failure.fault)
    assert faults <= {FetchFault.CODING}


def test_zstd_is_not_offered_where_it_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("oai_provider.harvester.decoding._has_zstd", lambda: False)
    assert accepted_codings() == "gzip, deflate"
    assert _fault(_zstd(PAGE), "zstd") is FetchFault.CODING


def test_zstd_is_offered_where_it_can_be_read() -> None:
    assert accepted_codings() == "gzip, deflate, zstd"
