"""Unpacking 4-bit weights, and refusing what only looks like them."""

from __future__ import annotations

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation.errors import ModelCorrupt
from models.packed_e5 import unpack_e5


def test_every_weight_is_the_packed_one(packed_weights, tmp_path):
    from safetensors.numpy import load_file

    content, tensors = packed_weights
    (tmp_path / "packed").write_bytes(content)
    seen = []
    unpack_e5(tmp_path / "packed", tmp_path / "out", progress=lambda *now: seen.append(now))
    unpacked = load_file(tmp_path / "out")
    assert set(unpacked) == set(tensors)
    for name, values in tensors.items():
        np.testing.assert_array_equal(unpacked[name], values, err_msg=name)
    assert seen[-1][0] == seen[-1][1] == sum(values.nbytes for values in tensors.values())


def test_the_bytes_are_those_of_the_safetensors_library(packed_weights, tmp_path):
    from safetensors.numpy import save

    content, tensors = packed_weights
    (tmp_path / "packed").write_bytes(content)
    unpack_e5(tmp_path / "packed", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == save(tensors, metadata={"format": "pt"})


def test_another_file_is_refused(tmp_path):
    (tmp_path / "packed").write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(ModelCorrupt, match="begin with b'E5S1'"):
        unpack_e5(tmp_path / "packed", tmp_path / "out")


def test_a_weight_that_is_no_number_is_refused(packed_weights, tmp_path):
    content, _ = packed_weights
    (tmp_path / "packed").write_bytes(content[:-4] + struct.pack("<f", float("nan")))
    with pytest.raises(ModelCorrupt, match="no numbers"):
        unpack_e5(tmp_path / "packed", tmp_path / "out")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(min_value=0))
def test_a_file_that_is_cut_short_is_refused(packed_weights, tmp_path, cut):
    content, _ = packed_weights
    (tmp_path / "packed").write_bytes(content[: cut % len(content)])
    with pytest.raises(ModelCorrupt):
        unpack_e5(tmp_path / "packed", tmp_path / "out")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(min_value=0, max_value=2500), st.binary(min_size=1, max_size=8))
def test_damaged_tables_are_refused_or_harmless(packed_weights, tmp_path, start, damage):
    content = bytearray(packed_weights[0])
    content[start : start + len(damage)] = damage
    (tmp_path / "packed").write_bytes(content)
    with contextlib.suppress(ModelCorrupt):  # any other error is a failure
        unpack_e5(tmp_path / "packed", tmp_path / "out")
