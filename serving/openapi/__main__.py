"""Write the description of the API to a file: ``python -m serving.openapi docs/openapi.json``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from serving.openapi.snapshot import snapshot


def main() -> None:
    """Write the description to the file that is named, or to standard output."""
    text = json.dumps(snapshot(), ensure_ascii=False, indent=0) + "\n"  # a line each, for diffs
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
