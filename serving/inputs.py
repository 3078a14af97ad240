"""From the paths a person gives to the files to analyse and the names of their results."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conversation import identifier_from_name
from conversation.errors import BadInput
from conversation.vcon import is_vcon_name

AUDIO_SUFFIXES = frozenset(
    ".wav .wave .mp3 .flac .ogg .oga .opus .m4a .mp4 .aac .wma .webm .mka .amr .au .aif .aiff "
    ".gsm .ulaw .ul .pcmu .mulaw .alaw .al .pcma .g722 .sln .sln16".split()
)
TEXT_SUFFIXES = frozenset(
    (".json", ".jsonl", ".ndjson", ".txt", ".eml", ".mbox", ".csv", ".tsv", ".xml", ".vcon")
)


@dataclass(frozen=True)
class Input:
    """One file to analyse.

    Attributes:
        path: Where it is; it may have gone.
        result_stem: Path of its results below the output folder, without an ending.
        second: The customer's side of a call that is stored as two files.
    """

    path: Path
    result_stem: Path
    second: Path | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is to be read as a chat or an e-mail rather than as sound."""
        return self.second is None and is_text_file(self.path)


def is_text_file(path: Path) -> bool:
    """Tell a chat or an e-mail from a recording, by its ending, else by its first bytes."""
    suffix = path.suffix.casefold()
    if suffix in TEXT_SUFFIXES or is_vcon_name(path):
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
    paths: Sequence[Path],
    *,
    out: Path | None,
    suffixes: frozenset[str] = AUDIO_SUFFIXES | TEXT_SUFFIXES,
    keep_names: bool = False,
) -> tuple[tuple[Input, ...], tuple[Path, ...]]:
    """List the files to analyse, in the order given, each once.

    Folders are searched for recordings, chats and e-mails, whatever their depth; hidden files and
    the output folder are left out. A path that does not exist is kept, so that it is reported.

    Args:
        paths: Files and folders.
        out: Where results go; results already there are not taken for input. None: nowhere.
        suffixes: What the names of files in folders must end in.
        keep_names: Whether results are named exactly like their inputs, spaces and accents
            included, and not only with letters that are safe in addresses.

    Returns:
        The inputs, and the files found in folders whose ending is not one that is known.
    """
    found: dict[Path, Path] = {}  # resolved path → place below its folder
    unknown: list[Path] = []
    out_resolved = out.resolve() if out is not None else None
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
            if file.suffix.casefold() in suffixes or is_vcon_name(file):
                found.setdefault(resolved, relative)
            else:
                unknown.append(file)
    return name_results(found, keep_names=keep_names), tuple(unknown)


def pair_inputs(files: Sequence[Path], *, keep_names: bool = False) -> tuple[Input, ...]:
    """Take files in twos, each two one call.

    Args:
        files: The agent's file, then the customer's, call after call.
        keep_names: See :func:`collect_inputs`.

    Returns:
        The calls; results are named after the agent's file.

    Raises:
        BadInput: The files are not in twos, or one is the agent's side of two calls.
    """
    if len(files) % 2:
        raise BadInput(
            f"--pair takes files in twos, got {len(files)}",
            remedy="give the agent's file and the customer's file of each call, in this order",
        )
    seconds = {
        first.resolve(): second for first, second in zip(files[::2], files[1::2], strict=True)
    }
    if len(seconds) * 2 < len(files):
        raise BadInput("a file is the agent's side of two calls", remedy="name each call once")
    places = {first.resolve(): Path(first.name) for first in files[::2]}
    named = name_results(places, keep_names=keep_names)
    return tuple(replace(item, second=seconds[item.path]) for item in named)


def name_results(places: Mapping[Path, Path], *, keep_names: bool = False) -> tuple[Input, ...]:
    """Name each result after its input, so that no two inputs share one.

    Args:
        places: For each input its path below the folder that was given.
        keep_names: See :func:`collect_inputs`.

    Returns:
        The inputs. Where two would share a name, the ending of the input is part of it
        (``call.wav.json``, ``call.mp3.json``); where that does not tell them apart either, a part
        of the hash of the input's path is (``call-3f2a1b.json``).
    """
    plain = {path: place.parent / _stem(place, keep_names) for path, place in places.items()}
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
    return tuple(Input(path=path, result_stem=stems[path]) for path in places)


def _stem(place: Path, keep_name: bool) -> str:
    name = re.sub(r"(?i)\.vcon(\.json|\.gz)?$", ".vcon", place.name)
    return Path(name).stem if keep_name else identifier_from_name(name)
