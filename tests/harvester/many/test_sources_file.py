"""`sources.toml`: what it can say, and how its faults are told."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.many.places import line_of, lines_of
from oai_provider.harvester.many.source import SecretError, Source
from oai_provider.harvester.many.sources_file import (
    SourcesError,
    load_sources,
    read_sources,
)

_FILE = Path("/data/sources.toml")
_SOURCE = """
[[source]]
name = "a"
base_url = "https://a.example.org/oai"
to = "a.jsonl"
"""


def one(text: str) -> Source:
    return read_sources(text, _FILE)[0]


def faults(text: str) -> list[str]:
    with pytest.raises(SourcesError) as raised:
        read_sources(text, _FILE)
    return [line.removeprefix(f"{_FILE}:") for line in str(raised.value).splitlines()]


def test_source_needs_name_address_and_place_only() -> None:
    source = one(_SOURCE)
    assert (source.formats, source.schedule, source.enabled) == (
        ("oai_dc",),
        "1d",
        True,
    )


def test_source_takes_from_the_defaults_what_it_does_not_say() -> None:
    source = one('[defaults]\nschedule = "6h"\nprove = true\n' + _SOURCE)
    assert (source.schedule, source.prove) == ("6h", True)


def test_tables_of_the_defaults_are_merged_key_by_key() -> None:
    text = f"[defaults.limits]\nper_second = 1\nrecords = 5\n{_SOURCE}"
    limits = one(text + "limits.records = 9").limits
    assert (limits.per_second, limits.records) == (1, 9)


def test_place_holds_the_name_where_it_says_so() -> None:
    text = _SOURCE.replace("a.jsonl", "{name}/")
    assert one(text).place == "/data/a/"


def test_paths_are_taken_from_the_folder_of_the_file() -> None:
    text = _SOURCE + '[source.connection]\nca_file = "ca.pem"'
    assert one(text).connection.ca_file == Path("/data/ca.pem")


def test_url_of_a_store_stays_as_it_is() -> None:
    text = _SOURCE.replace("a.jsonl", "postgresql+psycopg://h/d")
    assert one(text).place == "postgresql+psycopg://h/d"


def test_host_is_told_without_port_and_capitals() -> None:
    assert one(_SOURCE.replace("a.example.org", "A.Example.ORG:8080")).host == (
        "a.example.org"
    )


def test_limits_become_those_of_the_order() -> None:
    source = one(_SOURCE + "limits = { per_second = 4, records = 7, read_timeout = 3 }")
    order = source.order({})
    assert (order.most, order.connecting.per_second) == (7, 4)
    assert order.connecting.read_timeout == 3
    assert source.spacing == timedelta(seconds=0.25)


def test_day_of_toml_is_a_datestamp() -> None:
    assert one(_SOURCE + "from = 2024-01-01").order({}).from_ == "2024-01-01"


def test_second_of_toml_is_a_datestamp() -> None:
    order = one(_SOURCE + "until = 2024-01-01T10:00:00Z").order({})
    assert order.until == "2024-01-01T10:00:00Z"


# Secrets.


def test_secret_is_read_from_the_variable_that_is_named() -> None:
    source = one(_SOURCE + 'auth = { bearer_env = "TOKEN" }')
    assert source.order({"TOKEN": "abc"}).connecting.bearer == "abc"


def test_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc\n")
    text = _SOURCE + f'auth = {{ user = "u", password_file = "{tmp_path}/secret" }}'
    assert one(text).order({}).connecting.password == "abc"


def test_header_is_sent_with_what_a_variable_holds() -> None:
    source = one(_SOURCE + 'auth = { headers_env = { X-Key = "KEY" } }')
    assert source.order({"KEY": "abc"}).connecting.headers == (("X-Key", "abc"),)


def test_variable_that_is_not_set_is_told_by_name() -> None:
    source = one(_SOURCE + 'auth = { bearer_env = "TOKEN" }')
    with pytest.raises(SecretError, match="source a: the environment variable TOKEN"):
        source.order({})


def test_password_in_a_url_is_refused_and_not_told() -> None:
    told = faults(_SOURCE.replace("//a.", "//me:geheim@a."))
    assert "user name" in told[0]
    assert "geheim" not in told[0]


# Faults.


def test_every_fault_is_told_with_its_line() -> None:
    text = _SOURCE + 'schedule = "x"\nlimits = { records = 0 }\n'
    assert [fault.split(":")[0] for fault in faults(text)] == ["6", "7"]


def test_unknown_key_is_refused_with_the_nearest() -> None:
    assert faults(_SOURCE + 'fromats = ["mods"]') == [
        "6: source a: fromats: there is no such key; did you mean formats?"
    ]


def test_key_that_belongs_into_a_table_is_sent_there() -> None:
    told = faults(_SOURCE + "per_second = 1")
    assert told[0].endswith("did you mean limits.per_second?")


def test_unknown_key_that_is_near_to_none_is_told_what_there_is() -> None:
    assert "known here are name, base_url" in faults(_SOURCE + "zzz = 1")[0]


def test_unknown_table_is_refused_with_the_nearest() -> None:
    assert "did you mean defaults?" in faults(_SOURCE + "[default]")[0]


def test_two_sources_of_a_name_are_refused() -> None:
    told = faults(_SOURCE + _SOURCE.replace('"a"', '"A"').replace("a.jsonl", "b/"))
    assert [fault.partition(":")[0] for fault in told] == ["3", "8"]


def test_two_sources_of_a_place_are_refused() -> None:
    told = faults(_SOURCE + _SOURCE.replace('"a"', '"b"'))
    assert told[0].endswith(": a.jsonl is of another source, too: write {name} in it")


def test_sources_may_share_a_store() -> None:
    text = _SOURCE.replace("a.jsonl", "sqlite:////data/all.db")
    assert len(read_sources(text + text.replace('"a"', '"b"'), _FILE)) == 2


def test_fault_of_the_defaults_is_told_once() -> None:
    text = '[defaults]\nschedule = "x"\n' + _SOURCE + _SOURCE.replace('"a"', '"b"')
    told = [fault for fault in faults(text) if "schedule" in fault]
    assert len(told) == 1
    assert told[0].startswith("2: defaults: schedule")


def test_name_among_the_defaults_is_refused() -> None:
    assert "each source has its own" in faults('[defaults]\nname = "x"\n' + _SOURCE)[0]


def test_until_before_from_is_refused() -> None:
    told = faults(_SOURCE + "from = 2024-02-01\nuntil = 2024-01-01")
    assert told == ["2: source a: from 2024-02-01 is after until 2024-01-01"]


def test_file_without_sources_is_refused() -> None:
    assert "there is no source" in faults("[defaults]")[0]


def test_file_that_is_no_toml_is_told_with_line_and_column() -> None:
    with pytest.raises(SourcesError, match="at line 2, column 5"):
        read_sources("\nname\n", _FILE)


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="cannot read"):
        load_sources(tmp_path / "none.toml")


def test_names_that_are_no_names_are_refused() -> None:
    assert "is not a name" in faults(_SOURCE.replace('"a"', '"../a"'))[0]


@given(st.text())
def test_lines_of_any_text_can_be_read(text: str) -> None:
    assert line_of(("source", 0), lines_of(text)) >= 1
