"""What becomes of rules: what they find, what they cannot check, how they fail."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from spec.library import START
from validator.libraries import library
from validator.mutants import (
    MUTANTS,
    answering,
    by_post,
    changed,
    headed,
    swapped,
)
from validator.world import (
    BASE_URL,
    CHECKS,
    SCHEMAS,
    Answered,
    InProcess,
    Mutant,
    endpoint_of,
    judged,
)

from oai_provider.protocol.xml import parse
from oai_provider.reporting.junit import as_junit
from oai_provider.validator.answers import headers
from oai_provider.validator.catalogue import (
    CatalogueError,
    Severity,
    catalogue,
    read_catalogue,
)
from oai_provider.validator.endpoint import QUICK, USUAL, WHOLE, Depth, Endpoint
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.finding import Breach, Check, NotChecked, breach
from oai_provider.validator.recording import (
    Recorded,
    Recorder,
    RecordingError,
    Replay,
)
from oai_provider.validator.report import as_json
from oai_provider.validator.reporting import report_of
from oai_provider.validator.rule import Rule
from oai_provider.validator.rules import refuse_strays
from oai_provider.validator.run import MOST, SELF, Verdict, validate

_HOLLOW = (
    b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><request/><Identify/>'
    b"<ListRecords><record/><record><header/></record></ListRecords>"
    b"<ListSets><set/></ListSets><GetRecord/><ListIdentifiers><header/>"
    b"<resumptionToken>a</resumptionToken></ListIdentifiers>"
    b"<ListMetadataFormats><metadataFormat/></ListMetadataFormats></OAI-PMH>"
)


class Silent:
    """A transport that brings nothing."""

    def send(self, request: Request) -> Exchange:
        return Exchange(request=request, failure="Connection refused")


class Garbage:
    """A transport that brings the same bytes for everything."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self._body, self._status = body, status

    def send(self, request: Request) -> Exchange:
        return Exchange(request=request, status=self._status, body=self._body)


def usual(mutant: str = "") -> Endpoint:
    app = library("usual").app()
    return (
        endpoint_of(app, BASE_URL, MUTANTS[mutant])
        if mutant
        else endpoint_of(app, BASE_URL)
    )


def test_rule_that_fails_is_told_and_stops_nothing() -> None:
    def fails(endpoint: Endpoint) -> Iterator[Breach]:
        yield breach(str(1 // len(endpoint.base_url[:0])), endpoint.identified)

    broken: Check = Rule("identify-answered", fails)
    judgement = validate(usual(), [broken, *CHECKS[1:5]], catalogue())
    (found,) = judgement.findings
    assert (found.rule, found.severity) == (SELF, Severity.WARNING)
    assert "identify-answered failed: ZeroDivisionError: " in found.message
    assert judgement.unchecked[0].rule == "identify-answered"
    assert len(judgement.checked) == 4


def test_endpoint_that_does_not_answer_is_unreachable() -> None:
    judgement = judged(Endpoint(BASE_URL, Silent(), schemas=SCHEMAS))
    assert judgement.verdict is Verdict.UNREACHABLE
    assert judgement.reason == "Connection refused"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Log in</body></html>",
        b"\x00\xff\xfe",
        b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>',
        _HOLLOW,
    ],
)
def test_no_rule_fails_on_odd_answers(body: bytes) -> None:
    judgement = judged(Endpoint(BASE_URL, Garbage(body), schemas=SCHEMAS))
    assert judgement.verdict is Verdict.NOT_COMPLIANT
    assert SELF not in {found.rule for found in judgement.findings}


def test_findings_of_one_rule_are_counted_and_not_all_told() -> None:
    code = "sets-none-in-headers"
    judgement = judged(usual(code), code)
    assert len(judgement.findings) == MOST
    assert judgement.more == {code: 4}
    assert judgement.count(Severity.ERROR) == MOST + 4


def test_requests_are_bounded_and_what_is_left_is_told() -> None:
    app = library("usual").app()
    depth = Depth(name="tiny", requests=3, pages=2, samples=1)
    judgement = judged(endpoint_of(app, BASE_URL, depth=depth))
    assert judgement.requests == 3
    reasons = {one.reason for one in judgement.unchecked}
    assert "all 3 requests allowed were made" in reasons


def test_silent_endpoint_is_left_alone_in_the_end() -> None:
    endpoint = Endpoint(BASE_URL, Silent(), schemas=SCHEMAS)
    for verb in "abcde":
        endpoint.ask(verb)
    with pytest.raises(NotChecked, match="stopped answering"):
        endpoint.ask("f")
    assert endpoint.ask("a").failure == "Connection refused"


def test_samples_depend_on_the_seed_alone() -> None:
    app = library("usual").app()

    def drawn(seed: int) -> list[str]:
        endpoint = Endpoint(BASE_URL, InProcess(app), schemas=SCHEMAS, seed=seed)
        return [header.identifier for header in endpoint.live]

    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(9)}) > 1


@pytest.mark.parametrize("mutant", ["", "dates-until", "formats-payload-schema"])
def test_recording_is_judged_as_the_endpoint_was(tmp_path: Path, mutant: str) -> None:
    file = tmp_path / "oai.jsonl"
    app = library("usual").app()
    spoilt = {"mutant": MUTANTS[mutant]} if mutant else {}
    recorder = Recorder(
        InProcess(app, **spoilt),
        file,
        Recorded(base_url=BASE_URL, depth=QUICK, seed=7),
    )
    endpoint = Endpoint(BASE_URL, recorder, schemas=SCHEMAS, depth=QUICK, seed=7)
    first = judged(endpoint)
    recorder.close()
    replay = Replay(file)
    said = replay.recorded
    again = judged(
        Endpoint(
            said.base_url, replay, schemas=SCHEMAS, depth=said.depth, seed=said.seed
        )
    )
    assert as_json(again) == as_json(first)
    assert bool(first.findings) is bool(mutant)


def test_what_a_recording_does_not_have_is_told_and_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "oai.jsonl"
    said = Recorded(base_url=BASE_URL, depth=USUAL, seed=0)
    recorder = Recorder(InProcess(library("usual").app()), file, said)
    judged(Endpoint(BASE_URL, recorder, schemas=SCHEMAS), "identify-base-url")
    recorder.close()
    judgement = judged(Endpoint(BASE_URL, Replay(file), schemas=SCHEMAS), "http-post")
    assert "the recording has no answer to curl" in judgement.unchecked[0].reason


def test_list_that_brings_nothing_new_is_read_no_further() -> None:
    tokens = count()

    def fresh(answer: Answered) -> Answered:
        token = b"<resumptionToken>%d</resumptionToken></ListRecords>" % next(tokens)
        body = re.sub(rb"<resumptionToken.*?/(resumptionToken)?>", b"", answer.body)
        return replace(answer, body=body.replace(b"</ListRecords>", token))

    def first_page(request: Request) -> Request:
        arguments = (("verb", "ListRecords"), ("metadataPrefix", "oai_dc"))
        is_list = request.verb == "ListRecords"
        return replace(request, arguments=arguments) if is_list else request

    mutant = Mutant(asked=first_page, answered=fresh)
    endpoint = endpoint_of(library("usual").app(), BASE_URL, mutant, WHOLE)
    assert len(endpoint.walk("ListRecords", metadataPrefix="oai_dc")) == 4


def test_base_url_that_redirects_is_not_said_to_be_wrong_itself() -> None:
    moved = changed(url=f"{BASE_URL}?verb=Identify")
    endpoint = endpoint_of(library("usual").app(), "http://old.example.edu/", moved)
    found = judged(endpoint, "identify-base-url", "http-redirect").findings
    assert [one.rule for one in found] == ["http-redirect"]


def test_case_of_the_host_means_nothing() -> None:
    endpoint = endpoint_of(library("usual").app(), BASE_URL.replace("lib", "LIB"))
    assert judged(endpoint, "identify-base-url").findings == ()


def test_endpoint_that_stays_busy_is_unreachable() -> None:
    busy = changed(status=503, body=b"")
    judgement = judged(endpoint_of(library("usual").app(), BASE_URL, busy))
    assert judgement.verdict is Verdict.UNREACHABLE


def test_endpoint_that_becomes_busy_is_left_alone() -> None:
    busy = changed(lambda given: given.get("verb") != "Identify", status=429, body=b"")
    endpoint = endpoint_of(library("usual").app(), BASE_URL, busy)
    judgement = judged(endpoint)
    assert judgement.requests < 10
    assert any("stopped answering" in one.reason for one in judgement.unchecked)


def test_list_that_changes_by_itself_proves_no_contradiction() -> None:
    seen = count()

    def shuffled(answer: Answered) -> Answered:
        new = b"tie-%d0" % next(seen)
        return replace(answer, body=answer.body.replace(b"tie-1", new))

    endpoint = endpoint_of(library("usual").app(), BASE_URL, answering(shuffled))
    judgement = judged(endpoint, "contradiction-post")
    assert judgement.findings == ()
    assert "changes by itself" in judgement.unchecked[0].reason


def test_order_of_records_means_nothing() -> None:
    def turned(answer: Answered) -> Answered:
        parts = re.findall(rb"<header>.*?</header>", answer.body)
        body = answer.body
        if len(parts) > 1:
            body = body.replace(parts[0], b"@").replace(parts[1], parts[0])
            body = body.replace(b"@", parts[1])
        return replace(answer, body=body)

    endpoint = endpoint_of(library("usual").app(), BASE_URL, by_post(turned))
    assert judged(endpoint, "contradiction-post").findings == ()


def test_dates_that_cannot_be_asked_for_are_told() -> None:
    late = swapped("<responseDate>.*?<", "<responseDate>9999-12-31T00:00:00Z<")
    judgement = judged(
        endpoint_of(library("usual").app(), BASE_URL, late), "dates-future"
    )
    assert judgement.findings == ()
    assert "dates end" in judgement.unchecked[0].reason


def test_recording_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "oai.jsonl"
    said = Recorded(base_url=BASE_URL, depth=USUAL, seed=0)
    cookie = headed("Set-Cookie", "session=secret")
    recorder = Recorder(InProcess(library("usual").app(), cookie), file, said)
    recorder.send(Request(arguments=(("verb", "Identify"),)))
    recorder.close()
    assert "secret" not in file.read_text("utf-8")


class Odd:
    """A transport whose answers have characters at which some end a line."""

    def send(self, request: Request) -> Exchange:
        return Exchange(request=request, headers=(("X-Odd", "a\u2028b\x85c"),))


def test_recording_holds_every_character(tmp_path: Path) -> None:
    file = tmp_path / "oai.jsonl"
    said = Recorded(base_url=BASE_URL, depth=USUAL, seed=0)
    recorder = Recorder(Odd(), file, said)
    request = Request(arguments=(("verb", "GetRecord"), ("identifier", "\u2029")))
    exchange = recorder.send(request)
    recorder.close()
    assert Replay(file).send(request) == exchange


def test_record_that_changes_during_the_walk_may_occur_twice() -> None:
    changed = "tie-2<\\1<datestamp>2024-12-31T00:00:00Z<"
    mutant = swapped("tie-5<(.*?)<datestamp>[^<]*<", changed, "ListRecords")
    endpoint = endpoint_of(library("usual").app(), BASE_URL, mutant)
    assert judged(endpoint, "token-new-records").findings == ()


@pytest.mark.parametrize("text", ["", "{}", "no JSON", '{"form": "other"}'])
def test_file_that_is_no_recording_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "oai.jsonl"
    file.write_text(text)
    with pytest.raises(RecordingError, match="is not what"):
        Replay(file)


def test_junit_fails_by_errors_and_skips_what_is_not_checked() -> None:
    judgement = judged(usual("identify-base-url"))
    suite = parse(as_junit(report_of(judgement, catalogue(), START)).encode())
    failed = [c.get("name") for c in suite if c.find("failure") is not None]
    assert "identify-base-url" in failed
    assert suite.get("failures") == str(len(failed))
    assert suite.get("tests") == str(len(CHECKS))


def test_report_shows_nothing_a_terminal_would_obey() -> None:
    body = b"<OAI-PMH>\x1b[31m</OAI-PMH>"
    judgement = judged(Endpoint(BASE_URL, Garbage(body), schemas=SCHEMAS))
    assert "\\u001b" not in as_json(judgement)
    assert "\x1b" not in as_junit(report_of(judgement, catalogue(), START))


def test_report_lists_what_is_not_checked() -> None:
    told = json.loads(as_json(judged(endpoint_of(library("setless").app(), BASE_URL))))
    assert {"rule": "sets-name", "reason": "the repository has no sets"} in told[
        "not_checked"
    ]


def test_rule_without_entry_and_entry_without_rule_are_refused() -> None:
    with pytest.raises(CatalogueError, match="identify-answered"):
        refuse_strays(CHECKS[1:], catalogue())
    stray: Check = Rule("no-such-code", CHECKS[0].find)
    with pytest.raises(CatalogueError, match="no-such-code"):
        refuse_strays((*CHECKS, stray), catalogue())
    with pytest.raises(CatalogueError, match="two rules"):
        refuse_strays((*CHECKS, CHECKS[0]), catalogue())


_RULE = """
[sections]
"OAI-PMH 4.2" = "http://example.org/"
[[rules.identify]]
code = "identify-a"
clause = "OAI-PMH 4.2"
severity = "error"
text = "It holds."
remedy = "Mend it."
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("identify-a", "Identify A"),
        ('OAI-PMH 4.2"\nseverity', 'OAI-PMH 9.9"\nseverity'),
        ("Mend it.", ""),
        ('remedy = "Mend it."', ""),
        ("remedy", "colour"),
    ],
)
def test_odd_catalogue_is_refused(old: str, new: str) -> None:
    assert [*read_catalogue(_RULE)] == ["identify-a"]
    with pytest.raises(CatalogueError):
        read_catalogue(_RULE.replace(old, new))


def test_errors_are_musts_and_each_rule_says_how_to_mend_it() -> None:
    assert len(CHECKS) >= 150
    for entry in catalogue().values():
        assert entry.text.endswith((".", ")"))
        assert entry.remedy[-1] in '.">'
        is_ours = entry.clause == "This program"
        assert is_ours or entry.url.startswith("http://www.openarchives.org/")


def test_whole_list_is_read_for_faults_at_its_end() -> None:
    app = library("usual").app()
    records = endpoint_of(app, BASE_URL, depth=WHOLE).records
    (date,) = {h.datestamp for h in records if h.identifier.endswith(":kaziev")}
    again = f"kaziev<\\1<datestamp>{date}<"
    mutant = swapped("latest<(.*?)<datestamp>[^<]*<", again, "ListRecords")

    def found(depth: Depth) -> int:
        endpoint = endpoint_of(app, BASE_URL, mutant, depth)
        return len(judged(endpoint, "token-new-records").findings)

    assert (found(QUICK), found(WHOLE)) == (0, 1)


def test_places_of_the_sample_are_beyond_the_pages_that_are_read() -> None:
    endpoint = endpoint_of(library("usual").app(), BASE_URL, depth=QUICK)
    read = endpoint.walk("ListRecords", metadataPrefix="oai_dc")
    first = {h.identifier for page in read for h in headers(page)}
    assert {h.identifier for h in endpoint.records} > first
