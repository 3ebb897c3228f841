"""What travels in the wheel: the package, the records, the schemas, and no more."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = "oai_provider"
FOLDERS = ("records", "schemas")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The wheel's files, but its own metadata, by name."""
    folder = tmp_path_factory.mktemp("wheel")
    # Of a copy: what is compiled or built meanwhile comes and goes in the checkout.
    source = folder / "source"
    passing = shutil.ignore_patterns("__pycache__", "_build", ".*")
    shutil.copytree(ROOT, source, ignore=passing)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if ".dist-info/" not in n]
        return {name: archive.read(name) for name in names}


def _below(folder: Path, start: str) -> dict[str, bytes]:
    return {
        f"{start}/{file.relative_to(folder).as_posix()}": file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.mark.parametrize("name", FOLDERS)
def test_the_wheel_has_the_folder_as_it_is(files: dict[str, bytes], name: str) -> None:
    start = f"{PACKAGE}/_bundled/{name}"
    expected = _below(ROOT / name, start)
    assert expected
    found = {n: data for n, data in files.items() if n.startswith(f"{start}/")}
    assert found == expected


def test_the_wheel_has_the_whole_package_and_no_more(files: dict[str, bytes]) -> None:
    found = {n: d for n, d in files.items() if not n.startswith(f"{PACKAGE}/_bundled/")}
    assert found == _below(ROOT / PACKAGE, PACKAGE)
