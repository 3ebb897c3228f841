"""What `serve` says and does before it serves; that it serves is shown elsewhere."""

import json
import os
import socket
from importlib import import_module
from pathlib import Path

import pytest
from cli.test_cli import Cli
from click.testing import Result

from oai_provider.resources import records_folder

BUNDLED = "000_ce5b2683a573652e"
DEFAULT = f"oai:repository.example.org:{BUNDLED}"
OURS = f"oai:lib.example.com:{BUNDLED}"
SETTINGS = """[repository]
name = "Library"
identifier = "lib.example.com"
admin_emails = ["a@lib.example.com"]
"""


@pytest.fixture(name="cli")
def _cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    # What is handed down to workers ends with the test.
    for name in ("CONFIG", "_STORE__URL", "_REPOSITORY__BASE_URL"):
        monkeypatch.setenv(f"OAI_PROVIDER_{name}", "")
        monkeypatch.delenv(f"OAI_PROVIDER_{name}")
    return Cli(tmp_path)


class _NoServer:
    """A server that ends at once."""

    def __init__(self, application: str, **settings: object) -> None:
        pass

    def serve(self) -> None:
        pass


def started(cli: Cli, *options: str) -> Result:
    """Have the repository greet, and end."""
    before = dict(os.environ)
    with pytest.MonkeyPatch.context() as patch:
        # As an attribute of its package, the module is hidden by the command.
        module = import_module("oai_provider.cli.serve")
        patch.setattr(module, "Granian", _NoServer)
        patch.setattr(module, "_refuse_taken_port", lambda _: None)
        try:
            result = cli("serve", *options)
        finally:
            for name in os.environ.keys() - before.keys():
                del os.environ[name]
    assert result.exit_code == 0
    return result


def configure(cli: Cli, text: str = SETTINGS) -> None:
    (cli.folder / "oai-provider.toml").write_text(text)


def stored(cli: Cli) -> dict[str, bool]:
    """Return what is in the store, and whether it is deleted."""
    rows = map(json.loads, cli("list", "--json").stdout.splitlines())
    return {row["identifier"]: row["deleted"] for row in rows}


# What is refused.


def test_a_port_that_is_taken_is_a_usage_error(cli: Cli) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = cli("serve", "--port", str(port))
    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr


def test_a_host_that_is_not_here_is_a_usage_error(cli: Cli) -> None:
    result = cli("serve", "--host", "host.invalid", "--port", "8081")
    assert result.exit_code == 2
    assert "cannot listen on host.invalid:8081" in result.stderr


def test_a_host_that_is_none_is_a_usage_error(cli: Cli) -> None:
    result = cli("serve", "--host", "")
    assert result.exit_code == 2
    assert "server.host: is blank" in result.stderr


def test_a_base_url_that_is_none_is_a_usage_error(cli: Cli) -> None:
    result = cli("serve", "--base-url", "repository.example.org")
    assert result.exit_code == 2
    assert "repository.base_url" in result.stderr


# What is said.


def test_greeting_says_where_what_and_what_to_try(cli: Cli) -> None:
    configure(cli)
    result = started(cli)
    assert result.stdout == (
        "Library at http://127.0.0.1:8080/oai\n"
        "1 item (0 deleted) in mods, oai_dc\n"
        "Listening on http://127.0.0.1:8080\n"
        "Store: sqlite:///oai-provider.db\n"
        "Try:   curl"
        " 'http://127.0.0.1:8080/oai?verb=ListRecords&metadataPrefix=oai_dc'\n"
    )
    assert result.stderr == ""


def test_address_in_ipv6_stands_in_brackets(cli: Cli) -> None:
    configure(cli)
    said = started(cli, "--host", "::1", "--port", "8081").stdout
    assert said.startswith("Library at http://[::1]:8081/oai\n")
    assert "Listening on http://[::1]:8081\n" in said


@pytest.mark.parametrize(
    ("given", "unset"),
    [
        ("", "name, identifier, admin_emails"),
        ("name", "identifier, admin_emails"),
        ("identifier admin_emails", "name"),
    ],
)
def test_warning_says_what_to_set_before_harvesters_come(
    cli: Cli, given: str, unset: str
) -> None:
    lines = SETTINGS.splitlines()
    kept = (
        line for line in lines if line.split()[0] in {"[repository]", *given.split()}
    )
    configure(cli, "\n".join(kept))
    assert started(cli).stderr == (
        f"Warning: set {unset} in [repository] of oai-provider.toml"
        " before harvesters come\n"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_warning_says_that_no_harvester_reaches_every_address(
    cli: Cli, host: str
) -> None:
    configure(cli)
    assert started(cli, "--host", host).stderr == (
        "Warning: set base_url: harvesters cannot use the address listened on\n"
    )
    url = "https://lib.example.com/oai"
    assert started(cli, "--host", host, "--base-url", url).stderr == ""


# The bundled record.


def test_bundled_record_is_left_out_on_demand(cli: Cli) -> None:
    started(cli, "--no-records")
    assert stored(cli) == {}


@pytest.mark.parametrize("fields", [{}, {"release": "2999-01-01"}])
def test_bundled_record_is_for_empty_stores(cli: Cli, fields: dict[str, str]) -> None:
    cli("load", cli.item(**fields))
    started(cli)
    assert list(stored(cli)) == ["oai:repository.example.org:one"]


def test_store_in_which_all_is_deleted_is_not_empty(cli: Cli) -> None:
    cli("load", str(records_folder()))
    cli("delete", BUNDLED)
    started(cli)
    assert stored(cli) == {DEFAULT: True}


def test_bundled_record_follows_the_identifier_of_the_repository(cli: Cli) -> None:
    started(cli)
    configure(cli)
    result = started(cli)
    assert "1 item (1 deleted)" in result.stdout
    assert result.stderr == ""
    assert stored(cli) == {OURS: False, DEFAULT: True}
    assert cli("show", BUNDLED).exit_code == 0


def test_bundled_record_follows_the_address_of_the_repository(cli: Cli) -> None:
    started(cli)
    configure(cli)
    started(cli)
    page = f"https://lib.example.com/items/{BUNDLED}"
    assert page not in cli("show", BUNDLED, "--format", "oai_dc").stdout
    configure(cli, f'{SETTINGS}base_url = "https://lib.example.com/oai"\n')
    started(cli)
    assert page in cli("show", BUNDLED, "--format", "oai_dc").stdout


def test_bundled_record_stays_where_other_items_are(cli: Cli) -> None:
    started(cli)
    cli("load", cli.item())
    configure(cli)
    started(cli)
    assert stored(cli) == {DEFAULT: False, "oai:repository.example.org:one": False}


def test_bundled_record_that_somebody_changed_stays(cli: Cli) -> None:
    started(cli)
    cli("load", cli.item(BUNDLED))
    configure(cli)
    started(cli)
    assert stored(cli) == {DEFAULT: False}


# Identifiers of before.


def told(items: int, beginning: str = "oai:repository.example.org:") -> str:
    have = "item has an identifier" if items == 1 else "items have identifiers"
    return (
        f"{items} {have} of another repository ({beginning}…):"
        " load the files again under the new identifier, and delete the old items\n"
    )


@pytest.mark.parametrize("identifier", ["lib.example.com", "z.example.com"])
def test_items_under_an_identifier_of_before_are_told(
    cli: Cli, identifier: str
) -> None:
    files = cli.item("one"), cli.item("two")
    cli("load", *files)
    configure(cli, SETTINGS.replace("lib.example.com", identifier))
    assert started(cli).stderr == f"Warning: {told(2)}"
    assert cli("list").stderr == told(2)
    missing = f"oai:{identifier}:one"
    assert cli("show", "one").stderr == (
        f"Error: there is no item {missing}; `oai-provider list` names all\n{told(2)}"
    )
    assert cli("delete", "one").stderr == (
        f"{missing}: there is no such item\n{told(2)}"
    )
    cli("load", *files)
    assert started(cli).stderr == f"Warning: {told(2)}"
    cli("delete", *(f"oai:repository.example.org:{name}" for name in ("one", "two")))
    assert started(cli).stderr == ""


def test_items_with_identifiers_of_their_own_are_no_strangers(cli: Cli) -> None:
    cli("load", cli.item(identifier="oai:elsewhere.example.org:one"))
    assert cli("list").stderr == ""
    cli("load", cli.item("two"))
    configure(cli)
    assert cli("list").stderr == told(1)


def test_many_strangers_are_told_without_counting_them(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oai_provider.provider.strangers._LOOKED_AT", 2)
    cli("load", cli.item("one"), cli.item("two"), cli.item("three"))
    configure(cli)
    assert cli("list").stderr == told(2).replace("2 items", "2 items or more").replace(
        "items or more have", "or more items have"
    )
