"""What a centre decides about its KPIs, in one file it owns."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from conversation.dates import zone_named
from conversation.errors import BadInput, NotFound
from quality.kpi.columns import FIELDS, TABLE_KINDS, TableKind
from quality.kpi.opening_hours import OpeningHours
from quality.yaml_files import describe, parse_yaml

MAX_BYTES = 200_000


class KpiSettings(BaseModel):
    """How KPIs are computed and shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    time_zone: str = "Europe/Paris"
    """IANA name of the zone of times without an offset, and of days, weeks and months."""
    month_first: bool | None = None
    """Whether 03/04/2026 is the 4th of March; null: found out, and the day first in doubt."""
    repeat_days: int = Field(default=7, ge=1, le=365)
    """Days within which another contact of the same customer is a repeat."""
    answer_within_s: float = Field(default=20.0, ge=0, le=3600)
    """Seconds of the service level."""
    short_abandon_s: float = Field(default=5.0, ge=0, le=600)
    """Seconds; who leaves earlier counts as a short abandon. 0: none does."""
    survey_days: int = Field(default=7, ge=0, le=365)
    """Days after a call in which a survey with the customer's key is taken to be about it."""
    min_group: int = Field(default=10, ge=1, le=10_000)
    """Contacts; a figure of a group with fewer is not shown."""
    min_agent: int = Field(default=30, ge=30, le=10_000)
    """Contacts; a figure of an agent with fewer is not shown. It cannot be set below 30."""
    opening_hours: str | None = None
    """Hours in which replies are due, such as "lun-ven 9:00-18:00; sam 9:00-12:00"; waits count
    inside them only. null: around the clock."""
    holidays: str | None = "FR"
    """Country of the bank holidays, on which the centre is closed: FR, or FR-57 for Moselle;
    null: none."""
    ces_wording: str | None = None
    """The question that customers answered from 1 to 7."""
    ces_high_means: Literal["easy", "effort"] | None = None
    """What 7 means; null: not declared, and the share of easy answers is not computed."""
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    """Of the costs, as ISO 4217 names it."""
    alerts: tuple[str, ...] = ()
    """Expressions over KPIs, such as "abandon_rate > 5%" or "dmt > 420 and csat < 70%"."""
    columns: dict[TableKind, dict[str, str | tuple[str, ...]]] = Field(default_factory=dict)
    """For calls, surveys, costs, agent_time, tickets, bot_log: header by field; a list of headers
    is joined by a space (date and time in two columns)."""

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            zone_named(name)
        except BadInput as error:
            raise ValueError(str(error)) from error
        return name

    @field_validator("opening_hours")
    @classmethod
    def _hours_can_be_read(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                OpeningHours.parse(text)
            except BadInput as error:
                raise ValueError(str(error)) from error
        return text

    @model_validator(mode="after")
    def _fields_are_known(self) -> Self:
        for kind, fields in self.columns.items():
            for name in fields:
                if name not in FIELDS[kind]:
                    raise ValueError(
                        f"columns.{kind}.{name} is no field; expected one of "
                        f"{', '.join(FIELDS[kind])}"
                    )
        return self

    @property
    def zone(self) -> tzinfo:
        """The time zone."""
        return zone_named(self.time_zone)


def load_settings_file(path: Path) -> KpiSettings:
    """Read the settings of a centre.

    Args:
        path: YAML with the fields of :class:`KpiSettings`.

    Raises:
        NotFound: There is no such file.
        DefinitionInvalid: It is not YAML.
        BadInput: It is not UTF-8, too large, or a field is not as expected.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}", remedy="check the path")
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(f"{path} has more than {MAX_BYTES} bytes", remedy="check that it is it")
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as UTF-8", remedy="save it as UTF-8") from error
    values = parse_yaml(text, name=path.name)
    try:
        return KpiSettings.model_validate({} if values is None else values)
    except ValidationError as error:
        raise BadInput(
            f"{path}: {describe(error)}", remedy="docs/kpi.md lists the fields"
        ) from None


def with_column(settings: KpiSettings, text: str) -> KpiSettings:
    """Return the settings with one more column named.

    Args:
        settings: To start from.
        text: ``FIELD=COLUMN`` of the calls, or ``TABLE.FIELD=COLUMN``; columns that are joined
            stand with ``+`` between them.

    Raises:
        BadInput: It is not written so, or names what there is not.
    """
    field, sign, header = text.partition("=")
    kind, dot, name = field.strip().partition(".")
    if not dot:
        kind, name = "calls", kind
    if not sign or not header.strip() or kind not in TABLE_KINDS:
        raise BadInput(
            f"got --map {text!r}, expected FIELD=COLUMN or TABLE.FIELD=COLUMN",
            remedy=f"tables are {', '.join(TABLE_KINDS)}",
        )
    parts = tuple(part.strip() for part in header.split("+") if part.strip())
    columns = {each: dict(fields) for each, fields in settings.columns.items()}
    columns.setdefault(kind, {})[name] = parts[0] if len(parts) == 1 else parts
    try:
        return KpiSettings.model_validate({**settings.model_dump(), "columns": columns})
    except ValidationError as error:
        raise BadInput(f"--map {text}: {describe(error)}", remedy="name a field") from None
