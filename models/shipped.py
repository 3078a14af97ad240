"""Models whose files ship with the package."""

from __future__ import annotations

from pathlib import Path

from conversation.errors import ModelCorrupt
from models.integrity import describe_files
from models.spec import ModelSpec

_WEIGHTS = Path(__file__).resolve().parent / "weights"
MANIFEST = "entendu-shipped.json"
"""Name of the file, in the folder of a shipped model, that says what its catalogue entry is."""

_CARD = "README.md"


def shipped_folder(name: str) -> Path:
    """Return the folder of a shipped model, inside the package."""
    return _WEIGHTS / name


def shipped_models() -> tuple[ModelSpec, ...]:
    """Return the catalogue entries of the models that ship with the package.

    Raises:
        ModelCorrupt: The description of one cannot be read.
    """
    return tuple(_read(path) for path in sorted(_WEIGHTS.glob(f"*/{MANIFEST}")))


def write_manifest(folder: Path, spec: ModelSpec) -> ModelSpec:
    """Describe the files of a folder that is going to be shipped.

    Args:
        folder: With the model's files; the description is written into it. The model card,
            README.md, is none of them.
        spec: The entry, whose files are found anew.

    Returns:
        The entry with size and SHA-256 of each file.
    """
    paths = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {MANIFEST, _CARD}
    )
    described = spec.model_copy(update={"files": describe_files(folder, paths), "shipped": True})
    text = described.model_dump_json(indent=2, exclude_defaults=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return described


def _read(path: Path) -> ModelSpec:
    try:
        spec = ModelSpec.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelCorrupt(
            f"{path} does not describe a model: {error}", remedy="install entendu again"
        ) from error
    if spec.name != path.parent.name or not spec.shipped:
        raise ModelCorrupt(
            f"{path} describes {spec.name}, expected {path.parent.name}",
            remedy="install entendu again",
        )
    return spec
