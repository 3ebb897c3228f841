"""What sickle 0.7 makes of faults: the measurements that the faults come from."""

from itertools import islice

import pytest
from requests import HTTPError
from sickle import Sickle
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from oai_provider.testing.hostile import OpensEndpoints

ENOUGH = 200
"""More than any endpoint here holds: whoever gets as many goes in a circle."""

ERRORS = (BadResumptionToken, HTTPError, IndexError, NoRecordsMatch, ValueError)

# The fault, the records and the size of a page; what came, and what ended it.
MEASURED: tuple[
    tuple[str, tuple[int, int], tuple[int, type[Exception] | None]], ...
] = (
    ("cut-page", (20, 10), (15, None)),
    ("html-page", (20, 10), (0, None)),
    ("login-redirect", (20, 10), (0, None)),
    ("repeated-token", (20, 10), (ENOUGH, None)),
    ("list-without-end", (20, 10), (ENOUGH, None)),
    ("empty-metadata", (3, 10), (1, IndexError)),
    ("control-character", (3, 10), (3, None)),
    ("latin-1", (3, 10), (3, None)),
    ("no-records-on-page-2", (20, 10), (10, NoRecordsMatch)),
    ("bad-token", (20, 10), (10, BadResumptionToken)),
    ("size-too-big", (10, 5), (10, None)),
    ("duplicates", (20, 10), (21, None)),
    ("503-with-date", (20, 10), (10, ValueError)),
    ("503-once", (20, 10), (20, None)),
    ("429-with-seconds", (20, 10), (20, None)),
    ("500-once", (20, 10), (10, HTTPError)),
)


def harvested(url: str) -> tuple[int, type[Exception] | None]:
    """Return how many records came, and what ended the harvest if something did."""
    client = Sickle(
        url, max_retries=2, retry_status_codes=(429, 503), default_retry_after=0
    )
    count = 0
    try:
        for _ in islice(client.ListRecords(metadataPrefix="oai_dc"), ENOUGH):
            count += 1
    except ERRORS as error:
        return count, type(error)
    return count, None


@pytest.mark.parametrize(
    ("fault", "shape", "expected"),
    MEASURED,
    ids=[fault for fault, *_ in MEASURED],
)
def test_sickle_does_what_was_measured(
    hostile: OpensEndpoints,
    fault: str,
    shape: tuple[int, int],
    expected: tuple[int, type[Exception] | None],
) -> None:
    records, page = shape
    endpoint = hostile(fault, records=records, page=page)
    assert harvested(endpoint.url) == expected
