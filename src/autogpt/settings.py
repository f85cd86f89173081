"""One Settings object: autogpt.toml, AUTOGPT_* in the environment, flags; later ones win."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, cast

import platformdirs
from pydantic import Field, JsonValue, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from autogpt.core.errors import UsageError
from autogpt.core.paths import typed
from autogpt.core.task import Limits

NAME = "autogpt.toml"
_ANYWHERE = frozenset({"lang", "limits", "model", "stronger_model"})
"""What a file in the current folder may set: never where data is kept. If that folder is the run's workspace, its file
may be a stranger's or the agent's own, and must not choose who answers either (`chosen_here`)."""


class Settings(BaseSettings):
    """Read once by a door; every part is then handed the little it needs."""

    model_config = SettingsConfigDict(
        env_prefix="AUTOGPT_",
        env_ignore_empty=True,
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    home: Path = Field(default_factory=lambda: _own("data", "AUTOGPT_HOME"))
    """Where runs, their journal and their artifacts are kept."""
    cache: Path = Field(default_factory=lambda: _own("cache", "AUTOGPT_CACHE"))
    """Where fetched model files are kept."""
    database_url: str | None = None
    """`postgresql+psycopg://...` instead of SQLite files under `home`."""
    model: str = "embedded"
    stronger_model: str | None = None
    """Takes over when the first model is stuck."""
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    """At most so many requests a minute go to a hosted model; no limit of ours if not set."""
    tokens_per_minute: Annotated[int, Field(ge=1)] | None = None
    """Likewise for tokens, prompt and answer together."""
    lang: Literal["en", "zh"] | None = None
    """Language of messages; that of the goal, then of the system, if not set."""
    limits: Limits = Limits()
    """What a run may use unless its task says otherwise."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _Files(settings_cls)


class _Files(PydanticBaseSettingsSource):
    """The current folder's autogpt.toml over the user's own."""

    def get_field_value(self, field: object, field_name: str) -> tuple[object, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, JsonValue]:
        own, here = read_file(user_file()), read_file(Path(NAME))
        if Path(NAME).resolve() == user_file().resolve():
            return own
        for name in sorted(set(here) - _ANYWHERE):
            raise UsageError(
                f"{str(Path(NAME).resolve())!r} sets {name!r}, which only your own settings may: {str(user_file())!r}"
            )
        limits = {**_table(own.get("limits")), **_table(here.get("limits"))}
        return {**own, **here, **({"limits": limits} if limits else {})}


def user_file() -> Path:
    """The user's own settings: AUTOGPT_CONFIG, or autogpt.toml in the platform's configuration folder."""
    named = os.environ.get("AUTOGPT_CONFIG")
    return Path(named) if named else _own("config", "AUTOGPT_CONFIG") / NAME


def _own(kind: Literal["data", "cache", "config"], name: str) -> Path:
    """The platform's folder for what this user's programs keep. Raises UsageError for a user without a home."""
    find = {
        "data": platformdirs.user_data_dir,
        "cache": platformdirs.user_cache_dir,
        "config": platformdirs.user_config_dir,
    }
    try:
        return Path(find[kind]("autogpt", appauthor=False))
    except RuntimeError:
        raise UsageError(f"this user has no home folder; set HOME, or {name}, to a folder you can write to") from None


def read_file(path: Path) -> dict[str, JsonValue]:
    """A settings file, empty if there is none. Raises UsageError for one that cannot be read or is not TOML."""
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UsageError(f"the settings in {str(path)!r} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings in {str(path)!r} are not valid TOML: {error}") from None
    for name in sorted(set(found) - set(Settings.model_fields)):
        raise UsageError(f"{str(path)!r} sets {name!r}, which is no setting; {', '.join(Settings.model_fields)} are")
    return cast(dict[str, JsonValue], found)


def load(**flags: object) -> Settings:
    """Read the settings; flags that are None count as not given. Raises UsageError for what cannot be used."""
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)  # type: ignore[arg-type] - pydantic checks each
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"the setting {where!r} cannot be {first['input']!r}: {first['msg']}") from None
    folders = {"home": typed(settings.home).absolute(), "cache": typed(settings.cache).absolute()}
    return settings.model_copy(update=folders)


def chosen_here() -> tuple[str, ...]:
    """Names of settings by which a file in the current folder decides who answers; empty if that is the user's own."""
    if Path(NAME).resolve() == user_file().resolve():
        return ()
    return tuple(sorted({"model", "stronger_model"} & set(read_file(Path(NAME)))))


def _table(value: JsonValue | None) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}
