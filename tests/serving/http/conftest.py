"""A service whose analyses are whole ones, and small helpers."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from serving.settings import Settings

PROBLEM = "application/problem+json"


def _sample_pipeline():
    name = "sample_pipeline"
    if name not in sys.modules:
        path = Path(__file__).with_name(f"{name}.py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def sample():
    """What the stand-in concludes: NAME and TELEPHONE are the personal data in it."""
    return _sample_pipeline()


@pytest.fixture(scope="module")
def sampled(tmp_path_factory, running_service_class, sample):
    """One service for all the tests of a file, whose analyses are whole ones."""
    data_dir = tmp_path_factory.mktemp("sampled") / "data"
    running = running_service_class(
        Settings(data_dir=data_dir, max_upload_mb=5), sample.SamplePipeline()
    )
    yield running
    running.stop()


@pytest.fixture(scope="session")
def problem():
    """A function that checks that an answer is a problem, and returns it."""

    def check(answer, status: int) -> dict:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == PROBLEM
        body = answer.json()
        assert body["status"] == status
        return body

    return check


@pytest.fixture(scope="session")
def upload():
    """A function that sends a file: ``upload(service, "a.wav", content, queue="x")``."""

    def send(service, name: str, content: bytes, headers=None, **fields):
        return service.client.post(
            "/v1/conversations", files={"file": (name, content)}, data=fields, headers=headers
        )

    return send
