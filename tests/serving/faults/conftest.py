"""Fixtures of the fault tests: a fleet of processes on either database."""

from __future__ import annotations

import functools
import importlib.util
import sys
from pathlib import Path

import pytest


def _load(name):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def scenarios():
    """The faults, each a function of a fleet."""
    _load("fleet")
    return _load("scenarios")


@pytest.fixture(scope="session")
def forker(scenarios, fake_server_script):
    """What starts servers quickly."""
    made = _load("fleet").Forker(fake_server_script)
    yield made
    made.close()


@pytest.fixture
def new_fleet(forker, tmp_path, database_url):
    """Start a fleet: SQLite, then PostgreSQL."""
    return functools.partial(_load("fleet").Fleet, tmp_path, forker, database_url=database_url)
