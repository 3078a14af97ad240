from __future__ import annotations

import subprocess
import sys

import pytest

from serving.throughput.freed_memory import give_back, keep_for_next_batch

SCRIPT = """
import resource, sys
import numpy as np
from serving.throughput.freed_memory import give_back, keep_for_next_batch

if sys.argv[1] == "keep":
    keep_for_next_batch()

def batch():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.ones(2_500_000) for _ in range(5)]  # 20 MB each
    del arrays
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

batch()
second = batch()
give_back()
print(second, batch())
"""


def pages_mapped(mode):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, mode], capture_output=True, text=True, check=True
    )
    return [int(number) for number in done.stdout.split()]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_the_room_of_a_batch_is_kept_for_the_next_and_given_back_when_asked():
    second, after_giving_back = pages_mapped("keep")
    if pages_mapped("as it is")[0] < 1000:
        pytest.skip("this C library keeps it anyway")
    assert second < 100
    assert after_giving_back > 1000


def test_other_systems_are_left_as_they_are(monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    keep_for_next_batch()
    give_back()
