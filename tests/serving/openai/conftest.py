"""A service that OpenAI's own client is pointed at."""

from __future__ import annotations

import openai
import pytest

from serving.access.key_values import KeyRequest
from serving.settings import Settings


@pytest.fixture(scope="module")
def served(tmp_path_factory, running_service_class, fake_pipeline_class, examples_dir):
    """One service for all the tests of a file, with the knowledge base of the examples."""
    running = running_service_class(
        Settings(
            data_dir=tmp_path_factory.mktemp("served") / "data",
            kb=examples_dir / "kb" / "telecom-plus",
            max_upload_mb=6,
            max_duration_s=600,
            device="cpu",
        ),
        fake_pipeline_class(),
    )
    yield running
    running.stop()


@pytest.fixture(scope="module")
def client(served, admin_key):
    """OpenAI's client with an admin's key."""
    with openai.OpenAI(
        base_url=f"{served.url}/v1", api_key=admin_key, max_retries=0, timeout=60
    ) as made:
        yield made


@pytest.fixture(scope="module")
def client_of(served):
    """Make OpenAI's client with a key of a role."""
    made = []

    def make(role, **more):
        _, key = served.app.state.service.keys.create(KeyRequest(name=role, role=role, **more))
        made.append(
            openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0, timeout=60)
        )
        return made[-1]

    yield make
    for one in made:
        one.close()
