"""What is measured over exchanges, of answers that are written here."""

from typing import Any

from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.survey import ELEMENTS, EMPTY, Page, survey

_HEAD = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
_DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
)


def dc(**said: str | list[str]) -> str:
    """Return a record's metadata."""
    told = (
        f"<dc:{name}>{value}</dc:{name}>"
        for name, values in said.items()
        for value in ([values] if isinstance(values, str) else values)
    )
    return f"<metadata>{_DC}{''.join(told)}</oai_dc:dc></metadata>"


def record(name: str, metadata: str = "", status: str = "") -> str:
    told = f' status="{status}"' if status else ""
    head = f"<header{told}><identifier>{name}</identifier></header>"
    return f"<record>{head}{metadata}</record>"


def page(*records: str, verb: str = "ListRecords", **said: Any) -> Exchange:
    """Return a page; `asked` is its token, `token` what leads on."""
    asked, seconds = said.get("asked", ""), said.get("seconds", 0.5)
    how = ("resumptionToken", asked) if asked else ("metadataPrefix", "oai_dc")
    token = f"<resumptionToken>{said.get('token', '')}</resumptionToken>"
    body = f"{_HEAD}<{verb}>{''.join(records)}{token}</{verb}></OAI-PMH>"
    return Exchange(
        request=Request(arguments=(("verb", verb), how), round=said.get("round", 0)),
        status=200,
        body=body.encode(),
        seconds=seconds,
    )


def test_each_record_counts_once() -> None:
    one = record("1", dc(title="Tides"))
    measured = survey([page(one, record("2", dc(title="Waves"))), page(one, asked="a")])
    assert (measured.records, measured.fields["title"]) == (2, 2)


def test_completeness_is_told_of_all_fifteen_elements() -> None:
    measured = survey([page(record("1", dc(title="Tides", creator=["A", "B"])))])
    assert tuple(measured.fields) == ELEMENTS
    assert len(ELEMENTS) == 15
    said = {name for name, count in measured.fields.items() if count}
    assert said == {"title", "creator"}
    assert measured.fields["creator"] == 1


def test_element_that_says_nothing_is_not_there() -> None:
    assert survey([page(record("1", dc(title=" ")))]).fields["title"] == 0


def test_values_count_records_and_the_most_frequent_is_first() -> None:
    records = (
        record("1", dc(type="text", language="en")),
        record("2", dc(type=["Article", "Article"], language="de")),
        record("3", dc(type="Article", language="de")),
    )
    measured = survey([page(*records)])
    assert list(measured.types.items()) == [("Article", 2), ("text", 1)]
    assert list(measured.languages.items()) == [("de", 2), ("en", 1)]


def test_year_is_the_earliest_of_a_record() -> None:
    records = (
        record("1", dc(date=["2019-05-01T00:00:00Z", "2014", "in 1999", "20145"])),
        record("2", dc(date="undated")),
    )
    assert survey([page(*records)]).years == {2014: 1}


def test_deleted_record_is_counted_apart() -> None:
    measured = survey([page(record("1", status="deleted"), record("2", dc()))])
    assert (measured.records, measured.deleted) == (1, 1)


def test_record_in_another_format_is_counted_when_it_comes_in_oai_dc() -> None:
    other = record("1", "<metadata><mods/></metadata>")
    assert survey([page(other)]).records == 0
    assert survey([page(other), page(record("1", dc()), asked="a")]).records == 1


def test_pages_are_numbered_as_tokens_lead_from_one_to_the_next() -> None:
    pages = [
        page(record("3"), asked="b", seconds=0.3),
        page(record("1"), token="a", seconds=0.1),
        page(record("2"), asked="a", token="b", seconds=0.2),
    ]
    assert survey(pages).pages == tuple(
        Page(verb="ListRecords", number=n, entries=1, seconds=n / 10) for n in (1, 2, 3)
    )


def test_token_that_leads_in_a_circle_ends_the_list() -> None:
    pages = [page(record("1"), token="a"), page(record("2"), asked="a", token="a")]
    assert len(survey(pages).pages) == 2


def test_page_that_was_asked_again_on_purpose_tells_nothing_of_depth() -> None:
    assert survey([page(record("1"), round=1)]).pages == ()


def test_nothing_is_measured_of_nothing() -> None:
    measured = survey([Exchange(request=Request(arguments=()), body=b"<html/>")])
    assert (measured.records, measured.pages) == (EMPTY.records, EMPTY.pages)
    assert set(measured.fields.values()) == {0}
