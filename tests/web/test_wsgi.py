"""`oai_provider.wsgi:app`: made when asked for, once."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

import oai_provider.wsgi
from oai_provider.config import ConfigError


@pytest.fixture
def wsgi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a server imports it, in a folder without a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OAI_PROVIDER__STORE__URL", f"sqlite:///{tmp_path}/items.db")
    return importlib.reload(oai_provider.wsgi)


def test_the_application_is_made_once(wsgi: ModuleType) -> None:
    assert wsgi.app is wsgi.app


@pytest.mark.usefixtures("wsgi")
def test_nothing_is_made_by_importing(tmp_path: Path) -> None:
    assert not (tmp_path / "items.db").exists()


def test_the_configuration_file_is_the_one_named_in_the_environment(
    wsgi: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "named.toml"
    file.write_text('[repository]\nbase_url = "https://named.example.org/oai"\n')
    monkeypatch.setenv("OAI_PROVIDER_CONFIG", str(file))
    assert "https://named.example.org/oai" in wsgi.app.test_client().get("/").text


def test_a_configuration_file_that_is_not_there_is_an_error(
    wsgi: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAI_PROVIDER_CONFIG", "nowhere.toml")
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        _ = wsgi.app


def test_there_is_nothing_else(wsgi: ModuleType) -> None:
    with pytest.raises(AttributeError, match="application"):
        _ = wsgi.application
