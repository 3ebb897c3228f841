"""What bounds a judgement: formats that are asked for, requests, and memory."""

import pytest
from validator.shelf import Book, Shelf, endpoint_of
from validator.world import judged

from oai_provider.validator.endpoint import Endpoint


def _of_formats(count: int) -> Endpoint:
    others = tuple(f"form{n}" for n in range(count))
    books = [Book(elements={"dc:title": ["Stars"]})]
    return endpoint_of(Shelf(books=books, formats=("oai_dc", *others)))


def test_of_many_formats_a_few_are_asked_for() -> None:
    endpoint = _of_formats(400)
    judgement = judged(endpoint)
    asked = [dict(exchange.request.arguments) for exchange in endpoint.exchanges]
    prefixes = {a["metadataPrefix"] for a in asked if "metadataPrefix" in a}
    assert sum(prefix.startswith("form") for prefix in prefixes) == 8
    assert judgement.requests < 200


@pytest.mark.parametrize("rule", ["namespace", "schema", "schema-agrees"])
def test_formats_that_are_not_asked_for_are_told(rule: str) -> None:
    code = f"formats-payload-{rule}"
    (untold,) = judged(_of_formats(9), code).unchecked
    assert "and not 1 more" in untold.reason


def test_few_formats_are_all_asked_for() -> None:
    assert not judged(_of_formats(8), "formats-payload-namespace").unchecked
