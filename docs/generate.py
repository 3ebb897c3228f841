"""Writes the reference pages that follow from the code and from the tests.

`python docs/generate.py` writes them, `--check` fails if one is not as it would be
written. What is said here is said once: in a setting's description, a command's help,
a format's table, a model's docstring, a clause's entry.
"""

import json
import pkgutil
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click
from page_tables import escaped, table
from pydantic.fields import FieldInfo
from rule_pages import rule_pages

import oai_provider
from oai_provider.cli import main as commands
from oai_provider.config import PREFIX, Config, settings
from oai_provider.errors import OaiProviderError
from oai_provider.metadata.format import Format, load_formats
from oai_provider.metadata.item import Item
from oai_provider.metadata.journal_profile import PLACEHOLDERS, JournalProfile
from oai_provider.metadata.short_forms import shape_of
from oai_provider.metadata.text import Part
from oai_provider.testing.hostile import FAULTS

DOCS: Final = Path(__file__).parent
CLAUSES: Final = DOCS.parent / "tests" / "spec" / "clauses.toml"
OUTCOMES: Final = DOCS.parent / "tests" / "harvester" / "outcomes" / "outcomes.toml"
_WIDTH: Final = 80

# Conformance.

_DOCUMENTS: Final = {
    "2": "Definitions and concepts",
    "3": "Protocol features",
    "4": "Requests and responses",
    "5": "Dublin Core",
    "repository": "Guidelines for repository implementers",
    "aggregator": "Guidelines for aggregators, caches and proxies",
    "oai-identifier": "OAI identifiers",
    "friends": "Friends",
    "branding": "Branding",
    "eprints": "E-prints",
    "rights": "Rights",
    "provenance": "Provenance",
}
_STATUSES: Final = {
    "open": "not kept yet",
    "otherwise": "a recommendation not followed, on purpose",
    "not used": "about something optional that this software does not have",
    "operator": "in the hands of whoever runs the repository",
}


def conformance() -> Iterator[str]:
    """Yield the page of clauses and the tests that prove them."""
    clauses = tomllib.loads(CLAUSES.read_text("utf-8"))["clause"]
    yield "# Conformance\n"
    yield (
        "Every requirement of [OAI-PMH 2.0]"
        "(https://www.openarchives.org/OAI/openarchivesprotocol.html) and of its"
        " [implementation guidelines]"
        "(https://www.openarchives.org/OAI/2.0/guidelines.htm) that binds a repository,"
        " in our words, and the tests that prove it. A clause without a test fails the"
        " build; so does a page that is not up to date.\n"
    )
    yield from _totals(clauses)
    for document, title in _DOCUMENTS.items():
        yield f"\n## {title}\n"
        rows = [c for c in clauses if _document(c["id"]) == document]
        yield from table(("clause", "level", "requirement", "proof"), map(_row, rows))


def _document(clause: str) -> str:
    section = clause.rpartition("-")[0]
    return section[0] if section[0].isdigit() else section.rpartition("-")[0]


def _totals(clauses: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    levels = Counter(clause["level"] for clause in clauses)
    told = ", ".join(f"{n} {level}" for level, n in levels.most_common())
    yield f"{len(clauses)} clauses: {told}.\n"
    statuses = Counter(c["status"] for c in clauses if "status" in c)
    rows = [
        (f"*{status}*", str(statuses[status]), said)
        for status, said in _STATUSES.items()
        if statuses[status]
    ]
    yield "Those that no test proves:\n"
    yield from table(("", "clauses", "that is"), rows)


def _row(clause: Mapping[str, Any]) -> tuple[str, ...]:
    names = (test.partition("::")[2] for test in clause.get("tests", ()))
    proof = ", ".join(f"`{name}`" for name in names)
    if "status" in clause:
        proof = f"*{clause['status']}*: {clause['reason']}"
    return clause["id"], clause["level"], clause["text"], proof


# Settings.

_EXAMPLE: Final = """\
[repository]
name = "Example Repository"
base_url = "https://repository.example.org/oai"
identifier = "repository.example.org"
admin_emails = ["library@example.org", "it@example.org"]

[repository.friends]
base_urls = ["https://archive.example.org/oai"]

[repository.branding.icon]
url = "https://repository.example.org/icon.png"
link = "https://repository.example.org/"
title = "Example Repository"
width = 88
height = 31

[[repository.branding.renderings]]
url = "https://repository.example.org/dc.xsl"
metadata_namespace = "http://www.openarchives.org/OAI/2.0/oai_dc/"
mime_type = "text/xsl"

[repository.eprints]
content = {texts = ["Articles of one journal"]}
metadata_policy = {texts = ["Free for every use"]}
data_policy = {urls = ["https://repository.example.org/policy"]}

[[repository.rights_manifest.rights]]
reference = "https://creativecommons.org/publicdomain/zero/1.0/"

[[repository.sets]]
spec = "history:asia"
name = "History of Asia"
description = "Articles on the history of Asian countries"
"""


def settings_page() -> Iterator[str]:
    """Yield the page of settings."""
    yield "# Settings\n"
    yield (
        "One TOML file, `oai-provider.toml` in the current folder or named by"
        " `--config` or the environment variable `OAI_PROVIDER_CONFIG`, and environment"
        " variables over it; options of the command line win over both. Lists and"
        " tables in variables are written as JSON. Keys that do not exist are refused,"
        " and all problems are told at once.\n"
    )
    for section, info in Config.model_fields.items():
        if section == "journals":
            yield from _journals()
            continue
        yield f"\n## [{section}]\n"
        said = getattr(info.annotation, "__doc__", None) or ""
        yield f"{said.strip()}\n"
        found = [(n, i) for n, i in settings() if n.startswith(f"{section}.")]
        rows = (_setting(name, field) for name, field in found)
        yield from table(("setting", "default", "what it is", "variable"), rows)
    yield "\n## Everything a repository can say of itself\n"
    yield f"```toml\n{_EXAMPLE}```"


_JOURNAL: Final = """\
[journals.coast]
title = {value = "Annals of the Coast", lang = "en"}
pissn = "2049-3630"
eissn = "2049-3649"
publisher = "Press of the Coast"
language = "en"
rights = {access = "open", license = "CC-BY-4.0"}
name_order = "family-first"
landing_page = "https://journal.example.org/{year}/{issue}/{id}"
"""


def _journals() -> Iterator[str]:
    yield "\n## [journals.NAME]\n"
    yield (
        "What all items of a journal share, a table a journal; `NAME` is what an item's"
        " `journal` calls it. An item that says nothing of these has them from here in"
        " all its records, and is stored as it was given. It is of the journal that it"
        " names, else of that which has its ISSN, else of the only one with the title"
        " of its host. As one variable, `OAI_PROVIDER__JOURNALS`.\n"
    )
    fields = JournalProfile.model_fields.items()
    rows = ((f"`{name}`", field.description or "") for name, field in fields)
    yield from table(("field", "what it is"), rows)
    yield "\nShort forms are those of an [item](item.md):\n"
    yield f"```toml\n{_JOURNAL}```"
    names = ", ".join(f"`{{{name}}}`" for name in sorted(PLACEHOLDERS))
    yield (
        f"\n`landing_page` may hold {names}. Nothing is filled that would contradict"
        " the item: what has an embargo or closed files is not called open, terms are"
        " not added to others, and an address is not made where a part of it is"
        " missing. A record that an item brings as XML of its own is served as it is."
        " After a change, `oai-provider rebuild` makes the records anew; only those"
        " that differ get a new datestamp.\n"
    )


def _setting(name: str, field: FieldInfo) -> tuple[str, ...]:
    variable = PREFIX + name.upper().replace(".", "__")
    default = "" if field.default in (None, ()) else f"`{_toml(field.default)}`"
    return f"`{name}`", default, field.description or "", f"`{variable}`"


def _toml(value: object) -> str:
    return json.dumps(value)


# Commands.


def commands_page() -> Iterator[str]:
    """Yield the page of commands, exit codes and errors."""
    yield "# Commands\n"
    yield (
        "Exit codes: 0 done, 1 something was refused, 2 the call itself was wrong;"
        " `harvest` has more.\n"
    )
    for name, command in _commands("oai-provider", commands):
        yield f"\n## {name}\n"
        # The names of --help are those of the group's context.
        context = click.Context(
            command,
            info_name=name,
            terminal_width=_WIDTH,
            help_option_names=["-h", "--help"],
        )
        yield f"```text\n{command.get_help(context)}\n```\n"
    yield "\n## Errors\n"
    yield (
        "Commands tell errors in words. In Python they are exceptions, all of them"
        " `oai_provider.errors.OaiProviderError`:\n"
    )
    rows = ((f"`{e.__name__}`", f"`{e.__module__}`", _summary(e)) for e in errors())
    yield from table(("exception", "module", "when"), rows)


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            sub = command.get_command(context, word)
            # The help of the group tells of those that are hidden.
            if sub and not sub.hidden:
                yield from _commands(f"{name} {word}", sub)


def errors() -> list[type[OaiProviderError]]:
    """Return every exception that users may meet, by name."""
    # Migrations run when they are imported; the kit for tests needs pytest.
    skipped = ("oai_provider.store.migrations", "oai_provider.testing")
    prefix = f"{oai_provider.__name__}."
    for module in pkgutil.walk_packages(oai_provider.__path__, prefix):
        if not module.name.startswith(skipped):
            import_module(module.name)
    # Not those of tests, which may be loaded.
    ours = (e for e in _below(OaiProviderError) if e.__module__.startswith(prefix))
    found = {e for e in ours if not e.__name__.startswith("_")}
    return sorted(found, key=lambda e: (e.__name__, e.__module__))


def _below(kind: type[OaiProviderError]) -> Iterator[type[OaiProviderError]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _below(sub)


# Formats.


def formats_page() -> Iterator[str]:
    """Yield the page of metadata formats."""
    yield "# Metadata formats\n"
    yield (
        "Every field of an [item](item.md) is said in a format, or stands in the"
        " format's table of what it cannot say. How to add one:"
        " [add a metadata format](../how-to/format.md).\n"
    )
    for format_ in load_formats().values():
        yield from _format(format_)


def _format(format_: Format) -> Iterator[str]:
    yield f"\n## {format_.metadata_prefix}\n"
    read = "read and written" if format_.read else "written"
    rows = (("schema", format_.schema), ("namespace", format_.namespace))
    yield from table(("", read), ((name, f"`{value}`") for name, value in rows))
    yield "\nWhat it does not say:\n"
    said = ((f"`{name}`", reason) for name, reason in format_.unsaid.items())
    yield from table(("field", "because it"), said)


# The item.


def item_page() -> Iterator[str]:
    """Yield the page of the item model."""
    schema = Item.model_json_schema(by_alias=True)
    parts: dict[str, Any] = schema.pop("$defs")
    yield "# The item\n"
    yield (
        "What a repository holds: one thing, and all that is said of it. Written as"
        " YAML or JSON; [item.schema.json](item.schema.json) is its JSON Schema, for"
        " editors. Fields that do not exist are refused with their path. In YAML all"
        " scalars are read as text, so that `05` stays `05` and `no` stays Norwegian."
        " One value may stand where a list belongs.\n"
    )
    models = {model.__name__: model for model in _models(Item)}
    for name in ("Item", *sorted(parts)):
        heading = "Fields" if name == "Item" else name
        yield f"\n## {heading}\n"
        yield from _model(models[name], schema if name == "Item" else parts[name])


def _models(model: type[Part]) -> Iterator[type[Part]]:
    found: dict[type[Part], None] = {model: None}
    waiting = [model]
    while waiting:
        for nested in shape_of(waiting.pop()).nested.values():
            if nested.model is not None and nested.model not in found:
                found[nested.model] = None
                waiting.append(nested.model)
    return iter(found)


def _model(model: type[Part], schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"{_summary(model)}\n"
    required = schema.get("required", ())
    rows = (
        (f"`{name}`", _kind(field), "required" if name in required else "")
        for name, field in schema["properties"].items()
    )
    yield from table(("field", "holds", ""), rows)
    if model.scalar_field:
        yield f"\nA value alone is its `{model.scalar_field}`.\n"
    if model.plural_field:
        yield f"\n`{model.plural_field}` gives several at once, alike but for it.\n"
    if model.shorts:
        yield "\nShort forms:\n"
        yield from table(("written", "read as"), _shorts(model))


def _shorts(model: type[Part]) -> Iterator[tuple[str, str]]:
    for name, short in model.shorts.items():
        implied = ", ".join(f"`{k}: {v}`" for k, v in short.implies.items())
        told = f" with {implied}" if implied else ""
        yield f"`{name}`", f"`{short.stands_for}`{told}"


_WORDS: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
}


def _kind(field: Mapping[str, Any]) -> str:
    """Return in words what a field holds, by its JSON Schema."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        kinds = [_kind(one) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    type_ = field.get("type")
    if type_ == "array":
        return f"a list of {_kind(field['items'])}" if "items" in field else "a list"
    if type_ == "object":
        return f"by name, {_kind(field['additionalProperties'])}"
    return _WORDS["string" if isinstance(type_, list) else str(type_)]


# Faults.


def faults_page() -> Iterator[str]:
    """Yield the page of what can be wrong with an endpoint, and what comes of it."""
    outcomes = tomllib.loads(OUTCOMES.read_text("utf-8"))
    yield "# Faults of endpoints\n"
    yield (
        "What can be wrong with an endpoint, and what a harvest of it comes to: of 20"
        " records on pages of 5, by sickle 0.7 with retries, as measured, and by"
        " `oai-provider harvest`. A test harvests every one of them and compares. Each"
        " is a fault of `oai_provider.testing.hostile`, for tests of other harvesters"
        " too.\n"
    )
    yield f"{len(outcomes)} faults.\n"
    head = ("fault", "what is wrong", "seen at", "sickle", "verdict", "kept", "told")
    rows = (_fault(name, outcome) for name, outcome in outcomes.items())
    yield from table((*head, "requests at most"), rows)


def _fault(name: str, outcome: Mapping[str, Any]) -> tuple[str, ...]:
    fault = FAULTS[name]
    told = escaped("; ".join(outcome.get("names", ())))
    ours = outcome["verdict"], outcome["arrives"], told, str(outcome["requests"])
    return (
        f"`{name}`",
        escaped(fault.description),
        fault.source,
        outcome["sickle"],
        *ours,
    )


# Pages.

PAGES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "conformance.md": conformance,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "formats.md": formats_page,
    "item.md": item_page,
    "faults.md": faults_page,
    **rule_pages(),
}


def _summary(documented: type) -> str:
    return (documented.__doc__ or "").partition("\n\n")[0].replace("\n    ", " ")


def written(name: str) -> str:
    """Return a page as it should be."""
    return "\n".join(PAGES[name]()).rstrip("\n") + "\n"


def stale(folder: Path) -> list[str]:
    """Return the names of the pages in a folder that are not as they should be."""
    return [
        name
        for name in PAGES
        if not (folder / name).is_file()
        or (folder / name).read_text("utf-8") != written(name)
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    folder = DOCS / "reference"
    if list(arguments) == ["--check"]:
        found = stale(folder)
        for name in found:
            sys.stderr.write(f"{folder / name} is out of date: run docs/generate.py\n")
        return bool(found)
    for name in stale(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(written(name), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
