"""The log: one line per request on standard error, JSON unless a person watches.

The logger is made by a function and passed on; nothing global is configured.
"""

from json import JSONEncoder
from typing import Final, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

_INFO: Final = 20


def request_logger(stream: TextIO) -> FilteringBoundLogger:
    """Return a logger that writes lines to the stream."""
    render: tuple[Processor, ...] = (
        structlog.processors.format_exc_info,
        _json_line,
    )
    if stream.isatty():
        render = (structlog.dev.ConsoleRenderer(),)
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_INFO),
        # Bound once: what `wrap_logger` returns would do so for every line.
    ).bind()
    return logger


def escaped(text: str) -> str:
    """Return what WSGI passes on of a client's octets, as an address has it."""
    # PEP 3333: each octet is a character of ISO 8859-1.
    return quote(text, safe="/:[]@", encoding="latin-1", errors="replace")


def _json_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return _ENCODER.encode(event)


# Made once: json.dumps would make one for every line, for half of its cost.
_ENCODER: Final = JSONEncoder(default=str)
