"""Harvesters in Perl and JavaScript list a served repository completely."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from interop.conftest import PREFIXES, Served

_HTTP_OAI = """
use strict; use warnings; use HTTP::OAI;
my ($url, $prefix) = @ARGV;
my $harvester = HTTP::OAI::Harvester->new(baseURL => $url);
my $list = $harvester->ListRecords(metadataPrefix => $prefix, onRecord => sub {
    my $record = shift;
    print $record->identifier, "\\t", $record->is_deleted ? 1 : 0, "\\n";
});
die $list->message if $list->is_error;
"""


def _run(*command: str) -> str:
    # Into a file: a Node program may end before a pipe has taken all it wrote.
    with TemporaryFile("w+", encoding="utf-8") as output:
        result = subprocess.run(
            command,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        output.seek(0)
        return output.read()


def _needs_perl(module: str, package: str) -> None:
    perl = shutil.which("perl")
    if (
        perl is None
        or subprocess.run(
            [perl, f"-M{module}", "-e1"], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip(f"needs {module}: apt-get install {package}")


def _expected(served: Served, prefix: str) -> dict[str, bool]:
    return {i: r.header.deleted for i, r in served.records[prefix].items()}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_http_oai_harvests_everything(served: Served, prefix: str) -> None:
    _needs_perl("HTTP::OAI", "libhttp-oai-perl")
    lines = _run("perl", "-e", _HTTP_OAI, served.base_url, prefix).splitlines()
    pairs = [line.split("\t") for line in lines]
    assert {i: bool(int(deleted)) for i, deleted in pairs} == _expected(served, prefix)
    assert len(pairs) == len(served.records[prefix])


@pytest.mark.parametrize("prefix", PREFIXES)
def test_catmandu_harvests_everything(served: Served, prefix: str) -> None:
    _needs_perl("Catmandu::Importer::OAI", "libcatmandu-oai-perl")
    options = ["--url", served.base_url, "--metadataPrefix", prefix, "--handler", "raw"]
    lines = _run(
        "catmandu", "convert", "OAI", *options, "to", "JSON", "--line_delimited", "1"
    )
    records = [json.loads(line) for line in lines.splitlines()]
    found = {r["_identifier"]: r.get("_status") == "deleted" for r in records}
    assert found == _expected(served, prefix)
    assert len(records) == len(served.records[prefix])


@pytest.mark.parametrize("prefix", PREFIXES)
def test_npm_oai_pmh_harvests_everything(served: Served, prefix: str) -> None:
    folder = Path(os.environ.get("OAI_PROVIDER_NPM", "absent")) / "node_modules/oai-pmh"
    if not folder.is_dir():
        pytest.skip(
            "needs oai-pmh: npm install oai-pmh, its folder in OAI_PROVIDER_NPM"
        )
    command = str(folder.parent / ".bin/oai-pmh")
    lines = _run(command, "list-records", served.base_url, "-p", prefix).splitlines()
    headers = [json.loads(line)["header"] for line in lines]
    found = {
        h["identifier"]: h.get("$", {}).get("status") == "deleted" for h in headers
    }
    assert found == _expected(served, prefix)
    assert len(headers) == len(served.records[prefix])
