"""From the paths a person gives to the files to analyse and the names of their results."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conversation import identifier_from_name

AUDIO_SUFFIXES = frozenset(
    ".wav .mp3 .flac .ogg .oga .opus .m4a .mp4 .aac .wma .webm .mka .amr .au .aif .aiff .gsm "
    ".wave .ulaw .alaw".split()
)
TEXT_SUFFIXES = frozenset((".json", ".txt", ".eml"))


@dataclass(frozen=True)
class Input:
    """One file to analyse.

    Attributes:
        path: Where it is; it may have gone.
        result_stem: Path of its results below the output folder, without an ending.
    """

    path: Path
    result_stem: Path

    @property
    def is_text(self) -> bool:
        """Whether it is to be read as a chat or an e-mail rather than as sound."""
        return is_text_file(self.path)


def is_text_file(path: Path) -> bool:
    """Tell a chat or an e-mail from a recording, by its ending, else by its first bytes."""
    suffix = path.suffix.casefold()
    if suffix in TEXT_SUFFIXES:
        return True
    if suffix in AUDIO_SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(4096)
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # a character cut in two by the read
    except OSError:
        return False
    return b"\x00" not in head and bool(head.strip())


def collect_inputs(
    paths: Sequence[Path], *, out: Path
) -> tuple[tuple[Input, ...], tuple[Path, ...]]:
    """List the files to analyse, in the order given, each once.

    Folders are searched for recordings, chats and e-mails, whatever their depth; hidden files and
    the output folder are left out. A path that does not exist is kept, so that it is reported.

    Args:
        paths: Files and folders.
        out: Where results go; results already there are not taken for input.

    Returns:
        The inputs, and the files found in folders whose ending is not one that is known.
    """
    found: dict[Path, Path] = {}  # resolved path → place below its folder
    unknown: list[Path] = []
    out_resolved = out.resolve()
    for path in paths:
        if not path.is_dir():
            found.setdefault(path.resolve(), Path(path.name))
            continue
        for file in sorted(path.rglob("*")):
            relative = file.relative_to(path)
            hidden = any(part.startswith(".") for part in relative.parts)
            resolved = file.resolve()
            if hidden or not file.is_file() or out_resolved in resolved.parents:
                continue
            if file.suffix.casefold() in AUDIO_SUFFIXES | TEXT_SUFFIXES:
                found.setdefault(resolved, relative)
            else:
                unknown.append(file)
    return _with_result_stems(found), tuple(unknown)


def _with_result_stems(found: dict[Path, Path]) -> tuple[Input, ...]:
    """Name each result after its input; where two would share a name, say what tells them apart."""
    plain = {path: place.parent / identifier_from_name(place.name) for path, place in found.items()}
    with_suffix = {
        path: stem.with_name(stem.name + path.suffix.casefold()) for path, stem in plain.items()
    }
    with_hash = {
        path: stem.with_name(f"{stem.name}-{hashlib.sha256(bytes(path)).hexdigest()[:6]}")
        for path, stem in plain.items()
    }
    stems = plain
    for clearer in (with_suffix, with_hash):
        times = Counter(stems.values())
        stems = {path: clearer[path] if times[stem] > 1 else stem for path, stem in stems.items()}
    return tuple(Input(path=path, result_stem=stems[path]) for path in found)
