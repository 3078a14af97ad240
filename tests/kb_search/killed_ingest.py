"""Brings a folder into copies of a store, in processes that kill themselves at given moments.

    python killed_ingest.py DOCUMENTS STORE MOMENT [STORE MOMENT]...

Every statement and commit of the database, every portion encoded and every array written is a
moment. Prints a line for each store: how its process ended, and how many moments it counted
where the moment is 0 and it ended by itself.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from pathlib import Path

import bm25s  # noqa: F401, imported once for all processes
import bs4  # noqa: F401
import markdown_it  # noqa: F401
import numpy as np
import scipy.sparse  # noqa: F401
from sqlalchemy import Engine, event

from kb_search.store import KnowledgeStore, ingest, kept_segments

counted = 0
deadly = 0


def moment(*_: object, **__: object) -> None:
    global counted
    counted += 1
    if counted == deadly:
        os.kill(os.getpid(), signal.SIGKILL)


def counting(call):
    def counting_call(*arguments, **options):
        moment()
        return call(*arguments, **options)

    return counting_call


def hashing_encoder():
    spec = importlib.util.spec_from_file_location(
        "hashing_encoder", Path(__file__).with_name("hashing_encoder.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.HashingEncoder()


def main(documents: Path, runs: list[tuple[Path, int]]) -> None:
    global deadly
    encoder = hashing_encoder()
    encoder.encode = counting(encoder.encode)
    np.save = counting(np.save)
    kept_segments.KEPT_FROM = 2
    ingest.STAGED_AT_ONCE = 2
    ingest.ENCODED_AT_ONCE = 3
    for name in ("before_cursor_execute", "commit"):
        event.listen(Engine, name, moment)
    for store, number in runs:
        deadly = number
        child = os.fork()
        if not child:
            KnowledgeStore.open(store, encoder).add([documents])
            os.write(1, f"{counted} ".encode())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    pairs = zip(sys.argv[2::2], sys.argv[3::2], strict=True)
    main(Path(sys.argv[1]), [(Path(store), int(number)) for store, number in pairs])
