"""Settling device, number format and threads."""

from __future__ import annotations

import os

import pytest

from conversation.errors import BadInput, DeviceUnavailable
from models import available_cores, resolve_compute


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)


@pytest.fixture
def a_gpu(monkeypatch):
    formats = {"cpu": {"int8", "float32"}, "cuda": {"int8", "float16", "float32"}}
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    monkeypatch.setattr("ctranslate2.get_supported_compute_types", lambda device: formats[device])


def test_auto_is_the_cpu_where_there_is_no_gpu(no_gpu):
    compute = resolve_compute()
    assert (compute.device, compute.compute_type) == ("cpu", "int8")
    assert compute.threads == available_cores() >= 1


def test_auto_is_the_gpu_where_there_is_one(a_gpu):
    compute = resolve_compute()
    assert (compute.device, compute.compute_type) == ("cuda", "float16")


def test_the_cpu_can_be_had_beside_a_gpu(a_gpu):
    assert resolve_compute("cpu").device == "cpu"


def test_a_gpu_that_is_not_there_is_an_error(no_gpu):
    with pytest.raises(DeviceUnavailable, match="--device cpu"):
        resolve_compute("cuda")


def test_a_driver_that_fails_counts_as_no_gpu(monkeypatch):
    def fail():
        raise RuntimeError("CUDA driver version is insufficient")

    monkeypatch.setattr("ctranslate2.get_cuda_device_count", fail)
    assert resolve_compute("auto").device == "cpu"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"device": "tpu"}, "tpu"),
        ({"compute_type": "int3"}, "int3"),
        ({"threads": -1}, "-1"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(no_gpu, given, word):
    with pytest.raises(BadInput, match=word):
        resolve_compute(**given)


def test_a_format_the_device_cannot_compute_in_is_refused(a_gpu):
    with pytest.raises(DeviceUnavailable, match=r"bfloat16; use auto, float32, int8"):
        resolve_compute("cpu", compute_type="bfloat16")


def test_threads_that_are_given_are_kept(no_gpu):
    assert resolve_compute("cpu", threads=3).threads == 3


@pytest.mark.parametrize(
    ("quota", "cores"), [("200000 100000", 2), ("50000 100000", 1), ("max 100000", 8), ("", 8)]
)
def test_a_containers_quota_bounds_the_threads(monkeypatch, tmp_path, quota, cores):
    limit = tmp_path / "cpu.max"
    limit.write_text(quota)
    monkeypatch.setattr("models.device._CGROUP_LIMIT", limit)
    monkeypatch.setattr("models.device.os", type("Eight", (), {
        "sched_getaffinity": staticmethod(lambda _: set(range(8))), "cpu_count": os.cpu_count,
    }))  # fmt: skip
    assert available_cores() == cores
