"""Files of reports: whole or not at all, and known to be writable before all else."""

import json
import os
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harvester.scripted_server import ScriptedServer, answer
from spec.serving import free_port
from verifier.cases import WHOLE

from oai_provider.cli import main
from oai_provider.protocol.xml import parse
from oai_provider.validator.recording import Recorder

ALL = ("--html", "r.html", "--sarif", "r.sarif", "--junit", "r.xml")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(name="server")
def _server() -> Iterator[ScriptedServer]:
    """A server that answers once, and not by OAI-PMH."""
    with ScriptedServer([answer(b"<html/>")]) as server:
        yield server


def call(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def verify(*words: str) -> Result:
    Path("items.jsonl").write_text(json.dumps(WHOLE), "utf-8")
    return call("verify", "--files", "items.jsonl", *words)


def silent() -> tuple[str, ...]:
    """Return a call that judges an endpoint that does not answer."""
    return ("validate", f"http://127.0.0.1:{free_port()}/oai", "--tries", "1")


def names() -> set[str]:
    return {path.name for path in Path().iterdir()}


def test_verify_writes_every_form() -> None:
    assert verify(*ALL).exit_code == 0
    assert names() == {"items.jsonl", "r.html", "r.sarif", "r.xml"}
    assert "items.jsonl, for oai" in Path("r.html").read_text("utf-8")
    assert json.loads(Path("r.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert parse(Path("r.xml").read_bytes()).tag == "testsuite"


def test_endpoint_that_does_not_answer_is_reported_in_every_form() -> None:
    assert call(*silent(), *ALL).exit_code == 3
    assert "unreachable" in Path("r.html").read_text("utf-8")
    assert "unreachable" in Path("r.sarif").read_text("utf-8")
    assert 'name="reachable"' in Path("r.xml").read_text("utf-8")


def test_file_that_cannot_be_written_is_told_before_anything_is_asked(
    server: ScriptedServer,
) -> None:
    result = call("validate", server.url, "--html", "nowhere/r.html")
    assert result.exit_code == 2
    assert "cannot write nowhere/r.html: No such file" in result.stderr
    assert server.asked == []


@pytest.mark.parametrize("file", ["nowhere/oai.jsonl", "/dev/full"])
def test_recording_that_cannot_be_written_is_a_wrong_call(
    server: ScriptedServer, file: str
) -> None:
    result = call("validate", server.url, "--record", file)
    assert result.exit_code == 2
    assert f"cannot write {file}: No " in result.stderr
    assert server.asked == []


def test_recording_that_breaks_off_leaves_the_one_before(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("oai.jsonl").write_text("old", "utf-8")
    real, written = Recorder._write, count()  # noqa: SLF001 - a fault within

    def write(recorder: Recorder, line: Mapping[str, Any]) -> None:
        if next(written) == 2:
            # The disk is full from here on, where a rule asks.
            full = os.open("/dev/full", os.O_WRONLY)
            os.dup2(full, recorder._file.fileno())  # noqa: SLF001
            os.close(full)
        real(recorder, line)

    monkeypatch.setattr(Recorder, "_write", write)
    result = call("validate", server.url, "--record", "oai.jsonl")
    assert result.exit_code == 2
    assert "cannot write oai.jsonl: No space left" in result.stderr
    assert Path("oai.jsonl").read_text("utf-8") == "old"
    assert names() == {"oai.jsonl"}


def test_what_cannot_be_judged_leaves_the_old_report_and_nothing_else() -> None:
    Path("r.html").write_text("old", "utf-8")
    Path("no.jsonl").write_text("{}", "utf-8")
    result = call("validate", "--replay", "no.jsonl", "--html", "r.html")
    assert result.exit_code == 2
    assert Path("r.html").read_text("utf-8") == "old"
    assert names() == {"no.jsonl", "r.html"}


def test_file_named_twice_is_refused() -> None:
    result = verify("--html", "r", "--sarif", "./r")
    assert result.exit_code == 2
    assert "is named twice" in result.stderr


def test_recording_is_not_written_over_by_a_report() -> None:
    Path("oai.jsonl").write_text("{}", "utf-8")
    result = call("validate", "--replay", "oai.jsonl", "--html", "oai.jsonl")
    assert result.exit_code == 2
    assert Path("oai.jsonl").read_text("utf-8") == "{}"


def test_report_is_not_written_over_what_is_judged() -> None:
    result = verify("--html", "./items.jsonl")
    assert result.exit_code == 2
    assert json.loads(Path("items.jsonl").read_text("utf-8"))["id"] == "one"


def test_report_of_an_earlier_call_is_not_judged() -> None:
    Path("items.jsonl").write_text(json.dumps(WHOLE), "utf-8")
    for _ in range(2):
        assert call("verify", "--files", ".", "--junit", "r.xml").exit_code == 0


def test_link_stays_a_link() -> None:
    Path("kept").mkdir()
    Path("r.html").symlink_to("kept/r.html")
    assert verify("--html", "r.html").exit_code == 0
    assert Path("r.html").is_symlink()
    assert Path("kept/r.html").is_file()


def test_device_is_written_to_and_not_replaced() -> None:
    assert verify("--sarif", os.devnull).exit_code == 0
    assert Path(os.devnull).is_char_device()


def test_report_may_be_read_by_whom_the_umask_lets() -> None:
    before = os.umask(0o022)
    try:
        verify("--html", "r.html")
    finally:
        os.umask(before)
    assert Path("r.html").stat().st_mode & 0o777 == 0o644
