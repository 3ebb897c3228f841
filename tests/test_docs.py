"""The documentation says what is: it is complete, up to date, and its examples run."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

import click
import pytest
from spec.serving import free_port, wait_for
from typed import typed

from oai_provider.cli import main
from oai_provider.config import Config, settings
from oai_provider.metadata.format import load_formats
from oai_provider.metadata.item import Item
from oai_provider.protocol.errors import ErrorCode
from oai_provider.sources.base import Sourced
from oai_provider.sources.paths import read_path
from oai_provider.validator.catalogue import catalogue
from oai_provider.validator.profiles.book import PROTOCOL, profiles
from oai_provider.verifier.catalogue import catalogue as item_catalogue

NEEDS: Final = [
    requirement.code
    for name, profile in profiles().items()
    if name != PROTOCOL
    for requirement in profile.requirements
]
CHECKOUT: Final = Path(__file__).parents[1]
DOCS: Final = CHECKOUT / "docs"
REFERENCE: Final = DOCS / "reference"
PAGES: Final = [
    CHECKOUT / "README.md",
    DOCS / "tutorial.md",
    *sorted((DOCS / "how-to").glob("*.md")),
    *sorted((DOCS / "explanation").glob("*.md")),
    REFERENCE / "settings.md",
]
PAGES_THAT_ARE_TYPED: Final = [
    f"{name}.md" for name in ("harvest", "harvest-many", "validate", "verify")
]
_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(name="generate", scope="module")
def _generate() -> ModuleType:
    """The module docs/generate.py."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code in a page."""

    page: Path
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}: {self.text.splitlines()[0]}"


def blocks(*languages: str) -> list[Block]:
    """Return the blocks of code in all pages written by hand."""
    return [
        Block(page, language, text)
        for page in PAGES
        for language, text in _BLOCK.findall(page.read_text("utf-8"))
        if language in languages
    ]


# What is generated.


def test_generated_pages_are_up_to_date(generate: ModuleType) -> None:
    assert generate.main(["--check"]) == 0


def test_page_that_is_not_up_to_date_is_found(
    generate: ModuleType, tmp_path: Path
) -> None:
    for name in generate.PAGES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(generate.written(name), "utf-8")
    assert generate.stale(tmp_path) == []
    (tmp_path / "item.md").write_text("old", "utf-8")
    (tmp_path / "formats.md").unlink()
    assert sorted(generate.stale(tmp_path)) == ["formats.md", "item.md"]


# What is complete.


@pytest.mark.parametrize("name", [name for name, _ in settings()])
def test_every_setting_is_documented(name: str) -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    assert f"| `{name}` |" in page
    assert f"`OAI_PROVIDER__{name.upper().replace('.', '__')}`" in page


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in settings() if not field.description] == []


@pytest.mark.parametrize("name", [name for name, _ in typed("oai-provider", main)])
def test_every_command_is_documented(name: str) -> None:
    assert f"\n## {name}\n" in (REFERENCE / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"| `{name}" in (CHECKOUT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("prefix", list(load_formats()))
def test_every_format_is_documented(prefix: str) -> None:
    assert f"\n## {prefix}\n" in (REFERENCE / "formats.md").read_text("utf-8")


@pytest.mark.parametrize("prefix", list(load_formats()))
def test_everything_a_format_leaves_unsaid_is_documented(prefix: str) -> None:
    page = (REFERENCE / "formats.md").read_text("utf-8")
    for name, reason in load_formats()[prefix].unsaid.items():
        assert f"| `{name}` | {reason} |" in page


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_code_is_documented(code: ErrorCode) -> None:
    assert code in (REFERENCE / "conformance.md").read_text("utf-8")


def test_every_exception_is_documented(generate: ModuleType) -> None:
    page = (REFERENCE / "commands.md").read_text("utf-8")
    found = generate.errors()
    assert len(found) > 10
    for error in found:
        assert f"| `{error.__name__}` | `{error.__module__}` |" in page


def test_every_field_and_short_form_of_the_item_is_documented() -> None:
    page = (REFERENCE / "item.md").read_text("utf-8")
    for name in [*Item.model_fields, *Item.shorts]:
        assert f"| `{name}` |" in page


def test_every_part_of_the_item_is_documented() -> None:
    page = (REFERENCE / "item.md").read_text("utf-8")
    for name in Item.model_json_schema()["$defs"]:
        assert f"\n## {name}\n" in page


@pytest.mark.parametrize(
    ("folder", "codes"),
    [
        ("rules", sorted(catalogue())),
        ("profiles", sorted(NEEDS)),
        ("item-rules", sorted(item_catalogue())),
    ],
)
def test_every_rule_is_listed_and_has_a_page(folder: str, codes: list[str]) -> None:
    index = (REFERENCE / folder / "index.md").read_text("utf-8")
    pages = [*(REFERENCE / folder).glob("*.md")]
    assert sorted(page.stem for page in pages if page.stem != "index") == codes
    for code in codes:
        assert f"| [{code}]({code}.md) |" in index


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md"]
    for page in [*pages, *DOCS.rglob("*.md")]:
        text = _BLOCK.sub("", page.read_text("utf-8"))
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_just_check_is_all_that_ci_runs() -> None:
    recipes = (CHECKOUT / "justfile").read_text("utf-8")
    assert "\ncheck:\n    bash .ci/run\n" in recipes
    golden = re.search(r"\ngolden:\n    pytest -q (\S+) --golden\n", recipes)
    assert golden is not None
    assert (CHECKOUT / golden[1]).exists()


# What runs.


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_toml_in_the_documentation_can_be_used(block: Block) -> None:
    data = tomllib.loads(block.text)
    if "project" in data:
        assert set(data["project"]["entry-points"]) == {"oai_provider.formats"}
    else:
        Config.model_validate(data)


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_yaml_in_the_documentation_can_be_loaded(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "item.yaml"
    file.write_text(block.text, "utf-8")
    (read,) = read_path(file)
    assert isinstance(read, Sourced), read


def typed_commands() -> Iterator[tuple[str, list[str]]]:
    """Yield each line of the documentation that calls the program, and its words."""
    for block in blocks("", "bash", "console", "ini"):
        for line in block.text.splitlines():
            call = re.search(r"oai-provider ([a-z][^|&>;]*)", line)
            if call and not line.lstrip().startswith("#"):
                yield line, call[1].split()


@pytest.mark.parametrize(("line", "words"), list(typed_commands()))
def test_command_in_the_documentation_exists(line: str, words: list[str]) -> None:
    command: click.Command = main
    while isinstance(command, click.Group):
        context = click.Context(command, help_option_names=["--help"])
        _, found, words = command.resolve_command(context, words)
        assert found is not None, line
        command = found
    options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
    used = {word for word in words if word.startswith("--")}
    assert used <= options | {"--help"}, line


# The tutorial.


class Terminal:
    """A person in a folder, typing the tutorial's commands; the port is a free one.

    The first terminal is in the virtual environment. The server runs in the second,
    which is not, unless the person enters it there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._clean = {
            k: v
            for k, v in os.environ.items()
            if "OAI_PROVIDER" not in k and k != "VIRTUAL_ENV"
        }
        self._clean["PATH"] = os.defpath
        programs = str(Path(sys.executable).parent)
        path = os.pathsep.join([programs, os.defpath])
        self._environment = {**self._clean, "PATH": path}
        self._server: subprocess.Popen[bytes] | None = None
        activate = folder / ".venv" / "bin" / "activate"
        activate.parent.mkdir(parents=True)
        activate.write_text(f"export PATH='{programs}':\"$PATH\"\n")

    def type(self, script: str) -> str:
        """Run a script, and return all that it prints."""
        script = self.here(script)
        if "oai-provider serve" in script:
            return self._serve(script)
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    def here(self, text: str) -> str:
        """Return a text of the tutorial with the port it has here."""
        return text.replace("127.0.0.1:8080", f"127.0.0.1:{self._port}")

    def _serve(self, script: str) -> str:
        log = self._folder / "server.log"
        serve = "exec oai-provider serve"
        script = script.replace("oai-provider serve", f"{serve} --port {self._port}")
        with log.open("wb") as output:
            self._server = subprocess.Popen(
                ["bash", "-euc", script],
                cwd=self._folder,
                env=self._clean,
                stdout=output,
                stderr=output,
            )
        wait_for(self._port, self._server)
        return log.read_text("utf-8")

    def close(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(30)


def _is_in(line: str, output: str) -> bool:
    """Tell whether all words of a line stand in the output, in this order."""
    return re.search(r"\s+".join(map(re.escape, line.split())), output) is not None


@pytest.fixture(name="terminal")
def _terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in an empty folder."""
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()


def test_tutorial_works_from_its_first_command_to_its_last(terminal: Terminal) -> None:
    tutorial = [b for b in blocks("bash", "text") if b.page.name == "tutorial.md"]
    assert len(tutorial) > 10
    output = ""
    for block in tutorial:
        if block.language == "bash":
            output = terminal.type(block.text)
        else:
            for line in terminal.here(block.text).splitlines():
                assert line in output, f"{line!r} is not in {output!r}"


@pytest.mark.parametrize("name", PAGES_THAT_ARE_TYPED)
def test_commands_of_a_page_do_what_it_says(
    terminal: Terminal, tmp_path: Path, name: str
) -> None:
    page = DOCS / "how-to" / name
    terminal.type(". .venv/bin/activate\noai-provider serve\n")
    output = ""
    for language, text in _BLOCK.findall(page.read_text("utf-8")):
        if text.startswith("[defaults]"):
            (tmp_path / "sources.toml").write_text(terminal.here(text), "utf-8")
        elif language == "bash":
            output = terminal.type(text)
        elif language == "text":
            for line in text.splitlines():
                assert _is_in(line, output), f"{line!r} is not in {output!r}"
