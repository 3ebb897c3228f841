"""No false alarm: repositories that are as the specification has them break nothing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import pytest
from click.testing import CliRunner
from interop.serving import serving
from validator.archives import EPRINTS, EXAMPLES, NAMED, OTHERS
from validator.forgetful import Forgetful
from validator.manners import MANNERS
from validator.specification import NOW, Manner, Repository
from validator.world import SCHEMAS, judged

from oai_provider.cli import main
from oai_provider.harvester.timing import Timing
from oai_provider.protocol.datestamp import Granularity, format_datestamp
from oai_provider.validator.answers import tokens
from oai_provider.validator.catalogue import Severity
from oai_provider.validator.endpoint import DEPTHS, QUICK, USUAL, WHOLE, Endpoint
from oai_provider.validator.exchange import Request
from oai_provider.validator.recording import Recorded, Recorder, Replay
from oai_provider.validator.report import as_json
from oai_provider.validator.run import Judgement, Verdict
from oai_provider.validator.transport import Transport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


_USUAL: Final = "as in the examples"


def alarms(judgement: Judgement) -> dict[str, str]:
    """Return the rules that say more than for information, with what they say."""
    return {
        found.rule: f"{found.message} | {found.request}"
        for found in judgement.findings
        if found.severity is not Severity.INFO
    }


def judgement_of(
    repository: Repository, transport: Transport | None = None, depth: str = USUAL.name
) -> Judgement:
    asked = transport or repository
    endpoint = Endpoint(
        repository.base_url, asked, schemas=SCHEMAS, depth=DEPTHS[depth]
    )
    return judged(endpoint)


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_of_the_specification_raises_no_alarm(
    example: str, tmp_path: Path
) -> None:
    repository, file = EXAMPLES[example], tmp_path / "oai.jsonl"
    said = Recorded(base_url=repository.base_url, depth=USUAL, seed=0)
    recorder = Recorder(repository, file, said)
    judgement = judgement_of(repository, recorder)
    recorder.close()
    assert alarms(judgement) == {}
    assert judgement.verdict is Verdict.COMPLIANT
    assert as_json(judgement_of(repository, Replay(file))) == as_json(judgement)


@pytest.mark.parametrize("archive", OTHERS)
def test_legal_repository_raises_no_alarm(archive: str) -> None:
    assert alarms(judgement_of(OTHERS[archive])) == {}


@pytest.mark.parametrize("manner", MANNERS)
def test_manner_shows_in_what_is_sent(manner: str) -> None:
    requests = [
        Request(arguments=(("verb", verb), ("metadataPrefix", "oai_dc")))
        for verb in ("ListRecords", "ListIdentifiers")
    ]
    requests += [Request(arguments=(("verb", v),)) for v in ("Identify", "None")]
    (token,) = tokens(OTHERS[_USUAL].send(requests[0]))
    last = (("verb", "ListRecords"), ("resumptionToken", token.value))
    requests.append(Request(arguments=last))

    def sent(archive: str) -> list[tuple[object, ...]]:
        exchanges = map(OTHERS[archive].send, requests)
        return [(one.headers, one.body) for one in exchanges]

    assert sent(manner) != sent(_USUAL)


@pytest.mark.parametrize("depth", [QUICK.name, WHOLE.name])
@pytest.mark.parametrize(
    "archive", ["one entry a page, and its token bare", "empty, without sets"]
)
def test_legal_repository_raises_no_alarm_at_any_depth(
    archive: str, depth: str
) -> None:
    assert alarms(judgement_of(OTHERS[archive], depth=depth)) == {}


@pytest.mark.parametrize("archive", NAMED)
def test_what_is_warned_of_all_the_same_has_a_reason(archive: str) -> None:
    repository, reasons = NAMED[archive]
    assert alarms(judgement_of(repository)).keys() == reasons.keys()


def test_repository_that_knows_the_last_token_alone_raises_no_alarm() -> None:
    repository = OTHERS["pages of two"]
    judgement = judgement_of(repository, Forgetful(repository))
    assert alarms(judgement) == {}
    assert "token-again" in judgement.checked


def test_about_in_dublin_core_is_judged() -> None:
    (name,) = (name for name in EXAMPLES if "about in Dublin Core" in name)
    repository = EXAMPLES[name]
    assert "record-about-schema" in judgement_of(repository).checked
    broken = replace(
        repository.items[0],
        about=repository.items[0].about.replace("dc:rights", "dc:rihgts"),
    )
    spoilt = replace(repository, items=(broken,))
    assert [*alarms(judgement_of(spoilt))] == ["record-about-schema"]


def test_specification_is_asked_over_a_socket_as_without(tmp_path: Path) -> None:
    """A base URL with a query of its own, over HTTP and again from the recording."""
    kept = str(tmp_path / "oai.jsonl")

    def app(base_url: str) -> "WSGIApplication":
        repository = OTHERS["base URL with a query"]
        # Its dates would have expired.
        manner = Manner(page=4, has_token_attributes=False)
        here = f"{base_url}?page=oai"
        said = (EPRINTS,)
        return _served(
            replace(repository, base_url=here, manner=manner, descriptions=said)
        )

    with serving(app) as url:
        arguments = ["validate", f"{url}?page=oai", "--json", "--record", kept]
        first = CliRunner().invoke(main, arguments)
    again = CliRunner().invoke(main, ["validate", "--replay", kept, "--json"])
    report = json.loads(first.output)
    assert (first.exit_code, report["verdict"]) == (0, "compliant"), first.output
    assert report["findings"] == []
    assert report["counts"] == {"error": 0, "warning": 0, "info": 0}
    assert again.output == first.output


def _served(repository: Repository) -> "WSGIApplication":
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode()
        query = environ["QUERY_STRING"].removeprefix("page=oai").removeprefix("&")
        is_post = environ["REQUEST_METHOD"] == "POST"
        pairs = parse_qsl(body if is_post else query, keep_blank_values=True)
        exchange = repository.send(Request(arguments=tuple(pairs)))
        # The server tells its own Date.
        now = format_datestamp(Timing().clock(), Granularity.SECOND).encode()
        start_response("200 OK", [("Content-Type", exchange.header("Content-Type"))])
        return [exchange.body.replace(NOW.encode(), now)]

    return app
