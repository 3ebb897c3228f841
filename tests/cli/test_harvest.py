"""`harvest` as a person types it: what is printed, the exit code, what is left."""

import json
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner, Result
from harvester.scripted_server import ScriptedServer, answer

from oai_provider.cli import main
from oai_provider.testing.hostile import OpensEndpoints

_COMMAND = "from oai_provider.cli import main; main()"
Harvests = Callable[..., Result]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)


def harvest(*arguments: str, stdin: str | None = None) -> Result:
    """Harvest, and show nobody a traceback."""
    result = CliRunner().invoke(main, ("harvest", *arguments), input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(name="url")
def _url(hostile: OpensEndpoints) -> str:
    """An endpoint without a fault: 20 records, 2 of them deleted."""
    return hostile().url


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]


# Where records go.


@pytest.mark.parametrize(
    "to", ["x.jsonl", "x.ndjson", "x/", "x.parquet", "sqlite:///x.db"]
)
def test_every_place_takes_records(url: str, to: str) -> None:
    result = harvest(url, "--to", to, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["records"] == 20
    assert any(path.name.startswith("x") for path in Path().iterdir())


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("nowhere/x.jsonl", "there is no folder"),
        ("x.txt", "x.txt is no place for records: name FILE.jsonl"),
        ("there.jsonl", "name another file, or move it away"),
        ("mysql://host/x", "write sqlite:///FILE"),
    ],
)
def test_place_that_cannot_be_used_is_a_wrong_call(
    url: str, to: str, said: str
) -> None:
    Path("there.jsonl").write_text("mine\n")
    result = harvest(url, "--to", to)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert Path("there.jsonl").read_text() == "mine\n"


def test_database_on_a_server_that_is_away_is_told_without_its_password() -> None:
    to = "postgresql+psycopg://me:hidden@127.0.0.1:9/x"
    result = harvest("http://127.0.0.1:9/oai", "--to", to, "--state", "memory")
    assert result.exit_code == 1
    assert "does not answer now" in result.stderr
    assert "hidden" not in result.output


def test_folder_that_cannot_be_written_is_told(url: str) -> None:
    result = harvest(url, "--to", "/proc/x.jsonl")
    assert result.exit_code == 2
    assert "/proc/x.jsonl" in result.stderr
    assert "name another place" in result.stderr


def test_memory_that_cannot_be_made_is_told(url: str) -> None:
    result = harvest(url, "--to", "x.jsonl", "--state", "/proc/memory")
    assert result.exit_code == 2
    assert "give another folder with --state" in result.stderr


@pytest.mark.parametrize("kilobytes", [30, 200])
def test_full_disk_is_told_and_what_came_is_gone_on_with(
    hostile: OpensEndpoints, kilobytes: int
) -> None:
    # No file may be larger: what is written fails as it does on a full disk.
    endpoint = hostile(records=400, page=20)
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes * 1000},) * 2)"
    program = f"import resource; {limit}; {_COMMAND}"
    done = subprocess.run(
        [sys.executable, "-c", program, "harvest", endpoint.url, "--to", "x.jsonl"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert "x.jsonl" in done.stderr
    assert harvest(endpoint.url, "--to", "x.jsonl").exit_code == 0
    assert len({line["identifier"] for line in lines("x.jsonl")}) == 400
    assert len(lines("x.jsonl")) == 400


# What is asked for.


def test_formats_and_sets_are_lists_of_their_own(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    result = harvest(
        endpoint.url, "--to", "x.jsonl", "--prefix", "oai_dc", "--prefix", "none"
    )
    assert result.exit_code == 1
    assert "metadataPrefix=none: cannotDisseminateFormat" in result.stdout
    assert len(lines("x.jsonl")) == 20


def test_set_is_asked_for(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    harvest(endpoint.url, "--to", "x.jsonl", "--set", "odd", "--json")
    asked = [dict(a.arguments) for a in endpoint.requests]
    assert "odd" in [a.get("set") for a in asked]


def test_dates_are_sent_in_the_granularity_of_the_endpoint(
    hostile: OpensEndpoints,
) -> None:
    endpoint = hostile()
    dates = ("--from", "2001-01-01", "--until", "2002-01-01")
    assert harvest(endpoint.url, "--to", "x.jsonl", *dates).exit_code == 0
    asked = [dict(a.arguments) for a in endpoint.requests]
    found = [(a.get("from"), a.get("until")) for a in asked]
    assert ("2001-01-01T00:00:00Z", "2002-01-01T23:59:59Z") in found


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "yesterday"), "YYYY-MM-DD"),
        (("--until", "2024-02-30"), "no such day"),
        (("--from", "2024-02-01", "--until", "2024-01-01"), "is after --until"),
        (("--from", "2024-02-01", "--until", "2024-03-01T00:00:00Z"), "both as days"),
        (("--prefix", "a b"), "'a b'"),
        (("--set", "a/b"), "'a/b'"),
        (("--max", "0"), "x>=1"),
        (("--warc", "x.txt"), "does not end in .warc.gz"),
        (("--header", "X-Secret hidden"), "'Name: value'"),
        (("--ca-file", "nowhere.pem"), "nowhere.pem"),
    ],
)
def test_wrong_option_is_told_and_nothing_is_made(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    result = harvest("http://127.0.0.1:9/oai", "--to", "x.jsonl", *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "hidden" not in result.output
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org",
        "https://e.org/oai?verb=Identify",
        "https://me:hidden@e.org/",
    ],
)
def test_wrong_base_url_is_told_without_what_is_secret(url: str) -> None:
    result = harvest(url, "--to", "x.jsonl")
    assert result.exit_code == 2
    assert "BASE_URL" in result.stderr
    assert "hidden" not in result.output


def test_second_harvest_asks_for_changes_only_and_a_full_one_for_all(
    hostile: OpensEndpoints,
) -> None:
    endpoint = hostile()
    for options, asks_since in (((), False), ((), True), (("--full",), False)):
        before = len(endpoint.requests)
        assert harvest(endpoint.url, "--to", "x.jsonl", *options).exit_code == 0
        asked = [dict(a.arguments) for a in endpoint.requests[before:]]
        assert any("from" in a for a in asked) is asks_since
    assert len(lines("x.jsonl")) == 20


def test_prove_asks_for_all_identifiers(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    assert harvest(endpoint.url, "--to", "x.jsonl", "--prove").exit_code == 0
    verbs = {dict(a.arguments).get("verb") for a in endpoint.requests}
    assert "ListIdentifiers" in verbs


def test_max_stops_early_and_the_next_harvest_goes_on(url: str) -> None:
    result = harvest(url, "--to", "x.jsonl", "--max", "7")
    assert result.exit_code == 1
    assert "stopped before its end, as asked" in result.stdout
    assert len(lines("x.jsonl")) == 7
    assert harvest(url, "--to", "x.jsonl").exit_code == 0
    assert len(lines("x.jsonl")) == 20


def test_dry_run_makes_no_file(url: str, tmp_path: Path) -> None:
    result = harvest(url, "--to", "x.jsonl", "--warc", "x.warc.gz", "--dry-run")
    assert (result.exit_code, result.stdout) == (
        0,
        "metadataPrefix=oai_dc: 20 records\n",
    )
    assert [*tmp_path.iterdir()] == []


def test_dry_run_in_json_is_one_object(url: str) -> None:
    result = harvest(url, "--to", "x.jsonl", "--dry-run", "--json")
    (found,) = json.loads(result.stdout)["lists"]
    assert (found["metadataPrefix"], found["records"]) == ("oai_dc", 20)


def test_state_is_kept_in_the_folder_that_is_given(url: str) -> None:
    assert harvest(url, "--to", "x.jsonl", "--state", "memory").exit_code == 0
    assert not Path("x.jsonl.harvest").exists()
    assert len([*Path("memory").rglob("*.db")]) == 1


def test_warc_keeps_every_answer(url: str) -> None:
    assert harvest(url, "--to", "x.jsonl", "--warc", "x.warc.gz").exit_code == 0
    assert Path("x.warc.gz").read_bytes().startswith(b"\x1f\x8b")


# How it is asked.


def test_post_asks_by_post(hostile: OpensEndpoints) -> None:
    endpoint = hostile()
    assert harvest(endpoint.url, "--to", "x.jsonl", "--post").exit_code == 0
    assert {a.method for a in endpoint.requests} == {"POST"}


def test_user_is_asked_for_the_password_and_header_is_sent(
    hostile: OpensEndpoints,
) -> None:
    endpoint = hostile()
    options = ("--user", "me", "--header", "X-Key: hidden")
    result = harvest(endpoint.url, "--to", "x.jsonl", *options, stdin="secret\n")
    assert result.exit_code == 0, result.stderr
    headers = {k.lower(): v for k, v in dict(endpoint.requests[-1].headers).items()}
    assert headers["authorization"].startswith("Basic ")
    assert headers["x-key"] == "hidden"
    assert "hidden" not in result.output
    assert "secret" not in result.output


# How it is told.


def test_json_is_one_object_with_all_that_is_documented(url: str) -> None:
    result = harvest(url, "--to", "x.jsonl", "--json")
    report = json.loads(result.stdout)
    documented = (
        "verdict records deleted unchanged pages repairs quarantined retries seconds"
        " watermark stopped reasons healed quirks"
    )
    assert sorted(report) == sorted(documented.split())
    assert (report["verdict"], report["deleted"], report["pages"]) == ("complete", 2, 4)
    assert report["watermark"].endswith("Z")
    assert result.stderr == ""


def test_summary_says_what_the_verdict_means(url: str) -> None:
    told = harvest(url, "--to", "x.jsonl").stdout
    assert told.startswith("complete: all that the endpoint says it has was received\n")
    assert "records    20" in told
    assert "retries" not in told


@pytest.mark.parametrize(
    ("fault", "code"),
    [("size-missing", 3), ("two-metadata-children", 1), ("junk-after", 0)],
)
def test_exit_code_is_that_of_the_verdict(
    hostile: OpensEndpoints, fault: str, code: int
) -> None:
    endpoint = hostile(fault)
    assert harvest(endpoint.url, "--to", "x.jsonl").exit_code == code


def test_explain_tells_what_is_remembered_and_asks_nothing(
    hostile: OpensEndpoints,
) -> None:
    endpoint = hostile()
    nothing = harvest(endpoint.url, "--to", "x.jsonl", "--explain")
    assert "harvest it first" in nothing.stdout
    harvest(endpoint.url, "--to", "x.jsonl")
    asked = len(endpoint.requests)
    told = harvest(endpoint.url, "--to", "x.jsonl", "--explain").stdout
    assert "deletedRecord: persistent" in told
    assert "list oai_dc: last complete, the next harvest begins at " in told
    as_json = harvest(endpoint.url, "--to", "x.jsonl", "--explain", "--json")
    assert json.loads(as_json.stdout)["deletedRecord"] == "persistent"
    assert len(endpoint.requests) == asked


def test_endpoint_that_is_away_is_told_with_a_remedy() -> None:
    result = harvest("http://127.0.0.1:9/oai", "--to", "x.jsonl", "--tries", "1")
    assert result.exit_code == 1
    assert "Connection refused" in result.stdout
    assert "is the address right" in result.stdout


def test_proxy_is_asked_that_is_named() -> None:
    with ScriptedServer([answer(b"", "403 Forbidden")]) as proxy:
        asked = ("http://far.invalid/oai", "--to", "x.jsonl", "--proxy", proxy.url[:-4])
        assert harvest(*asked).exit_code == 1
    (request,) = proxy.asked
    assert request.target == "http://far.invalid/oai?verb=Identify"


@pytest.mark.parametrize("is_apart", [False, True], ids=["together", "key apart"])
def test_certificate_and_authority_are_those_that_are_named(*, is_apart: bool) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path("ca.pem")
    ours = authority.issue_cert("client.example.org")
    ours.private_key_and_cert_chain_pem.write_to_path("both.pem")
    ours.private_key_pem.write_to_path("key.pem")
    ours.cert_chain_pems[0].write_to_path("certificate.pem")
    apart = ("--certificate", "certificate.pem", "--key", "key.pem")
    named = apart if is_apart else ("--certificate", "both.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with ScriptedServer([answer(b"", "403 Forbidden")], tls=context) as server:
        harvest(server.url, "--to", "x.jsonl", "--ca-file", "ca.pem", *named)
    assert [request.peer_certificate for request in server.asked] == [True]


def test_interrupted_harvest_says_that_it_goes_on_and_does(
    hostile: OpensEndpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = hostile()
    with monkeypatch.context() as patched:
        patched.setattr("oai_provider.harvester.pages.Pages.page", _interrupting_at(3))
        result = harvest(endpoint.url, "--to", "x.jsonl")
    assert result.exit_code == 130
    assert "goes on where it was" in result.stderr
    assert harvest(endpoint.url, "--to", "x.jsonl").exit_code == 0
    assert len({line["identifier"] for line in lines("x.jsonl")}) == 20
    assert len(lines("x.jsonl")) == 20


def _interrupting_at(number: int) -> Callable[..., object]:
    from oai_provider.harvester.pages import Pages  # noqa: PLC0415

    page, asked = Pages.page, iter(range(1, number + 1))

    def interrupting(self: Pages, arguments: dict[str, str], *others: Any) -> object:
        if next(asked) == number:
            raise KeyboardInterrupt
        return page(self, arguments, *others)

    return interrupting


# Help.


def test_help_tells_of_every_form() -> None:
    told = harvest("--help").stdout
    for said in ("BASE_URL --to PLACE", "--all FILE [NAME]", "--work-table", "--prove"):
        assert said in told


def test_wrong_call_is_told_with_the_command_as_it_is_typed() -> None:
    result = harvest("https://example.org/oai")
    assert result.exit_code == 2
    assert "Usage: main harvest [OPTIONS] BASE_URL" in result.stderr
