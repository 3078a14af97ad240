"""A new version of a card with fitted settings; the old version stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import yaml

from quality.agreement.calibration import QuestionCalibration
from quality.review.card_events import Recalibrated
from quality.scorecard import Scorecard

_SUFFIX = re.compile(r"\+cal\d{8}(\.\d+)?$")
_MAX_VERSION = 32


def recalibrated_card(
    card: Scorecard, calibrations: Sequence[QuestionCalibration], *, at: datetime
) -> Scorecard | None:
    """Build the next version of a card.

    Args:
        card: In use.
        calibrations: Of its questions.
        at: Now; its date stands in the new version (``1.0+cal20261122``).

    Returns:
        The new version; None where no question got better.
    """
    fitted = {
        one.item: one.settings_after for one in calibrations if one.settings_after is not None
    }
    if not fitted:
        return None
    values = card.model_dump(mode="json", exclude_defaults=True)
    for section in values["sections"]:
        for item in section["items"]:
            item["detector"].update(fitted.get(item["id"], {}))
    values["version"] = next_version(card.version, at)
    return Scorecard.model_validate(values)


def next_version(version: str, at: datetime) -> str:
    """Name the version after a calibration, other than the version before."""
    base = _SUFFIX.sub("", version)
    new = f"{base[: _MAX_VERSION - 16]}+cal{at:%Y%m%d}"
    if version == new:
        return f"{new}.2"
    found = re.fullmatch(re.escape(new) + r"\.(\d+)", version)
    return f"{new}.{int(found.group(1)) + 1}" if found else new


def card_as_yaml(card: Scorecard, *, comment: str = "") -> str:
    """Write a card as a file that :func:`quality.load_scorecard` reads.

    Args:
        card: Any.
        comment: One or more lines for its head.
    """
    values = card.model_dump(mode="json", exclude_defaults=True)
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)


def recalibrations(
    card: Scorecard,
    new: Scorecard,
    calibrations: Sequence[QuestionCalibration],
    *,
    at: datetime,
    author: str,
) -> list[Recalibrated]:
    """Announce what changed from one version of a card to the next.

    Args:
        card: Before.
        new: After.
        calibrations: Of its questions.
        at: When.
        author: Id of the program.

    Returns:
        One event for each question that changed, to be recorded.
    """
    return [
        Recalibrated(
            at=at,
            author=author,
            role="system",
            scorecard=new.name,
            version=new.version,
            from_version=card.version,
            item=one.item,
            before=one.settings_before,
            after=_changed(one.settings_after),
            n=one.n,
            kappa_before=one.kappa_before.value,
            kappa_after=one.kappa_after.value,
        )
        for one in calibrations
        if one.settings_after is not None
    ]


def _changed(settings: Mapping[str, float | str]) -> dict[str, float | str]:
    return dict(settings)
