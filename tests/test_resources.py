from pathlib import Path

import pytest

from oai_provider.resources import (
    ResourceMissing,
    bundled_folder,
    records_folder,
    schemas_folder,
)


def folders(*paths: Path) -> None:
    for path in paths:
        path.mkdir(parents=True)


def test_the_schemas_folder_holds_the_catalogue() -> None:
    assert (schemas_folder() / "catalog.xml").is_file()


def test_the_records_folder_exists() -> None:
    assert records_folder().is_dir()


def test_a_checkout_uses_the_folder_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "oai_provider"
    folders(package / "_bundled" / "schemas", tmp_path / "schemas")
    (tmp_path / "pyproject.toml").touch()

    assert bundled_folder("schemas", package=package) == tmp_path / "schemas"


def test_an_installed_wheel_uses_its_own_copy(tmp_path: Path) -> None:
    package = tmp_path / "oai_provider"
    bundled = package / "_bundled" / "schemas"
    folders(bundled, tmp_path / "schemas")

    assert bundled_folder("schemas", package=package) == bundled


def test_a_missing_folder_is_named_with_both_places(tmp_path: Path) -> None:
    package = tmp_path / "oai_provider"

    with pytest.raises(ResourceMissing) as error:
        bundled_folder("records", package=package)

    assert str(tmp_path / "records") in str(error.value)
    assert str(package / "_bundled" / "records") in str(error.value)
