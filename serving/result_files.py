"""Writing results whole: JSON, report and vectors of an analysis, the files of a transcript."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import BadInput, NotFound

if TYPE_CHECKING:
    from serving.analysis import Analysis


def result_paths(out: Path, stem: Path) -> tuple[Path, Path]:
    """Return where the JSON and the report of an input belong."""
    base = out / stem
    return base.with_name(base.name + ".json"), base.with_name(base.name + ".html")


def json_files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield the JSON files of folders and their subfolders, and the files named.

    Args:
        paths: Files and folders.

    Yields:
        Each file, and whether it was named itself.

    Raises:
        NotFound: A path does not exist.
    """
    for path in paths:
        if path.is_dir():
            yield from ((each, False) for each in sorted(path.rglob("*.json")) if each.is_file())
        elif path.is_file():
            yield path, True
        else:
            raise NotFound(f"there is no {path}", remedy="give files or folders that exist")


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


def write_results(
    analysis: Analysis,
    report_html: str,
    *,
    out: Path,
    stem: Path,
    vectors: bytes | None = None,
) -> None:
    """Write the files of a result whole: each is written aside, then renamed into place.

    The JSON goes last: it is always beside a report and vectors of the same analysis, even when
    the machine stops in between.

    Args:
        analysis: What to write.
        report_html: Its report.
        out: Output folder, made if needed.
        stem: Of the input (see :class:`serving.inputs.Input`).
        vectors: Of the conversation's sentences, as ``NAME.vectors`` keeps them; None where there
            are none.

    Raises:
        OSError: The folder cannot be written; nothing partial is left.
    """
    from quality.rescoring import vectors_path

    json_path, html_path = result_paths(out, stem)
    beside = vectors_path(json_path)
    write_together(
        (
            (html_path, report_html),
            *(() if vectors is None else ((beside, vectors),)),
            (json_path, analysis.model_dump_json(indent=2) + "\n"),
        ),
        removed_first=(json_path, beside),  # never an old JSON beside a new report
    )


def write_together(
    contents: Sequence[tuple[Path, str | bytes]], *, removed_first: Sequence[Path] = ()
) -> None:
    """Write files whole: all are written aside, then renamed into place one after the other.

    Args:
        contents: Where each goes and what is in it, text as UTF-8; folders are made if needed.
        removed_first: What is removed before the first is renamed.

    Raises:
        OSError: A folder cannot be written; nothing partial is left.
    """
    aside: list[tuple[Path, Path]] = []
    try:
        for target, content in contents:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(
                dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".partial"
            )
            aside.append((Path(name), target))
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode("utf-8") if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
        for old in removed_first:
            old.unlink(missing_ok=True)
        for temporary, target in aside:
            temporary.replace(target)
    finally:
        for temporary, _target in aside:
            temporary.unlink(missing_ok=True)


def remove_vectors_left_over(out: Path) -> None:
    """Remove vectors of conversations whose result is no longer there.

    Whoever erases a result by hand erases what was computed from its sentences with it. Files
    that are no vectors of ours stay.

    Args:
        out: Output folder, looked through with its subfolders.
    """
    from quality.rescoring import VECTORS_SUFFIX, read_vectors

    for path in out.rglob(f"*{VECTORS_SUFFIX}"):
        result = path.with_name(path.name.removesuffix(VECTORS_SUFFIX) + ".json")
        if not result.exists() and read_vectors(path) is not None:
            path.unlink(missing_ok=True)


def make_result_folder(out: Path) -> None:
    """Make the output folder, and remove what a run that was stopped left half written.

    Raises:
        BadInput: Nothing can be written there.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise BadInput(
            f"nothing can be written to --out {out}: {error.strerror}", remedy="name another folder"
        ) from error
    for partial in out.rglob(".*.partial"):
        partial.unlink(missing_ok=True)
