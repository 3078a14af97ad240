"""Options that every command that loads a model has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DeviceOption = Annotated[
    str | None,
    typer.Option("--device", metavar="cpu|cuda|auto", help="Where models run; auto if left."),
]
ComputeTypeOption = Annotated[
    str | None,
    typer.Option(
        "--compute-type", help="Number format of transcription: int8, float32, float16, …"
    ),
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", help="CPU threads; 0: all that may be used.")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Data folder (models, caches, store).")
]
