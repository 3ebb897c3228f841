"""Locks end with their processes, and no two are held at once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.durable import Lock

HOLD = """
import sys, time
from pathlib import Path
from oai_provider.harvester.sinks.durable import Lock
lock = Lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(SinkError, match="another harvest is writing"):
            Lock(path)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    Lock(path).release()
    assert [*tmp_path.iterdir()] == []


def test_who_released_a_lock_does_not_release_the_next(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    first = Lock(path)
    first.release()
    second = Lock(path)
    first.release()
    with pytest.raises(SinkError):
        Lock(path)
    second.release()
