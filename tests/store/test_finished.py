"""Records as the table keeps them: days put in, and taken out again."""

from hypothesis import given
from hypothesis import strategies as st

from oai_provider.protocol.xml import DATESTAMP_MARK
from oai_provider.store.finished import Finished, content_of, finished, header_of

HEADER = b"<header><identifier>a</identifier></header>"
DAY = b"2024-02-29"
MARK = DATESTAMP_MARK.encode()

# Characters of three bytes that begin as a mark does, and marks themselves.
contents = st.lists(
    st.sampled_from([b"<metadata>", b"x", "\uf8ff".encode(), MARK, b"</header>"]),
    max_size=8,
).map(b"".join)


@given(contents)
def test_content_is_what_the_record_was_finished_from(content: bytes) -> None:
    assert content_of(finished(HEADER, content, DAY)) == content


@given(contents)
def test_every_mark_becomes_the_day(content: bytes) -> None:
    written = finished(HEADER, content, DAY).xml
    expected = content.replace(MARK, DAY)
    assert written == b"<record>" + HEADER + expected + b"</record>\n"


@given(contents)
def test_header_is_found_again(content: bytes) -> None:
    assert header_of(finished(HEADER, content, DAY).xml) == HEADER


def test_a_tombstone_has_no_content_and_no_dates() -> None:
    tombstone = finished(HEADER, b"", DAY)
    assert tombstone == Finished(b"<record>" + HEADER + b"</record>\n", None)
    assert content_of(tombstone) == b""
