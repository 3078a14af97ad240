"""All settings, in one class with one source for command line, environment and file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from conversation.errors import DefinitionInvalid
from models import default_data_dir, default_models_dir

CONFIG_FILE = "entendu.toml"


def _split(given: object) -> object:
    if not isinstance(given, str):
        return given
    return tuple(each.strip() for each in given.split(",") if each.strip())


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several values in one text, with commas between them; in the file also a list."""


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
        bot: YAML file with what the centre decides about its bot (docs/bot.md); None: the defaults.
        kpi: YAML file with how KPIs are computed (docs/kpi.md); None: the defaults.
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
        model_aliases: Further names under which the OpenAI-compatible routes serve a model, with
            what it does: ``transcription``, ``embedding`` or ``knowledge``.
        batch_tokens: Most tokens of texts that are encoded together; 0: 256 on the CPU, 16,384 on
            a GPU. More is faster in all, and what is urgent waits longer for what runs.
        batch_wait_ms: Milliseconds that texts wait for those of other requests, while several are
            at work; a lone request never waits.
        queue_tokens: While so many tokens wait to be encoded, requests are refused with 503 and
            the time after which to try again.
        vector_cache_mb: Megabytes of vectors of recent texts that are kept in memory; 0: none.
        warm_models: Load the models when the service starts, instead of at the first request.
        model_idle_s: Seconds after which a model that nobody used is let go of; -1: never.
        max_duration_s: Longest recording that is accepted, in seconds.
        max_turns: Most turns or messages of a chat, e-mail, transcript or vCon that is accepted.
        database_url: PostgreSQL database of the store (``postgresql://user:password@host/name``),
            which several processes share; None: a SQLite file in ``data_dir``, for one service.
        worker_lease_s: Seconds without a sign of life after which another worker takes up what one
            had begun; at most as much again passes until the work goes on.
        encryption_key: Recordings are encrypted at rest with it: 32 random bytes in base64, as
            ``openssl rand -base64 32`` makes them. Several, with commas between them: the first
            encrypts, the others still read what they wrote. None: recordings lie as they came.
        encryption_key_file: File with such keys, one a line, in place of ``encryption_key``.
        host: Address that ``entendu serve`` listens on.
        port: Port that ``entendu serve`` listens on.
        max_upload_mb: Largest upload that the service accepts, in megabytes.
        idempotency_h: Hours for which an ``Idempotency-Key`` and its answer are remembered.
        min_free_disk_mb: Free space in the data folder, in megabytes, below which the service says
            that it is not ready.
        live_max_streams: Live sessions at a time, in all.
        live_streams_per_key: Live sessions at a time of one key.
        live_buffer_s: Sound of one session that may wait for the recogniser, in seconds; when more
            waits, no more is read from its connection.
        live_idle_s: Seconds without anything from a live client after which its connection is
            closed.
        live_resume_s: Seconds that a live session waits for a client that was cut off; then the
            conversation is stored as far as it was heard.
        live_max_s: Longest live session, in seconds.
        twilio_auth_token: Auth token of the Twilio account, which its signatures are checked with;
            None: Twilio is refused.
        audiohook_api_key: API key that Genesys Cloud sends for AudioHook; None: AudioHook is
            refused.
        audiohook_client_secret: Its client secret, in Base64.
        audiohook_organization: Id of the Genesys organisation; None: any that signs with the key.
        audiosocket_port: TCP port for Asterisk's AudioSocket, on ``host``; None: none.
        audiosocket_uuids: UUIDs that AudioSocket takes besides calls that were announced, with
            commas between them; there is no other proof of who connects.
        admin_key: Key of an administrator, at least 24 characters, that is good as long as it
            stands here; None: the first start makes one and shows it once.
        public_url: Address under which people reach the service (``https://entendu.example``),
            where a proxy stands before it; None: the one of each request.
        allowed_hosts: Names under which the service may be called, with commas between them
            (``entendu.example,*.internal``; ``*``: any), besides numeric addresses, ``localhost``,
            ``host`` and that of ``public_url``.
        trusted_proxies: Addresses or networks, with commas between them, whose
            ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed; none: nobody's.
        chat_agent_name: How a person who takes over a chat is named to the customer; ``{name}`` is
            what they enter at the desk (``{name}, Télécom Plus``). Without it nobody is named.
        privacy_notice_url: Page of the centre with what it does with personal data, which the
            chat links; None: none.
        widget_origins: Origins of the sites that may show the chat in a frame, such as
            ``https://www.example.fr``.
        cors_origins: Origins of pages elsewhere that may call the API with a key, with commas
            between them (``https://www.example.fr``); none: no page elsewhere may.
        rate_per_key: Requests a minute that one key may send, where the key says nothing else.
        rate_per_customer: Requests a minute that one key of a customer may send.
        rate_per_address: Requests a minute from one address without a good key.
        wrong_keys: Wrong keys a minute from one address, after which keys that were not good from
            there before are not looked at.
        session_idle_min: Minutes after which somebody who is signed in and does nothing is signed
            out.
        session_max_h: Hours after which everybody has to sign in again.
        oidc_issuer: Address of the OpenID Connect provider to sign in with; None: keys only.
        oidc_client_id: Id of Entendu at the provider.
        oidc_client_secret: Secret of Entendu at the provider; None: it asks for none.
        oidc_scopes: Scopes to ask the provider for, with spaces between them.
        oidc_role_claim: Claim with a person's roles or groups (``realm_access.roles``).
        oidc_roles: Which values of the claim mean which role, with commas between them
            (``qa-team=analyst,leads=supervisor``); the highest that fits counts, and who has none
            is not let in.
        oidc_team_claim: Claim with a person's team; None: everybody is of the team ``default``.
        oidc_agent_claim: Claim with an agent's pseudonymous id; None: ``sub``.
        privacy_key: Secret of at least 32 characters that fingerprints customers in the ledgers,
            signs the proofs of removal and encrypts the secrets of webhooks; machines that share a
            database need the same. None: ``privacy.key`` in the data folder, made at first start.
        retention: YAML file that says how long each purpose keeps what; None: the shipped rules
            (sound and transcript 180 days, scorecards 365; ``assurance_vente``, ``mifid``).
        purge_schedule: When retention removes what has to go, as cron says it, in UTC.
        audit_days: Days for which lines of the audit log are kept; 0: for ever.
        redacted_only: Keep only what redaction leaves: the original is processed in memory and
            never reaches the disk.
        memory_dir: Folder in memory (tmpfs) where originals wait for their analysis with
            ``redacted_only``.
        memory_limit_mb: Most megabytes of originals that may wait there; what comes on top is
            refused until there is room.
        webhook_networks: Private networks that webhooks may reach, by http, too, with commas
            between them (``10.1.0.0/16``); none: public addresses only, by https.
        metrics_port: Port on ``host`` where ``entendu worker`` shows its figures to Prometheus, and
            to whoever else reaches it; None: nowhere. A service shows its own at ``/metrics``.
        webhook_timeout_s: Seconds after which a webhook's answer is not waited for.
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
    bot: Path | None = None
    kpi: Path | None = None
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
    model_aliases: dict[str, Literal["transcription", "embedding", "knowledge"]] = Field(
        default={
            "whisper-1": "transcription",
            "gpt-4o-transcribe": "transcription",
            "gpt-4o-mini-transcribe": "transcription",
            "gpt-4o-transcribe-diarize": "transcription",
        }
    )
    batch_tokens: Annotated[int, Field(ge=0)] = 0
    batch_wait_ms: Annotated[float, Field(ge=0, le=1000)] = 3.0
    queue_tokens: Annotated[int, Field(gt=0)] = 100_000
    vector_cache_mb: Annotated[int, Field(ge=0)] = 64
    warm_models: bool = False
    model_idle_s: Annotated[float, Field(ge=-1)] = -1.0
    max_duration_s: Annotated[float, Field(gt=0)] = 6 * 3600.0
    max_turns: Annotated[int, Field(gt=0)] = 20_000
    database_url: SecretStr | None = None
    worker_lease_s: Annotated[float, Field(ge=1.0, le=3600.0)] = 20.0
    encryption_key: SecretStr | None = None
    encryption_key_file: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    max_upload_mb: Annotated[int, Field(gt=0)] = 500
    idempotency_h: Annotated[float, Field(gt=0)] = 24.0
    min_free_disk_mb: Annotated[int, Field(ge=0)] = 500
    live_max_streams: Annotated[int, Field(ge=1)] = 16
    live_streams_per_key: Annotated[int, Field(ge=1)] = 16
    live_buffer_s: Annotated[float, Field(gt=0)] = 30.0
    live_idle_s: Annotated[float, Field(gt=0)] = 60.0
    live_resume_s: Annotated[float, Field(ge=0)] = 120.0
    live_max_s: Annotated[float, Field(gt=0, le=6 * 3600.0)] = 4 * 3600.0
    twilio_auth_token: SecretStr | None = None
    audiohook_api_key: SecretStr | None = None
    audiohook_client_secret: SecretStr | None = None
    audiohook_organization: str | None = None
    audiosocket_port: Annotated[int | None, Field(ge=0, le=65535)] = None
    audiosocket_uuids: CommaSeparated = ()
    admin_key: SecretStr | None = None
    public_url: str | None = Field(default=None, pattern=r"^https?://[^/\s?#]+$")
    allowed_hosts: CommaSeparated = ()
    trusted_proxies: CommaSeparated = ()
    cors_origins: CommaSeparated = ()
    chat_agent_name: Annotated[str, Field(min_length=1, max_length=80)] = "{name}"
    privacy_notice_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    widget_origins: CommaSeparated = ()
    rate_per_key: Annotated[int, Field(gt=0)] = 30_000
    rate_per_customer: Annotated[int, Field(gt=0)] = 120
    rate_per_address: Annotated[int, Field(gt=0)] = 600
    wrong_keys: Annotated[int, Field(gt=0)] = 10
    session_idle_min: Annotated[float, Field(gt=0)] = 30.0
    session_max_h: Annotated[float, Field(gt=0)] = 12.0
    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://\S+$")
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_scopes: str = "openid profile"
    oidc_role_claim: str = "roles"
    oidc_roles: CommaSeparated = ()
    oidc_team_claim: str | None = None
    oidc_agent_claim: str | None = None
    privacy_key: SecretStr | None = None
    retention: Path | None = None
    purge_schedule: str = "17 3 * * *"
    audit_days: Annotated[int, Field(ge=0)] = 1095
    redacted_only: bool = False
    memory_dir: Path = Path("/dev/shm/entendu")  # noqa: S108 - memory, which is what is wanted
    memory_limit_mb: Annotated[int, Field(gt=0)] = 1024
    webhook_networks: CommaSeparated = ()
    metrics_port: Annotated[int | None, Field(ge=0, le=65535)] = None
    webhook_timeout_s: Annotated[float, Field(gt=0, le=60)] = 20.0

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
