"""Writing the JSON and the report of an analysis, both or neither."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from serving.analysis import Analysis


def result_paths(out: Path, stem: Path) -> tuple[Path, Path]:
    """Return where the JSON and the report of an input belong."""
    base = out / stem
    return base.with_name(base.name + ".json"), base.with_name(base.name + ".html")


def stored_fingerprint(out: Path, stem: Path) -> str | None:
    """Return the fingerprint of the result that is there, None where there is no whole one."""
    json_path, html_path = result_paths(out, stem)
    if not html_path.is_file():
        return None
    try:
        stored = json.loads(json_path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    fingerprint = stored.get("fingerprint") if isinstance(stored, dict) else None
    return fingerprint if isinstance(fingerprint, str) else None


def write_results(analysis: Analysis, report_html: str, *, out: Path, stem: Path) -> None:
    """Write both files whole: each is written aside, then renamed into place.

    The report goes first: a JSON file is always beside a report of the same analysis, even when
    the machine stops between the two.

    Args:
        analysis: What to write.
        report_html: Its report.
        out: Output folder, made if needed.
        stem: Of the input (see :class:`serving.inputs.Input`).

    Raises:
        OSError: The folder cannot be written; nothing partial is left.
    """
    json_path, html_path = result_paths(out, stem)
    json_path.parent.mkdir(parents=True, exist_ok=True)
    aside: list[tuple[Path, Path]] = []
    try:
        for target, text in (
            (html_path, report_html),
            (json_path, analysis.model_dump_json(indent=2) + "\n"),
        ):
            handle, name = tempfile.mkstemp(
                dir=target.parent, prefix=f".{target.name}.", suffix=".partial"
            )
            aside.append((Path(name), target))
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
        json_path.unlink(missing_ok=True)  # never an old JSON beside a new report
        for temporary, target in aside:
            temporary.replace(target)
    finally:
        for temporary, _target in aside:
            temporary.unlink(missing_ok=True)
