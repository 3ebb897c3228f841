"""Whatever others check of endpoints is a rule here, or it is said why not."""

import tomllib
from pathlib import Path
from typing import Final

import pytest
from validator.world import CHECKS

_LISTS: Final[dict[str, dict[str, list[str] | str]]] = tomllib.loads(
    Path(__file__).with_name("checks.toml").read_text("utf-8")
)
_CODES: Final = {one.code for one in CHECKS}


@pytest.mark.parametrize("of", _LISTS)
def test_every_check_is_a_rule_or_has_a_reason(of: str) -> None:
    for what, told in _LISTS[of].items():
        assert told, what
        assert isinstance(told, str) or {*told} <= _CODES, what
