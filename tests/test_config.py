"""Settings come from the file, the environment and the command line, or not at all."""

from datetime import timedelta
from pathlib import Path

import pytest

from oai_provider.config import Config, ConfigError, load_config, settings
from oai_provider.protocol.datestamp import Granularity


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration file in the current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "oai-provider.toml"


def _problems(file: Path | None = None) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load_config(file)
    return str(error.value).splitlines()[1:]


@pytest.mark.usefixtures("toml")
def test_without_a_file_every_setting_has_its_default() -> None:
    assert load_config().model_dump() == Config().model_dump()


def test_the_file_in_the_current_folder_is_read(toml: Path) -> None:
    toml.write_text('[store]\nurl = "sqlite:///here.db"\n')
    assert load_config().store.url == "sqlite:///here.db"


def test_a_named_file_is_read_instead(toml: Path, tmp_path: Path) -> None:
    toml.write_text('[store]\nurl = "sqlite:///here.db"\n')
    other = tmp_path / "other.toml"
    other.write_text('[store]\nurl = "sqlite:///other.db"\n')
    assert load_config(other).store.url == "sqlite:///other.db"


def test_the_environment_wins_over_the_file(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml.write_text('[store]\nurl = "sqlite:///here.db"\n')
    monkeypatch.setenv("OAI_PROVIDER__STORE__URL", "sqlite:///environment.db")
    assert load_config().store.url == "sqlite:///environment.db"


@pytest.mark.usefixtures("toml")
def test_the_command_line_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OAI_PROVIDER__STORE__URL", "sqlite:///environment.db")
    overrides = {"store": {"url": "sqlite:///line.db"}}
    assert load_config(None, overrides).store.url == "sqlite:///line.db"


@pytest.mark.usefixtures("toml")
def test_a_setting_not_given_on_the_command_line_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OAI_PROVIDER__SERVER__PORT", "9000")
    overrides = {"server": {"port": None, "workers": 2}}
    server = load_config(None, overrides).server
    assert (server.port, server.workers) == (9000, 2)


def test_file_and_environment_share_a_section(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml.write_text('[repository]\nname = "From the file"\n')
    monkeypatch.setenv("OAI_PROVIDER__REPOSITORY__IDENTIFIER", "lib.example.org")
    repository = load_config().repository
    assert (repository.name, repository.identifier) == (
        "From the file",
        "lib.example.org",
    )


@pytest.mark.usefixtures("toml")
def test_a_list_in_the_environment_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "OAI_PROVIDER__REPOSITORY__ADMIN_EMAILS", '["a@lib.example.org", "b@x.org"]'
    )
    assert load_config().repository.admin_emails == ("a@lib.example.org", "b@x.org")


def test_all_problems_are_reported_together(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml.write_text(
        '[repository]\nnme = "X"\nbase_url = "ftp://x/oai"\n[lists]\npage_size = 501\n'
    )
    monkeypatch.setenv("OAI_PROVIDER__STOER__URL", "sqlite://")
    assert _problems() == [
        (
            "OAI_PROVIDER__STOER__URL: there is no section stoer;"
            " there is repository, store, lists, schemas, server, journals"
        ),
        (
            "repository.base_url: 'ftp://x/oai' is not an http(s) URL: write"
            " https://host/oai, with %20 for spaces and letters of other scripts"
        ),
        "repository.nme: there is no such setting; did you mean repository.name?",
        "lists.page_size: 501 is too large: write 500 or less",
    ]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("[stoer]", "stoer: there is no such setting; did you mean store?"),
        (
            "[server]\nlog = 1",
            "server.log: there is no such setting",
        ),
        (
            "[store]\nport = 1",
            "store.port: there is no such setting; did you mean server.port?",
        ),
        (
            "[repository.branding.icon]\nurl = 'https://x.org/i'\nhight = 1",
            (
                "repository.branding.icon.hight: there is no such setting;"
                " did you mean repository.branding.icon.height?"
            ),
        ),
        (
            "[[repository.sets]]\nspec = 'a'\nnme = 'A'\nname = 'A'",
            (
                "repository.sets.0.nme: there is no such setting;"
                " did you mean repository.sets.0.name?"
            ),
        ),
        (
            "[[repository.sets]]\nspec = 'a'",
            "repository.sets.0.name: is missing: a value is needed here",
        ),
        (
            "[repository]\nsets = [3]",
            (
                "repository.sets.0: 3 is not a mapping of fields to values:"
                " write its fields by name"
            ),
        ),
        (
            "[repository]\nfriends = 3",
            (
                "repository.friends: 3 is not a mapping of fields to values:"
                " write its fields by name"
            ),
        ),
        (
            "[repository]\nbase_url = 3",
            "repository.base_url: 3 is not text: write it in quotes",
        ),
        (
            "[repository]\nadmin_emails = 'a@b.org'",
            (
                "repository.admin_emails: 'a@b.org' is not a list:"
                " write its values in brackets, [a, b]"
            ),
        ),
        (
            "[repository]\nadmin_emails = []",
            "repository.admin_emails: is empty: a value is needed here",
        ),
        (
            "[repository]\ngranularity = 'secnd'",
            (
                "repository.granularity: 'secnd' is not known here:"
                " write 'day' or 'second'; did you mean second?"
            ),
        ),
        (
            "[repository]\ntells_left_sets = 'perhaps'",
            (
                "repository.tells_left_sets: 'perhaps' is not true or false:"
                " write one of the two"
            ),
        ),
        ("[store]\npool_size = 0", "store.pool_size: 0 is too small: write 1 or more"),
        (
            "[store]\npool_size = 1.5",
            (
                "store.pool_size: 1.5 is not a whole number:"
                " write it in digits, such as 100"
            ),
        ),
        (
            "[lists]\npage_bytes = 'x'",
            (
                "lists.page_bytes: 'x' is not a whole number:"
                " write it in digits, such as 100"
            ),
        ),
        (
            "[lists]\npage_bytes = inf",
            (
                "lists.page_bytes: inf is not a whole number:"
                " write it in digits, such as 100"
            ),
        ),
        (
            "[lists]\ntoken_lifetime = 10000000000000",
            (
                "lists.token_lifetime: 10000000000000 is too large:"
                " write 316224000 or less"
            ),
        ),
        (
            "[schemas]\nfolder = 3",
            "schemas.folder: 3 is not text: write it in quotes",
        ),
        (
            "[server]\nhost = ''",
            "server.host: is blank: write 127.0.0.1, or 0.0.0.0 for every address",
        ),
        (
            "[repository]\nbase_url = 'https://x.org/a/../oai'",
            (
                "repository.base_url: 'https://x.org/a/../oai' has . or .. between"
                " slashes: leave them out"
            ),
        ),
    ],
)
def test_a_problem_is_told_with_setting_value_and_remedy(
    toml: Path, setting: str, message: str
) -> None:
    toml.write_text(setting)
    assert _problems() == [message]


def test_a_token_may_live_for_ten_years(toml: Path) -> None:
    toml.write_text("[lists]\ntoken_lifetime = 315576000\n")
    assert load_config().lists.lifetime == timedelta(days=3652.5)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "token_keys = 'sesame'",
            (
                "lists.token_keys: what is given is not a list:"
                " write its values in brackets, [a, b]"
            ),
        ),
        (
            "token_keys = ['sesame']",
            "lists.token_keys.0: is too short: write 32 characters or more",
        ),
    ],
)
def test_a_secret_is_told_in_no_message(toml: Path, setting: str, message: str) -> None:
    toml.write_text(f"[lists]\n{setting}\n")
    assert _problems() == [message]


def test_a_password_is_told_in_no_message(toml: Path) -> None:
    toml.write_text(
        "[repository]\nbase_url = 'https://me:sesame@x.org/a b'\n"
        "[store]\nurl = ['postgresql://me:sesame@host/db']\n"
    )
    problems = _problems()
    assert [problem.partition(":")[0] for problem in problems] == [
        "repository.base_url",
        "store.url",
    ]
    assert "sesame" not in "".join(problems)


def test_a_password_is_not_shown(toml: Path) -> None:
    toml.write_text("[store]\nurl = 'postgresql://me:sesame@host/db'\n")
    assert "sesame" not in repr(load_config())


def test_a_file_that_is_no_toml_is_named(toml: Path) -> None:
    toml.write_text("[store\n")
    with pytest.raises(ConfigError, match=r"oai-provider\.toml is not TOML"):
        load_config()


@pytest.mark.usefixtures("toml")
def test_a_missing_file_is_named() -> None:
    with pytest.raises(
        ConfigError, match=r"there is no configuration file absent\.toml"
    ):
        load_config(Path("absent.toml"))


def test_a_file_in_another_encoding_is_named(toml: Path) -> None:
    toml.write_bytes('[repository]\nname = "Ж"\n'.encode("koi8-r"))
    with pytest.raises(ConfigError, match=r"oai-provider\.toml is not in UTF-8"):
        load_config()


def test_a_file_that_cannot_be_read_is_named() -> None:
    # Its first bytes are nobody's to read, not even root's.
    file = Path("/proc/self/mem")
    with pytest.raises(ConfigError, match=r"cannot read /proc/self/mem: "):
        load_config(file)


def test_a_name_no_file_can_have_is_told() -> None:
    with pytest.raises(ConfigError, match=r"cannot read x{5}.*: File name too long"):
        load_config(Path("x" * 5_000))


@pytest.mark.usefixtures("toml")
@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("LISTS__TOKEN_KEYS", "sesame", "Expecting value: line 1 column 1 (char 0)"),
        (
            "LISTS__TOKEN_KEYS",
            '["sesame"',
            "Expecting ',' delimiter: line 1 column 10 (char 9)",
        ),
        ("LISTS", "sesame", "Expecting value: line 1 column 1 (char 0)"),
        (
            "REPOSITORY__ADMIN_EMAILS",
            "a@x.org",
            "Expecting value: line 1 column 1 (char 0)",
        ),
    ],
)
def test_what_is_no_json_is_told_by_its_variable_and_never_by_its_value(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(f"OAI_PROVIDER__{setting}", value)
    remedy = "write lists and tables in variables as JSON"
    assert _problems() == [f"OAI_PROVIDER__{setting}: is not JSON: {reason}: {remedy}"]


def test_a_section_that_is_none_is_refused_beside_the_command_line(
    tmp_path: Path,
) -> None:
    file = tmp_path / "x.toml"
    file.write_text('repository = 3\nserver = "x"\n')
    with pytest.raises(ConfigError) as raised:
        load_config(file, {"repository": {"base_url": None}, "server": {}})
    assert [line[:6] for line in str(raised.value).splitlines()[1:]] == [
        "reposi",
        "server",
    ]


def test_a_list_whose_entry_is_wrong_is_told_of_once(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text('[repository]\nadmin_emails = ["foo"]\n')
    with pytest.raises(ConfigError) as raised:
        load_config(file)
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("base_url", "repository.example.org/oai"),
        ("base_url", "https://repository.example.org"),
        ("base_url", "https://repository.example.org/oai?x=1"),
        ("base_url", "https://repository.example.org/oai#top"),
        ("base_url", "https:///oai"),
        ("base_url", "https://user:secret@repository.example.org/oai"),
        ("base_url", "https://repository.example.org/items"),
        ("base_url", "https://repository.example.org/repo/static/"),
        ("base_url", "http://exa mple.org/my <oai>"),
        ("base_url", "http://пример.рф/oai"),
        ("base_url", "http://repository.example.org:abc/oai"),
        ("base_url", "http://repository.example.org:65536/oai"),
        ("base_url", "http://[::1/oai"),
        ("base_url", "https://repository.example.org/../oai"),
        ("base_url", "https://repository.example.org/%2E%2e/oai"),
        ("identifier", "localhost"),
        ("identifier", "repository.example.org "),
        ("granularity", "minute"),
        ("name", " "),
        ("name", "a\\u0001b"),
    ],
)
def test_a_value_the_protocol_does_not_allow_is_refused(
    toml: Path, setting: str, value: str
) -> None:
    toml.write_text(f'[repository]\n{setting} = "{value}"\n')
    assert _problems()[0].startswith(f"repository.{setting}: ")


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@b", "a b@lib.example.org", "\\u0001@lib.example.org"],
)
def test_an_address_the_schema_does_not_allow_is_refused(
    toml: Path, email: str
) -> None:
    toml.write_text(f'[repository]\nadmin_emails = ["{email}"]\n')
    assert _problems()[0].startswith("repository.admin_emails.0: ")


def test_there_is_at_least_one_address(toml: Path) -> None:
    toml.write_text("[repository]\nadmin_emails = []\n")
    assert _problems()[0].startswith("repository.admin_emails: ")


def test_a_set_needs_a_legal_spec(toml: Path) -> None:
    toml.write_text('[[repository.sets]]\nspec = "a b"\nname = "X"\n')
    assert _problems()[0].startswith("repository.sets.0.spec: ")


@pytest.mark.parametrize("description", ["", " ", "a\\u0001b"])
def test_a_set_is_described_in_words_or_not_at_all(
    toml: Path, description: str
) -> None:
    toml.write_text(
        f'[[repository.sets]]\nspec = "a"\nname = "X"\ndescription = "{description}"\n'
    )
    assert _problems()[0].startswith("repository.sets.0.description: ")


def test_a_token_key_is_long_and_never_shown(toml: Path) -> None:
    toml.write_text('[lists]\ntoken_keys = ["0123456789abcdef0123456789abcdef"]\n')
    config = load_config()
    assert "0123456789abcdef" not in repr(config)
    toml.write_text('[lists]\ntoken_keys = ["short"]\n')
    assert _problems()[0].startswith("lists.token_keys.0: ")


def test_the_base_url_is_where_the_server_listens_unless_given(toml: Path) -> None:
    toml.write_text('[server]\nhost = "127.0.0.2"\nport = 9000\n')
    assert load_config().base_url == "http://127.0.0.2:9000/oai"
    toml.write_text('[server]\nhost = "::1"\n')
    assert load_config().base_url == "http://[::1]:8080/oai"
    toml.write_text('[repository]\nbase_url = "https://lib.example.org/oai"\n')
    assert load_config().base_url == "https://lib.example.org/oai"


def test_values_come_as_the_protocol_needs_them(toml: Path) -> None:
    toml.write_text(
        '[repository]\ngranularity = "day"\n[lists]\ntoken_lifetime = 3600\n'
    )
    config = load_config()
    assert config.repository.datestamps is Granularity.DAY
    assert config.lists.lifetime == timedelta(hours=1)
    assert Config().lists.lifetime is None


def test_every_setting_is_described() -> None:
    assert [name for name, info in settings() if not info.description] == []


def test_a_set_that_is_named_twice_is_refused(toml: Path) -> None:
    declared = '[[repository.sets]]\nspec = "a"\nname = "A"\n'
    toml.write_text(declared * 2)
    assert _problems() == ["repository.sets: the set a stands there twice: keep one"]


def test_a_rule_is_read_with_its_set(toml: Path) -> None:
    toml.write_text(
        '[[repository.sets]]\nspec = "ru"\nname = "R"\nrule = {languages = "ru"}\n'
    )
    (declared,) = load_config().repository.sets
    assert declared.rule is not None
    assert declared.rule.table == {"languages": "ru"}


def test_a_rule_that_makes_no_sense_is_told_with_its_set(toml: Path) -> None:
    toml.write_text(
        '[[repository.sets]]\nspec = "ru"\nname = "R"\nrule = {langages = "ru"}\n'
    )
    assert _problems() == [
        (
            "repository.sets.0.rule: langages: there is no such field;"
            " did you mean languages?"
        )
    ]
