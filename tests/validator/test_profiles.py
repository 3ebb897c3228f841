"""Would they take me? What each profile measures, and what it makes of it."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from interop.serving import serving
from rich.console import Console
from spec.library import START, Library
from validator.libraries import library
from validator.mutants import MUTANTS
from validator.profile_cases import CASES, ELSEWHERE, outside, saying, whole, without
from validator.shelf import Book, Shelf, endpoint_of
from validator.world import BASE_URL, CHECKS, SCHEMAS, InProcess
from verifier.cases import WHOLE

from oai_provider.cli import main
from oai_provider.metadata.item import read_item
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import parse
from oai_provider.reporting.junit import as_junit
from oai_provider.resources import records_folder
from oai_provider.sources.base import Sourced
from oai_provider.sources.paths import read_path
from oai_provider.validator.answers import headers
from oai_provider.validator.catalogue import CatalogueError, catalogue
from oai_provider.validator.endpoint import QUICK, USUAL, Endpoint
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.finding import Finding
from oai_provider.validator.place import Excerpt
from oai_provider.validator.profiles.assessment import Assessment, Takes, assess
from oai_provider.validator.profiles.book import (
    SEVERITIES,
    Level,
    profiles,
    read_book,
)
from oai_provider.validator.profiles.judging import judge
from oai_provider.validator.profiles.report import tell
from oai_provider.validator.profiles.sample import ENOUGH, Sample, sampled
from oai_provider.validator.profiles.terms import TERMS
from oai_provider.validator.recording import Recorded, Recorder, Replay
from oai_provider.validator.report import as_json
from oai_provider.validator.reporting import report_of
from oai_provider.verifier.catalogue import catalogue as item_catalogue

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BOOK = profiles()
NAMES = [name for name in BOOK if name != "oai"]
NEEDS = [
    pytest.param(name, requirement.code, id=f"{name}: {requirement.code}")
    for name in NAMES
    for requirement in BOOK[name].requirements
    if not requirement.code.endswith(tuple(ELSEWHERE))
]


def assessed(shelf: Shelf, name: str, **how: Any) -> Assessment:
    endpoint = endpoint_of(shelf, **how)
    return assess(endpoint, BOOK[name], sampled(endpoint, BOOK[name]), [])


def lacking(assessment: Assessment) -> set[str]:
    return {m.requirement.code for m in assessment.measured if m.is_lacking}


def need(code: str) -> str:
    """Return what a need is called where it is said."""
    return re.sub(r"^(openaire-v\d|[a-z]+)-", "", code)


# Every need.


@pytest.mark.parametrize("name", NAMES)
def test_whole_repository_is_taken_by_everybody(name: str) -> None:
    count = 101 if name == "base" else 3
    assessment = assessed(whole(BOOK[name].prefix, count), name)
    assert lacking(assessment) == set()
    assert all(m.is_known for m in assessment.measured)
    assert (assessment.takes, assessment.reasons) == (Takes.YES, ())


@pytest.mark.parametrize(("name", "code"), NEEDS)
def test_need_is_lacking_where_it_is_broken_and_nothing_else_is(
    name: str, code: str
) -> None:
    prefix = BOOK[name].prefix
    cases = CASES[prefix]
    broken = (cases.get(code) or cases[need(code)])(whole(prefix))
    assessment = assessed(broken, name)
    assert lacking(assessment) == {code}
    (measured,) = (m for m in assessment.measured if m.requirement.code == code)
    is_mandatory = measured.requirement.level is Level.MANDATORY
    assert (assessment.takes is Takes.YES) is not is_mandatory
    if measured.requirement.is_of_records:
        assert measured.have < measured.of
        assert measured.examples[0] == "oai:example.edu:0"
        assert "GetRecord" in measured.request


def test_https_is_measured_by_the_base_url() -> None:
    assessment = assessed(whole(), "dini", base_url="http://example.edu/oai")
    assert lacking(assessment) == {"dini-https"}


def test_error_of_the_protocol_is_one_for_dini() -> None:
    shelf = endpoint_of(whole())
    entry = catalogue()["http-post"]
    found = Finding(
        rule=entry.code,
        severity=entry.severity,
        clause=entry.clause,
        url=entry.url,
        message="It is broken.",
        request="curl",
        excerpt=Excerpt(text=""),
        remedy=entry.remedy,
    )
    dini = BOOK["dini"]
    assessment = assess(shelf, dini, sampled(shelf, dini), [found])
    assert lacking(assessment) == {"dini-protocol"}
    assert assessment.takes is Takes.NO


# What it comes to.


def test_records_that_have_all_that_is_mandatory_are_counted() -> None:
    shelf = whole(count=4)
    first = without("dc:title")(shelf).books[0]
    second = saying({"dc:identifier": ["10.1234/a"], "dc:title": None})(shelf).books[0]
    books = [first, second, *shelf.books[2:]]
    assessment = assessed(replace(shelf, books=books), "base")
    assert (assessment.records, assessment.fit) == (4, 2)
    assert assessment.takes is Takes.IN_PART
    assert assessment.reasons == (
        "base-url: 3 of 4 records have it",
        "base-title: 2 of 4 records have it",
    )


def test_at_most_five_examples_are_named() -> None:
    books = [Book(elements={"dc:title": ["Tides"]}) for _ in range(9)]
    assessment = assessed(Shelf(books=books), "base")
    assert assessment.takes is Takes.NO
    assert {len(m.examples) for m in assessment.measured if m.have < m.of} >= {5}


def test_deleted_records_and_repeated_ones_are_not_counted() -> None:
    book = whole().books[0]
    shelf = Shelf(books=[book, replace(book, is_deleted=True)])
    assessment = assessed(shelf, "base")
    assert (assessment.records, assessment.takes) == (1, Takes.YES)


def test_empty_repository_is_not_taken_for_a_good_one() -> None:
    assessment = assessed(Shelf(books=[]), "base")
    assert assessment.takes is Takes.UNKNOWN
    assert "noRecordsMatch" in assessment.reasons[0]


def test_only_the_set_that_is_harvested_is_judged() -> None:
    shelf = without("dc:title")(outside("openaire", "open_access")(whole()))
    assessment = assessed(shelf, "openaire3")
    assert (assessment.of_set, assessment.records) == ("openaire", 2)
    assert assessment.takes is Takes.YES
    assert lacking(assessment) == {"openaire-v3-set-whole"}


def test_what_does_not_apply_is_neither_had_nor_lacking() -> None:
    assessment = assessed(Shelf(books=whole().books[:3]), "base")
    by_code = {m.requirement.code: m for m in assessment.measured}
    assert by_code["base-page-size"].share is None
    assert by_code["base-token-life"].share is None


def test_sample_reaches_records_beyond_the_first_pages() -> None:
    books = [Book(elements={}, day=1 + n // 20) for n in range(500)]
    assessment = assessed(Shelf(books=books, page=10), "base")
    assert not assessment.is_whole
    # Four pages, two more of their own dates, and some that were drawn.
    assert 70 < assessment.records <= ENOUGH + 10


def test_quick_sample_asks_for_little() -> None:
    books = [Book(elements={}, day=1 + n // 20) for n in range(500)]
    endpoint = endpoint_of(Shelf(books=books, page=10), depth=QUICK)
    assert len(sampled(endpoint, BOOK["openaire3"]).headers) >= 20
    assert endpoint.made < 12


@pytest.mark.parametrize(
    ("name", "depth"), [("openaire3", QUICK), ("dini", QUICK), ("openaire3", USUAL)]
)
def test_profile_keeps_the_promise_of_requests(name: str, depth: Any) -> None:
    endpoint = Endpoint(
        BASE_URL, InProcess(library("usual").app()), schemas=SCHEMAS, depth=depth
    )
    judgement = judge(endpoint, CHECKS, catalogue(), BOOK[name])
    assert judgement.findings == ()
    assert judgement.requests <= depth.requests
    assert judgement.profile is not None
    if depth is USUAL:
        # The life of a token that does not end is not waited for.
        assert [one.rule for one in judgement.unchecked] == ["token-life"]


# Terms.


@pytest.mark.parametrize(
    ("term", "yes", "no"),
    [
        (
            "date",
            "2014 2014-05 2014-05-31 2014-05-31T10:00:00Z",
            "14 2014-13 c2014",
        ),
        ("language", "en eng rus ger deu en-GB nld/dut", "English und xx q"),
        (
            "type",
            "article info:eu-repo/semantics/book doc-type:article",
            "opus",
        ),
        (
            "eu-repo-type",
            "info:eu-repo/semantics/article info:eu-repo/semantics/doctoralThesis",
            "article info:eu-repo/semantics/other info:eu-repo/semantics/openAccess",
        ),
        ("access", "info:eu-repo/semantics/openAccess", "free"),
        ("access", "https://creativecommons.org/licenses/by/4.0/", "creativecommons"),
        ("licence", "https://example.edu/l CC-BY-4.0", "info:eu-repo/semantics/other"),
        (
            "coar-access",
            "http://purl.org/coar/access_right/c_abf2",
            "open http://purl.org/coar/access_right/c_0000",
        ),
        (
            "file",
            "https://a.edu/1.pdf https://a.edu/bitstream/1/2 https://a.edu/1/download",
            "https://a.edu/1 1.pdf https://doi.org/10.1234/abc",
        ),
        (
            "issn",
            "2049-3630 urn:ISSN:2049-3630 issn:20493630 (1998-8613) (1461023X)",
            "1920-1929 20493630 oai:zenodo.org:20568304 10.1234/2049-3630-1",
        ),
    ],
)
def test_term_is_told_from_what_is_none(term: str, yes: str, no: str) -> None:
    assert [v for v in yes.split() if not TERMS[term](v)] == []
    assert [v for v in no.split() if TERMS[term](v)] == []


def test_shares_of_real_records_are_those_that_were_counted(shared: Path) -> None:
    lines = (shared / "records-sample" / "oai_dc.jsonl").read_text("utf-8")
    told = [json.loads(line)["xml"] for line in lines.splitlines()]
    books = "".join(
        f"<record><header><identifier>{n}</identifier></header>"
        f"<metadata>{xml}</metadata></record>"
        for n, xml in enumerate(told)
    )
    body = f'<OAI-PMH xmlns="{OAI_NS}"><ListRecords>{books}</ListRecords></OAI-PMH>'
    request = Request(arguments=(("verb", "ListRecords"),))
    found = headers(Exchange(request=request, status=200, body=body.encode()))
    sample = Sample(headers=found, of_all=found)
    assessment = assess(endpoint_of(whole()), BOOK["base"], sample, [])
    shares = {m.requirement.code: (m.have, m.of) for m in assessment.measured}
    url = re.compile(r"<dc:identifier[^>]*>\s*https?://")
    assert shares["base-url"] == (sum(map(bool, map(url.search, told))), len(told))
    assert 0 < assessment.fit < assessment.records == len(told)


# The book.


def test_levels_and_codes_are_those_of_the_items() -> None:
    ours = {r.code: r.entry.severity for p in BOOK.values() for r in p.requirements}
    theirs = item_catalogue()
    common = ours.keys() & theirs.keys()
    assert len(common) > 40
    assert {c: ours[c] for c in common} == {c: theirs[c].severity for c in common}
    wanted = {c for c, e in theirs.items() if e.chapter in BOOK}
    assert {c for c in wanted - common if not c.startswith("oai-")} == set()


def test_every_level_has_a_severity() -> None:
    assert SEVERITIES.keys() == {*Level}


_ONE = """
[profiles.one]
title = "One"
short = "one"
prefix = "oai_dc"
clause = "One"
url = ""
mandatory = ["title"]
[needs.title]
text = "A record has a title"
remedy = "Give it one."
oai_dc = {element = "dc:title"}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dc:title", "dcc:title"),
        ('"dc:title"', '"dc:title", term = "colour"'),
        ('"dc:title"', '"dc:title", colour = "red"'),
        ('["title"]', '["colour"]'),
        ('["title"]', "[]"),
        ("oai_dc = {", "mods = {"),
    ],
)
def test_odd_book_is_refused(old: str, new: str) -> None:
    (requirement,) = read_book(_ONE)["one"].requirements
    assert requirement.entry.text == "A record has a title: One requires it."
    with pytest.raises(CatalogueError):
        read_book(_ONE.replace(old, new))


# Reports and recordings.


def told(assessment: Assessment) -> str:
    console = Console(width=80, file=io.StringIO())
    with console.capture() as said:
        tell(assessment, console)
    return "\n".join(line.rstrip() for line in said.get().splitlines())


def test_report_has_a_table_and_what_mends_it() -> None:
    text = told(assessed(without("dc:title")(whole()), "base"))
    assert re.search(r"base-title +mandatory +2 of 3 +67 %\n", text)
    assert re.search(r"base-url +mandatory +3 of 3 +100 %\n", text)
    assert "Lacking it: oai:example.edu:0\n" in text
    assert "What mends it: Give the item a title." in text
    assert "BASE would take 2 of 3 records, all there are: in part." in text


def test_report_says_that_the_endpoint_itself_lacks_something() -> None:
    text = told(assessed(replace(whole(), formats=("oai_dc",)), "openaire4"))
    assert "would take nothing: the endpoint lacks what it requires" in text
    assert "openaire-v4-format: ListMetadataFormats tells of oai_dc." in text


def test_other_reports_fail_by_what_is_mandatory() -> None:
    endpoint = endpoint_of(without("dc:subject")(without("dc:title")(whole())))
    some = [c for c in CHECKS if c.code == "identify-answered"]
    judgement = judge(endpoint, some, catalogue(), BOOK["base"])
    report = report_of(judgement, catalogue(), START)
    assert (report.exit_code, report.is_good) == (1, False)
    assert "BASE would take 2 of 3 records" in report.summary
    (table,) = report.tables
    assert ("base-title", "mandatory", "2 of 3", "67 %") in table.rows
    suite = parse(as_junit(report).encode())
    failed = [
        c.get("name") for c in suite.iter("testcase") if c.find("failure") is not None
    ]
    assert failed == ["base-title"]
    assert {"base-url", "base-subject"} <= {
        c.get("name") for c in suite.iter("testcase")
    }


def test_report_of_the_protocol_alone_has_no_table() -> None:
    assert told(assessed(whole(), "oai")) == ""


@pytest.mark.parametrize("mutant", ["", "identify-base-url"])
def test_profile_of_the_protocol_says_what_the_verdict_says(mutant: str) -> None:
    app = library("usual").app()
    transport = InProcess(app, MUTANTS[mutant]) if mutant else InProcess(app)
    endpoint = Endpoint(BASE_URL, transport, schemas=SCHEMAS)
    some = [c for c in CHECKS if c.code.startswith("identify-")]
    judgement = judge(endpoint, some, catalogue(), BOOK["oai"])
    report = json.loads(as_json(judgement))
    assert report["profile"]["takes"] == ("no" if mutant else "yes")


def test_recording_for_a_profile_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "oai.jsonl"
    said = Recorded(base_url=BASE_URL, depth=QUICK, seed=1, profile="colour")
    Recorder(whole(), file, said).close()
    code, output = run("--replay", str(file))
    assert (code, "made for colour" in output) == (2, True)


@pytest.fixture(name="recording", scope="module")
def _recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of a quick judgement by the protocol alone."""
    file = tmp_path_factory.mktemp("recording") / "oai.jsonl"
    said = Recorded(base_url=BASE_URL, depth=QUICK, seed=1)
    recorder = Recorder(InProcess(library("usual").app()), file, said)
    endpoint = Endpoint(BASE_URL, recorder, schemas=SCHEMAS, depth=QUICK, seed=1)
    judge(endpoint, CHECKS, catalogue(), BOOK["oai"])
    recorder.close()
    return file


def test_recording_is_judged_by_another_profile(recording: Path) -> None:
    replay = Replay(recording)
    endpoint = Endpoint(BASE_URL, replay, schemas=SCHEMAS, depth=QUICK, seed=1)
    judgement = judge(endpoint, CHECKS, catalogue(), BOOK["base"])
    assert judgement.profile is not None
    assert judgement.profile.records > 5
    assert judgement.profile.takes is Takes.NO


def test_what_a_recording_lacks_for_a_profile_is_told(recording: Path) -> None:
    endpoint = Endpoint(BASE_URL, Replay(recording), schemas=SCHEMAS, depth=QUICK)
    profile = replace(BOOK["base"], prefix="mods")
    requirements = [r for r in profile.requirements if r.is_of_records]
    profile = replace(profile, requirements=tuple(requirements))
    assessment = assess(endpoint, profile, sampled(endpoint, profile), [])
    assert assessment.takes is Takes.UNKNOWN
    assert "the recording has no answer to curl" in assessment.reasons[0]


# Over a socket.


def run(*arguments: str) -> tuple[int, Any]:
    result = CliRunner().invoke(main, ["validate", *arguments])
    try:
        return result.exit_code, json.loads(result.stdout)
    except ValueError:
        return result.exit_code, result.output


def article(*more: dict[str, object]) -> dict[str, object]:
    """Return the bundled article, with more fields."""
    (read,) = [
        one for path in records_folder().rglob("*.yaml") for one in read_path(path)
    ]
    assert isinstance(read, Sourced)
    item = read.item.model_dump(by_alias=True, exclude_defaults=True, mode="json")
    for fields in more:
        item |= fields
    return item


@pytest.fixture(name="served", params=["bare", "with three lines"])
def _served(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[str, str]]:
    """The bundled article on a socket."""
    lines: dict[str, object] = {
        "landing_page": "https://journal.example.edu/1",
        "rights": {"access": "open"},
        "languages": ["ru"],
    }
    item = article(lines) if request.param != "bare" else article()

    def app(base_url: str) -> "WSGIApplication":
        made = Library(tmp_path, repository={"base_url": base_url, "sets": []})
        made.take([read_item(item)])
        return made.app()

    with serving(app) as base_url:
        yield base_url, request.param


def test_article_is_taken_by_base_with_three_lines_more(
    served: tuple[str, str], tmp_path: Path
) -> None:
    base_url, how = served
    kept = str(tmp_path / "oai.jsonl")
    words = ("--profile", "base", "--json", "--quick", "--record", kept)
    code, report = run(base_url, *words)
    again = run("--replay", kept, "--json")
    assert again == (code, report)
    profile = report["profile"]
    lacks = {
        r["code"]
        for r in profile["requirements"]
        if r["of_records"] and r["have"] < r["of"]
    }
    if how == "bare":
        other_code, other = run("--replay", kept, "--profile", "openaire3", "--json")
        reasons = " ".join(other["profile"]["reasons"])
        assert (other_code, other["profile"]["name"]) == (1, "openaire3")
        assert "openaire-v3-access: 0 of 1 records have it" in reasons
        assert lacks == {"base-url", "base-access", "base-language"}
        assert (code, profile["takes"], profile["fit"]) == (1, "no", 0)
    else:
        assert lacks == set()
        assert (code, profile["takes"], profile["fit"]) == (0, "yes", 1)
    assert report["verdict"] == "compliant"
    assert profile["records"] == 1


def test_item_that_is_fit_is_taken_as_our_provider_serves_it(tmp_path: Path) -> None:
    repository = {"base_url": BASE_URL, "sets": [{"spec": "openaire", "name": "O"}]}
    made = Library(tmp_path, repository=repository)
    made.load(WHOLE)
    endpoint = Endpoint(BASE_URL, InProcess(made.app()), schemas=SCHEMAS)
    for name in ("base", "core", "doaj", "openaire3"):
        profile = BOOK[name]
        assessment = assess(endpoint, profile, sampled(endpoint, profile), [])
        assert (assessment.takes, assessment.reasons) == (Takes.YES, ()), name
