"""Models that are not in the catalogue: a folder of the user's, recognised by its files."""

from __future__ import annotations

from pathlib import Path

from conversation.errors import ModelMissing
from models.integrity import required_files
from models.sentence_folder import read_sentence_folder
from models.spec import Task

# faster-whisper downloads a tokenizer from the hub where there is none, so it must be there.
_WHISPER_FILES = (
    ("model.bin",),
    ("config.json",),
    ("tokenizer.json",),
    ("vocabulary.txt", "vocabulary.json"),
)


def check_whisper_folder(folder: Path, *, shown: str | None = None) -> None:
    """Check that a folder holds what faster-whisper needs.

    Args:
        folder: The folder.
        shown: What messages call it; its path when None.

    Raises:
        ModelMissing: Something is not there; the message names what.
    """
    required_files(folder, _WHISPER_FILES, "a Whisper model in CTranslate2 format", shown=shown)


def task_and_weights(folder: Path) -> tuple[Task, str]:
    """Say what a folder's model does and which file holds its weights.

    Raises:
        ModelMissing: It is neither of the two kinds of models.
        ModelCorrupt: It is one, and its configuration cannot be read.
    """
    if (folder / "modules.json").is_file():
        weights = read_sentence_folder(folder).weights
        return "encode", weights.relative_to(folder).as_posix()
    if (folder / "model.bin").is_file():
        check_whisper_folder(folder)
        return "transcribe", "model.bin"
    raise ModelMissing(
        f"{folder} holds neither modules.json (a sentence-transformers folder) nor model.bin "
        "(a Whisper model in CTranslate2 format)",
        remedy="name the folder that holds the model's files",
    )


def model_files(folder: Path) -> tuple[str, ...]:
    """List the files of a model's folder, without hidden ones and links that lead nowhere."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return tuple(
        sorted(
            path.as_posix()
            for path in found
            if not any(part.startswith(".") for part in path.parts)
        )
    )
