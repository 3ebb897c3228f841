"""A file is written as a whole or not at all."""

import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from oai_provider.verifier.fixing.writing import Unwritten, digest, replace_file

OLD, NEW = b"old\n", b"new\n" * 100_000


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    file = tmp_path / "items.yaml"
    file.write_bytes(OLD)
    return file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_is_replaced_and_keeps_its_mode(file: Path) -> None:
    file.chmod(0o640)
    replace_file(file, NEW, digest(OLD))
    assert file.read_bytes() == NEW
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert names(file.parent) == ["items.yaml"]


def test_link_stays_one(file: Path) -> None:
    link = file.with_name("link.yaml")
    link.symlink_to(file.name)
    replace_file(link, NEW, digest(OLD))
    assert link.is_symlink()
    assert file.read_bytes() == NEW


def test_file_that_changed_meanwhile_is_left_alone(file: Path) -> None:
    file.write_bytes(b"other\n")
    with pytest.raises(Unwritten, match=r"items\.yaml is not written: it changed"):
        replace_file(file, NEW, digest(OLD))
    assert file.read_bytes() == b"other\n"


def test_file_that_is_gone_is_told(file: Path) -> None:
    file.unlink()
    with pytest.raises(Unwritten, match=r"items\.yaml is not written"):
        replace_file(file, NEW, digest(OLD))
    assert names(file.parent) == []


def test_full_disk_leaves_the_old_file_and_nothing_beside(file: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
        with pytest.raises(Unwritten, match=r"items\.yaml is not written"):
            replace_file(file, NEW, digest(OLD))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert file.read_bytes() == OLD
    assert names(file.parent) == ["items.yaml"]


def test_process_killed_while_it_writes_leaves_the_old_file(file: Path) -> None:
    said = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from oai_provider.verifier.fixing import writing\n"
        "writing.sync = lambda file: os.kill(os.getpid(), signal.SIGKILL)\n"
        "old = Path(sys.argv[1]).read_bytes()\n"
        "writing.replace_file(Path(sys.argv[1]), b'new', writing.digest(old))\n"
    )
    done = subprocess.run([sys.executable, "-c", said, str(file)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert file.read_bytes() == OLD


def test_read_only_file_is_left_alone(file: Path) -> None:
    file.chmod(0o440)
    with pytest.raises(Unwritten, match="read-only"):
        replace_file(file, NEW, digest(OLD))
