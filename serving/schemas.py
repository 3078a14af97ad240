"""``python -m serving.schemas DIR`` writes the JSON Schemas of what Entendu reads and writes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from conversation import Conversation
from serving.analysis import Analysis


def write_schemas(folder: Path) -> None:
    """Write one ``NAME.schema.json`` for each published shape."""
    folder.mkdir(parents=True, exist_ok=True)
    for shape in (Analysis, Conversation):
        schema = shape.model_json_schema(mode="serialization")
        path = folder / f"{shape.__name__.lower()}.schema.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
