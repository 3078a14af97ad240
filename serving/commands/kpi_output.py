"""What the commands of KPIs have in common: settings from options, and files that are written."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from conversation.errors import BadInput
from quality.yaml_files import describe

if TYPE_CHECKING:
    from quality.kpi import KpiSettings

_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")


def settings_with(
    path: Path | None, columns: Sequence[str] | None, **options: object
) -> KpiSettings:
    """Return the settings of a file, with those of the command line above them.

    Args:
        path: Of the file; None for the defaults.
        columns: What ``--map`` says.
        options: Fields of the settings; None where the option was left.

    Raises:
        BadInput: One of them is not as expected.
    """
    from quality.kpi import KpiSettings, load_settings_file, with_column

    settings = KpiSettings() if path is None else load_settings_file(path)
    given = {name: value for name, value in options.items() if value is not None}
    try:
        settings = KpiSettings.model_validate({**settings.model_dump(), **given})
    except ValidationError as error:
        raise BadInput(describe(error), remedy="docs/kpi.md lists the settings") from None
    for text in columns or ():
        settings = with_column(settings, text)
    return settings


def check_outputs(*paths: Path | None) -> None:
    """Refuse files that cannot be written, before anything is computed.

    Raises:
        BadInput: A folder does not exist or may not be written to.
    """
    for path in paths:
        if path is None:
            continue
        folder = path.resolve().parent
        if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            raise BadInput(
                f"{path} cannot be written", remedy="name a file in a folder that exists"
            )


def write_output(path: Path, text: str) -> None:
    """Write a file whole.

    Raises:
        BadInput: It cannot be written.
    """
    from serving.result_files import write_together

    try:
        write_together(((path, text),))
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written: {error.strerror}", remedy="name another file"
        ) from error


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as CSV; a text that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(
            f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_START) else cell
            for cell in row
        )
    return out.getvalue()
