"""What `serve` says and refuses before it serves; that it serves is shown elsewhere."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from oai_provider.cli import main


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def serve(*options: str) -> Result:
    return CliRunner().invoke(main, ["serve", *options], catch_exceptions=False)


def test_a_port_that_is_taken_is_a_usage_error() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = serve("--port", str(port))
    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr


def test_a_host_that_is_not_here_is_a_usage_error() -> None:
    result = serve("--host", "host.invalid", "--port", "8081")
    assert result.exit_code == 2
    assert "cannot listen on host.invalid:8081" in result.stderr


def test_a_base_url_that_is_none_is_a_usage_error() -> None:
    result = serve("--base-url", "repository.example.org")
    assert result.exit_code == 2
    assert "repository.base_url" in result.stderr
