"""`oai-provider verify --fix` as a person types it."""

import json
import os
import pty
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from verifier.cases import WHOLE

from oai_provider.cli import main
from oai_provider.cli.mending import Mending, Offer
from oai_provider.verifier.fixing.acts import Mend, Put
from oai_provider.verifier.fixing.files import Done

TITLE = [{"value": "Sea &amp; land", "lang": "en"}]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def file(name: str = "items.jsonl", **changes: Any) -> str:
    Path(name).write_text(json.dumps({**WHOLE, **changes}) + "\n", "utf-8")
    return name


def test_nothing_is_written_where_nobody_can_be_asked() -> None:
    name = file(titles=TITLE)
    before = Path(name).read_bytes()
    result = call("verify", "--files", name, "--fix")
    assert result.exit_code == 1
    assert "Nothing was written" in result.stderr
    assert "--yes" in result.stderr
    assert Path(name).read_bytes() == before


def test_repairs_are_shown_as_a_unified_diff() -> None:
    name = file(titles=TITLE)
    shown = call("verify", "--files", name, "--fix").stdout
    assert "items.jsonl:1 titles[0] can be mended (text-double-escaped)" in shown
    assert "--- items.jsonl\n+++ items.jsonl\n@@ -1 +1 @@\n-{" in shown
    assert "Sea & land" in shown


def test_what_nobody_sees_is_shown_by_its_number() -> None:
    name = file("items.yaml", titles=[{"value": "Se\u00ada", "lang": "en"}])
    Path(name).write_text(
        Path(name).read_text("utf-8").replace("\\u00ad", "\u00ad"), "utf-8"
    )
    assert "Se<U+00AD>a" in call("verify", "--files", name, "--fix").stdout


def test_yes_writes_and_a_second_time_there_is_nothing_to_do() -> None:
    name = file(titles=TITLE)
    result = call("verify", "--files", name, "--fix", "--yes")
    assert result.exit_code == 0
    assert "1 of 1 repairs written" in result.stderr
    assert json.loads(Path(name).read_text("utf-8"))["titles"][0]["value"] == (
        "Sea & land"
    )
    before = Path(name).read_bytes()
    again = call("verify", "--files", name, "--fix", "--yes")
    assert again.exit_code == 0
    assert "Nothing can be mended" in again.stderr
    assert Path(name).read_bytes() == before


def test_exit_is_1_where_errors_remain_after_repairs() -> None:
    wrong = [{"scheme": "isbn", "value": "978-3-16-148410-1"}]
    name = file(titles=TITLE, identifiers=wrong)
    assert call("verify", "--files", name, "--fix", "--yes").exit_code == 1


def test_error_that_is_mended_is_none_any_more() -> None:
    name = file(languages=["English"])
    result = call("verify", "--files", name, "--fix", "--yes")
    assert "not fit" in result.stdout
    assert result.exit_code == 0


def test_diff_stands_beside_a_report_for_programs() -> None:
    result = call("verify", "--files", file(titles=TITLE), "--fix", "--json")
    assert json.loads(result.stdout)["items"] == 1
    assert "+++ items.jsonl" in result.stderr


def test_file_of_another_form_is_shown_and_not_written() -> None:
    xml = (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Sea &amp;amp; land'
        "</dc:title><dc:type>article</dc:type></oai_dc:dc>"
    )
    Path("one.xml").write_text(xml, "utf-8")
    result = call("verify", "--files", "one.xml", "--fix", "--yes")
    assert "mends are not written into .xml files" in result.stderr
    assert "Sea & land" in result.stdout
    assert Path("one.xml").read_text("utf-8") == xml


def test_item_of_the_store_is_put_back_with_a_new_datestamp() -> None:
    call("load", file(titles=TITLE, datestamp=None))
    before = call("show", "one").stdout
    result = call("verify", "--fix", "--yes")
    assert result.exit_code == 0
    assert "--- oai:repository.example.org:one" in result.stdout
    after = call("show", "one").stdout
    assert "Sea & land" in after
    assert (
        after.replace("Sea & land", "Sea &amp; land").splitlines()[1:]
        == (before.splitlines()[1:])
    )
    assert "Sea &amp; land" in call("show", "one", "--format", "oai_dc").stdout
    assert "Nothing can be mended" in call("verify", "--fix", "--yes").stderr


def test_yes_without_fix_is_a_wrong_call() -> None:
    result = call("verify", "--files", file(), "--yes")
    assert (result.exit_code, "--fix" in result.stderr) == (2, True)


@pytest.mark.parametrize(("answer", "written"), [("y", 2), ("n", 0), ("", 0)])
def test_question_on_a_terminal_decides(
    answer: str,
    written: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    writes: list[str] = []
    put = Put(steps=("edition",), change=str.strip)
    done = Done(line=1, item="one", mend=Mend(rule="r", field="f", acts=(put,)))
    offers = [
        Offer(
            name=name,
            before="a",
            after="b",
            dones=(done,),
            write=partial(writes.append, name),
        )
        for name in ("1.yaml", "2.yaml")
    ]
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    with os.fdopen(terminal, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        outcome = Mending(yes=False, err=False).offer(offers)
    os.close(keyboard)
    assert "Write these 2 repairs to 2 files? [y/N]" in capsys.readouterr().err
    assert (len(writes), outcome.written) == (written, written)
