"""Where everything is there that a test may need, a skip is a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

SKIPS = "import pytest\ndef test_that_skips():\n    pytest.skip('not there')\n"


@pytest.mark.parametrize(("value", "code"), [("", 0), ("1", 1)])
def test_a_skip_fails_where_nothing_may_be_skipped(
    tmp_path: Path, value: str, code: int
) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(SKIPS)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", str(tmp_path), "."],
        cwd=tmp_path,
        env=os.environ | {"OAI_PROVIDER_NO_SKIPS": value, "PYTEST_ADDOPTS": ""},
        check=False,
        capture_output=True,
    )
    assert result.returncode == code, result.stdout
