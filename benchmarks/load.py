"""GetRecord by many connections at once: by `wrk`, or by threads where it lacks.

Threads of Python share one interpreter, so that they are slower than what they
measure; figures of theirs say so.
"""

import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode

from benchmarks import corpus
from benchmarks.client import Client
from benchmarks.templates import PREFIX

_SCRIPT: Final = Path(__file__).with_name("getrecord.lua")
_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
_PERCENTILE: Final = re.compile(r"^ +(50|99)% +([\d.]+)(us|ms|s|m)$", re.MULTILINE)
_RATE: Final = re.compile(r"^Requests/sec: +([\d.]+)$", re.MULTILINE)
_FAULTS: Final = ("Non-2xx", "Socket errors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a server did for some seconds."""

    rate: float
    """Requests a second."""
    p50: float
    p99: float


def is_by_wrk(seconds: float) -> bool:
    """Tell whether wrk asks: it is installed, and takes whole seconds."""
    return seconds >= 1 and shutil.which("wrk") is not None


def get_records(port: int, *, count: int, connections: int, seconds: float) -> Load:
    """Ask for random records, of so many, over so many connections."""
    with Client(port) as client:
        # wrk takes whatever comes for a record.
        _seconds(client, count // 2)
    if is_by_wrk(seconds):
        return _by_wrk(port, count, connections, seconds)
    return _by_threads(port, count, connections, seconds)


def arguments_of(number: int) -> dict[str, str]:
    """Return what asks for an article."""
    name = corpus.identifier(number)
    return {"verb": "GetRecord", "metadataPrefix": PREFIX, "identifier": name}


def _by_wrk(port: int, count: int, connections: int, seconds: float) -> Load:
    query = urlencode(arguments_of(0)).removesuffix(f"{0:07}")
    line = ["wrk", "-t1", f"-c{connections}", f"-d{ceil(seconds)}s", "--latency"]
    place = f"http://127.0.0.1:{port}/"
    line += ["-s", str(_SCRIPT), place, "--", f"/oai?{query}", str(count)]
    said = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    rate, found = _RATE.search(said), _PERCENTILE.findall(said)
    if not rate or any(fault in said for fault in _FAULTS):
        raise RuntimeError(f"wrk: {said}")
    latency = {name: float(value) * _UNITS[unit] for name, value, unit in found}
    return Load(rate=float(rate[1]), p50=latency["50"], p99=latency["99"])


def _by_threads(port: int, count: int, connections: int, seconds: float) -> Load:
    end = time.monotonic() + seconds

    def asked(seed: int) -> list[float]:
        random, latencies = Random(seed), []
        with Client(port) as client:
            while time.monotonic() < end:
                latencies.append(_seconds(client, random.randrange(count)))
        return latencies

    with ThreadPoolExecutor(connections) as threads:
        found = sorted(
            x for part in threads.map(asked, range(connections)) for x in part
        )
    return Load(
        rate=len(found) / seconds,
        p50=found[len(found) // 2],
        p99=found[len(found) * 99 // 100],
    )


def _seconds(client: Client, number: int) -> float:
    """Ask for a record; return the seconds. Raises `RuntimeError` if none comes."""
    body, _, seconds = client.get(arguments_of(number))
    if b"<GetRecord" not in body:
        raise RuntimeError(f"no record: {body[:600]!r}")
    return seconds
