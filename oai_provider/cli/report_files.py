"""Files that reports are written to: whole or not at all, and known to be writable.

Whether a file can be written is found out before anything is judged, since a judgement
may take minutes. What stood there before stands until the new one is complete.
"""

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from oai_provider.cli.settings import Misused
from oai_provider.reporting.junit import as_junit
from oai_provider.reporting.page import as_page
from oai_provider.reporting.report import Report
from oai_provider.reporting.sarif import as_sarif

R = TypeVar("R")

_FILE: Final = click.Path(path_type=Path, dir_okay=False, writable=True)
_FORMS: Final[Mapping[str, tuple[Callable[[Report], str], str]]] = {
    "html": (as_page, "Report as a page for browsers and printers, too."),
    "sarif": (as_sarif, "Report as SARIF, too, for code scanning."),
    "junit": (as_junit, "Report as JUnit, too."),
}


class Pending:
    """A file that is written under another name until it is complete."""

    def __init__(self, file: Path) -> None:
        self._file = file
        # Devices and pipes hold nothing that could be lost, and must not be replaced.
        self._is_odd = file.exists() and not file.is_file()
        target = file.resolve()
        self._target = target
        self._part = target.with_name(f".{target.name}.{os.getpid()}.part")
        if not self._is_odd:
            with self._told():
                self._part.open("w").close()

    def write(self, document: str) -> None:
        """Put the document where it belongs."""
        with self._told():
            part = self._file if self._is_odd else self._part
            part.write_text(document, "utf-8")
            if not self._is_odd:
                self._part.replace(self._target)

    def close(self) -> None:
        """Leave nothing of what is not complete."""
        if not self._is_odd:
            self._part.unlink(missing_ok=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"cannot write {self._file}: {error.strerror}"
            raise Misused(message) from error


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What a call asks to be written, by form."""

    files: Mapping[str, Path]

    @property
    def wants_measures(self) -> bool:
        """Whether any of them shows what was measured."""
        return "html" in self.files

    def has(self, file: Path) -> bool:
        """Tell whether a file is one of them, perhaps as an earlier call wrote it."""
        return file.resolve() in {path.resolve() for path in self.files.values()}

    @contextmanager
    def opened(
        self, *others: Path | None
    ) -> Iterator[Callable[[Callable[[], Report]], None]]:
        """Give a function that writes them all; raises `Misused` if one cannot be.

        None may be one of the others, which the call reads or writes.
        """
        taken = {path.resolve() for path in others if path}
        for file in self.files.values():
            if file.resolve() in taken:
                raise Misused(f"{file} is named twice: name another for the report")
            taken.add(file.resolve())
        with ExitStack() as stack:
            pending = {form: Pending(file) for form, file in self.files.items()}
            for one in pending.values():
                stack.callback(one.close)

            def write(report_of: Callable[[], Report]) -> None:
                report = report_of() if pending else None
                for form, one in pending.items():
                    if report:
                        one.write(_FORMS[form][0](report))

            yield write


def report_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options that name files, given as `reports`."""

    @functools.wraps(command)
    def gathered(**options: Any) -> R:  # noqa: ANN401 - the options of any command
        named = {form: options.pop(form) for form in _FORMS}
        files = {form: file for form, file in named.items() if file is not None}
        return command(reports=ReportFiles(files), **options)

    for form, (_, told) in _FORMS.items():
        add = click.option(f"--{form}", type=_FILE, metavar="FILE", help=told)
        gathered = add(gathered)
    return gathered
