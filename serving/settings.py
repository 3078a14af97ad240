"""All settings, in one class with one source for command line, environment and file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from conversation.errors import DefinitionInvalid
from models import default_data_dir, default_models_dir

CONFIG_FILE = "entendu.toml"


class Settings(BaseSettings):
    """What can be set, and its default.

    A value is taken from the command line, else from the environment (``ENTENDU_DEVICE=cuda``),
    else from ``entendu.toml`` in the working folder (or the file that ``ENTENDU_CONFIG`` names),
    else from here.

    Attributes:
        data_dir: Folder of everything that Entendu keeps (store, recordings, caches).
        models_dir: Folder of the models.
        device: ``cpu``, ``cuda`` (``cuda:1`` for the second GPU), or ``auto``: the GPU where there
            is one.
        compute_type: Number format of the transcription model as CTranslate2 names it;
            ``auto``: ``int8`` on the CPU, ``float16`` on a GPU. ``int8_float16`` takes half the
            memory of a GPU.
        threads: CPU threads for the models; 0: as many as this process may use.
        transcription_model: A name in the catalogue, a name that faster-whisper knows
            (``large-v3-turbo``) or ``owner/name`` on the hub, once fetched, or a folder with a
            faster-whisper model.
        embedding_model: A name in the catalogue, or a sentence-transformers folder.
        language: ``fr``, ``en``, or ``auto``: found for each conversation.
        kb: Folder of knowledge documents; None: questions are found but not answered.
        reasons: A shipped taxonomy (``telecom``, ``banque``, ``ecommerce``), a YAML file, or a
            folder that ``entendu train reasons`` wrote; None: all shipped ones together.
        routing: A shipped routing table (``telecom``, ``banque``, ``ecommerce``) or a YAML file;
            None: the shipped table of the sector of the contact's reason.
        centre: YAML file with the centre's products, order and customer numbers; None: none.
        redact: What is removed before anything is kept: ``cards`` (always), ``default`` (all
            personal data but references of companies and orders), or a policy's YAML file.
        scorecard: A shipped scorecard (``inbound``, ``written``, ``sales``, ``support_en``) or a
            YAML file; None: the one for the conversation's channel.
        categories: YAML file of named events to look for; None: the shipped ones.
        sampling: YAML file with the rule by which contacts are drawn for evaluation; None: none,
            and nobody's contacts are drawn.
        gates: JSON file of the questions' measured agreement, as ``entendu calibrate --gates``
            writes it; None: every question counts as a draft.
        vocabulary: Names of the centre, one a line (``Livebox = live box, lave box``); words that
            sound like one are written as it. None: none.
        hotwords: Other words for the recogniser to expect, with commas between them.
        written_numbers: Write numbers, amounts, dates and addresses in figures; False leaves them
            as they were said.
        speakers: How many people speak on mono recordings, 1 to 6; None: found out for each.
        raw: How recordings without a header are to be read (``mulaw:8000``, ``alaw:8000:2``);
            None: by their name, or refused.
        beam_size: Hypotheses that the transcription keeps at each step; 1 is fastest.
        llm_url: Address of an OpenAI-compatible service (``http://127.0.0.1:8080/v1``) that words
            the wrap-up note; None: the note is made of the conversation's own words.
        llm_model: Name of the model to ask it for.
        llm_api_key: What it wants as key; None: none.
        llm_timeout_s: Seconds after which its answer is not waited for.
        max_duration_s: Longest recording that is accepted, in seconds.
        host: Address that ``entendu serve`` listens on.
        port: Port that ``entendu serve`` listens on.
        max_upload_mb: Largest upload that the service accepts, in megabytes.
    """

    model_config = SettingsConfigDict(
        env_prefix="ENTENDU_", extra="forbid", frozen=True, validate_default=True
    )

    data_dir: Path = Field(default_factory=default_data_dir)
    models_dir: Path = Field(default_factory=default_models_dir)
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d{1,2})?)$")
    compute_type: str = "auto"
    threads: Annotated[int, Field(ge=0, le=256)] = 0
    transcription_model: str = "whisper-base"
    embedding_model: str = "entendu-encoder-fr-en"
    language: str = Field(default="auto", pattern=r"^(auto|[a-z]{2,3})$")
    kb: Path | None = None
    reasons: str | None = None
    routing: str | None = None
    centre: Path | None = None
    redact: str = "cards"
    scorecard: str | None = None
    categories: Path | None = None
    sampling: Path | None = None
    gates: Path | None = None
    vocabulary: Path | None = None
    hotwords: str = ""
    written_numbers: bool = True
    speakers: Annotated[int | None, Field(ge=1, le=6)] = None
    raw: str | None = None
    beam_size: Annotated[int, Field(ge=1, le=20)] = 5
    llm_url: str | None = None
    llm_model: str = "default"
    llm_api_key: SecretStr | None = None
    llm_timeout_s: Annotated[float, Field(gt=0)] = 20.0
    max_duration_s: Annotated[float, Field(gt=0)] = 6 * 3600.0
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    max_upload_mb: Annotated[int, Field(gt=0)] = 500

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: command line, environment, file."""
        config = Path(os.environ.get("ENTENDU_CONFIG", CONFIG_FILE))
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config))


def load_settings(**given: object) -> Settings:
    """Read the settings, with what the command line gave on top.

    Args:
        given: Settings by name; those that are None count as not given.

    Raises:
        DefinitionInvalid: A value breaks its rule, or ``entendu.toml`` has an unknown key; the
            message names the setting, the value and where settings come from.
    """
    named_file = os.environ.get("ENTENDU_CONFIG")
    if named_file and not Path(named_file).is_file():
        raise DefinitionInvalid(
            f"ENTENDU_CONFIG names {named_file}, which does not exist", remedy="correct the path"
        )
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise DefinitionInvalid(
            f"setting {name!r}: {first['msg']}, got {str(first['input'])[:80]!r}",
            remedy=f"correct the option --{name.replace('_', '-')}, the variable "
            f"ENTENDU_{name.upper()} or {CONFIG_FILE}",
        ) from error
    except ValueError as error:  # the TOML file itself
        raise DefinitionInvalid(f"{CONFIG_FILE} is not valid TOML: {error}") from error
