"""What is lawful, or cannot be known, is no finding; nor is one fault told twice."""

from dataclasses import replace

import pytest
from validator.libraries import app_of
from validator.mutants import (
    MUTANTS,
    answering,
    by_post,
    changed,
    erring,
    headed,
    of,
    swapped,
)
from validator.world import BASE_URL, Mutant, endpoint_of, judged

from oai_provider.validator.run import Judgement

LAWFUL: dict[str, tuple[str, Mutant]] = {
    "leap second that is understood": (
        "dates-leap-second",
        Mutant(
            asked=lambda r: replace(
                r, arguments=tuple(p for p in r.arguments if p[0] != "until")
            )
        ),
    ),
    "leap second to which there is nothing": (
        "dates-leap-second",
        erring("noRecordsMatch", of(until="2016-12-31T23:59:60Z")),
    ),
    "redirect that is for a while": (
        "http-redirect-permanent",
        changed(redirects=(("302", "https://library.example.edu/oai2"),)),
    ),
    "host in capital letters": (
        "http-redirect-host",
        changed(url=BASE_URL.replace("library", "LIBRARY")),
    ),
    "redirect that is answered": (
        "http-redirect-ends",
        changed(redirects=(("302", "https://library.example.edu/oai2"),)),
    ),
    "wait in seconds": ("http-retry-after-form", changed(delays=(("503", "120"),))),
    "wait until a date": (
        "http-retry-after-form",
        changed(delays=(("503", "Thu, 29 Feb 2024 00:00:00 GMT"),)),
    ),
    "wait of an hour": ("http-retry-after-long", changed(delays=(("503", "3600"),))),
    "cache for a minute": ("http-cache", headed("Cache-Control", "max-age=60")),
    "cache that is to store nothing": (
        "http-cache",
        headed("Cache-Control", "no-store, max-age=86400"),
    ),
    "set without its deleted records": (
        "sets-union",
        swapped('<header status="deleted">.*?</header>', "", where=of(set="*")),
    ),
    "certificate of three weeks": (
        "http-certificate",
        changed(certificate_until="2024-03-22T02:00:00Z"),
    ),
    "error with a status of its own": (
        "http-status",
        changed(of(verb="NoSuchVerb"), status=400),
    ),
    "broken escape that the server turns away": (
        "error-escape-broken",
        Mutant(
            answered=lambda a: (
                replace(a, status=400, body=b"") if a.request.written else a
            )
        ),
    ),
    "deleted item that has formats": (
        "formats-of-deleted",
        swapped(
            '<error code="noMeta.*?</error>',
            "<ListMetadataFormats><metadataFormat/></ListMetadataFormats>",
        ),
    ),
    "capital letters of Portuguese": (
        "record-double-encoded",
        swapped("Title of", "ESTAÇÃO, NÃO «VOILÂ» Â° of", "ListRecords", 0),
    ),
    "address that all records share, beside their own": (
        "record-same-url",
        swapped(
            "(<dc:identifier>)",
            r"\1https://library.example.edu/</dc:identifier><dc:identifier>",
            count=0,
        ),
    ),
    "handle of an owner": (
        "record-handle-placeholder",
        swapped("library.example.edu/items", "hdl.handle.net/1234567890", count=0),
    ),
    "deleted record after one that is not": (
        "deleted-first-page",
        swapped("<header>", '<header status="deleted">', "ListIdentifiers", 2),
    ),
    "list that is empty": (
        "list-records-answered",
        erring("noRecordsMatch", of(verb="ListRecords")),
    ),
    "set whose record came meanwhile": (
        "sets-union",
        swapped(
            "<header>.*?</header>",
            "<header><identifier>oai:new</identifier>"
            "<datestamp>2034-01-01T00:00:00Z</datestamp></header>\\g<0>",
            where=of(set="history"),
        ),
    ),
    "two schemas of one root": (
        "xml-schema-location-literal",
        swapped(r"OAI-PMH\.xsd", "OAI-PMH.xsd urn:a http://a.example.edu/a.xsd"),
    ),
}


def judged_by(code: str, mutant: Mutant, name: str = "usual") -> Judgement:
    return judged(endpoint_of(app_of(name), BASE_URL, mutant), code)


@pytest.mark.parametrize("what", LAWFUL)
def test_what_is_lawful_is_no_finding(what: str) -> None:
    code, mutant = LAWFUL[what]
    judgement = judged_by(code, mutant)
    assert judgement.findings == ()
    assert judgement.checked == (code,)


@pytest.mark.parametrize(
    "code", ["xml-utf8-bytes", "xml-characters", "xml-blank-first"]
)
def test_xml_that_is_broken_in_a_known_way_is_told_once(code: str) -> None:
    endpoint = endpoint_of(app_of("usual"), BASE_URL, MUTANTS[code])
    found = judged(endpoint, code, "xml-well-formed").findings
    assert {one.rule for one in found} == {code}


def test_place_of_a_bad_byte_is_shown() -> None:
    (found, *_) = judged_by("xml-utf8-bytes", MUTANTS["xml-utf8-bytes"]).findings
    assert "Library of Ex" in found.excerpt.text
    assert (found.excerpt.line, found.excerpt.column) == (6, 30)


def test_certificate_of_plain_http_is_no_matter() -> None:
    url = BASE_URL.replace("https", "http")
    judgement = judged(endpoint_of(app_of("usual"), url), "http-certificate")
    assert (judgement.findings, judgement.unchecked) == ((), ())


def test_certificate_that_is_not_known_is_not_checked() -> None:
    judgement = judged_by("http-certificate", changed(certificate_until=""))
    assert "not known" in judgement.unchecked[0].reason


def test_answer_to_head_is_judged_by_no_other_rule() -> None:
    found = judged(endpoint_of(app_of("usual"), BASE_URL), "http-head", "xml-root")
    assert found.findings == ()


def test_version_1_is_told_although_it_is_no_oai_pmh_2() -> None:
    judgement = judged_by("identify-version-1", MUTANTS["identify-version-1"])
    assert "OAI/1.1/OAI_Identify" in judgement.findings[0].message


def test_records_without_addresses_are_too_few_to_be_alike() -> None:
    none = answering(lambda a: replace(a, body=a.body.replace(b"https://lib", b"lib")))
    assert judged_by("record-same-url", none).findings == ()


BUSY = {
    "list-records-answered": of(verb="ListRecords"),
    "formats-of-deleted": of(verb="ListMetadataFormats", identifier="*"),
}


@pytest.mark.parametrize("code", BUSY)
def test_endpoint_that_cannot_answer_now_is_not_blamed(code: str) -> None:
    judgement = judged_by(code, changed(BUSY[code], status=503, body=b""))
    assert judgement.findings == ()
    assert "HTTP 503" in judgement.unchecked[0].reason


def test_post_that_is_busy_is_not_blamed() -> None:
    busy = by_post(lambda a: replace(a, status=429, body=b""))
    judgement = judged_by("http-post-get-record", busy)
    assert judgement.findings == ()
    assert "HTTP 429" in judgement.unchecked[0].reason


def test_date_by_a_clock_of_unknown_place_is_read() -> None:
    unplaced = headed("Date", "Fri, 01 Mar 2024 01:00:02 -0000")
    assert judged_by("http-certificate", unplaced).checked == ("http-certificate",)


def test_record_that_the_list_of_everything_lacks_is_told() -> None:
    mutant = swapped(
        "<header>",
        "<header><identifier>oai:old</identifier>"
        "<datestamp>2001-01-01T00:00:00Z</datestamp></header>\\g<0>",
        where=of(set="history"),
    )
    (found,) = judged_by("sets-union", mutant).findings
    assert "oai:old is in the list of the set history" in found.message
