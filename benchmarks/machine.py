"""What the figures of a run depend on, apart from what is measured."""

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from benchmarks.bench import Options
from oai_provider.assembly import utc_now

_PACKAGES: Final = ("granian", "sqlalchemy", "lxml", "oaipmh", "oai_repo", "psycopg")


def facts(options: Options) -> dict[str, str]:
    """Return the machine, the versions, the date and the size of the run."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "load before the run": f"{os.getloadavg()[0]:.2f}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        **{name: _version(name) for name in _PACKAGES},
        "date": utc_now().date().isoformat(),
        "items": f"{options.items:,}",
        "rounds": str(options.rounds),
    }


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    names = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return next(names, platform.machine()).strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
