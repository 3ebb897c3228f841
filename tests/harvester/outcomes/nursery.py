"""Runs the command again and again, each time in a process that may be killed.

All is imported once, and each life is a fork, so that none is spent on imports. A line
of standard input is a life: arguments of `oai-provider`, and after how many seconds it
is killed, if at all. The answer is its exit code, -9 if it was killed.
"""

import json
import os
import signal
import sys
import time
from typing import Final

from oai_provider.cli import main
from oai_provider.cli.harvest import harvest
from oai_provider.harvester.sinks import folder, jsonl, store
from oai_provider.harvesting import means_of_harvest

# Named so that the commands and the sinks are in memory before the first fork.
WARM: Final = (folder, harvest, jsonl, means_of_harvest, store)
_GLANCE: Final = 0.002


def live(arguments: list[str], life: float | None) -> int:
    """Return how a process ended that had so many seconds to live."""
    child = os.fork()
    if not child:
        os._exit(run(arguments))
    end = None if life is None else time.monotonic() + life
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if end is not None and time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
            end = None
        time.sleep(_GLANCE)


def run(arguments: list[str]) -> int:
    """Run the command; what it says goes nowhere but for what it dies of."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    try:
        main.main(arguments, prog_name="oai-provider")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 70


if __name__ == "__main__":
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(f"{live(order['arguments'], order['life'])}\n")
        sys.stdout.flush()
