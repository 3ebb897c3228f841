"""Memory of processes as Linux tells it."""

import time
from pathlib import Path
from subprocess import Popen


def processes_of(pid: int) -> list[int]:
    """Return a process and all that it started, itself first."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        started = [int(child) for child in children.read_text("ascii").split()]
    except OSError:
        started = []
    return [pid, *(deep for child in started for deep in processes_of(child))]


def resident(pid: int) -> int:
    """Return the resident bytes of a process; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    found = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(next(found, 0)) * 1024


def watched(process: "Popen[bytes]", every: float = 0.05) -> list[int]:
    """Return the resident bytes of a process and its children, until it ends."""
    sizes = []
    while process.poll() is None:
        sizes.append(sum(map(resident, processes_of(process.pid))))
        time.sleep(every)
    return sizes
