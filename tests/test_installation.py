"""What `make` installs can be installed where Entendu says that it runs."""

from __future__ import annotations

import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
DEBIAN_12, UBUNTU_24 = Version("3.11.2"), Version("3.12.3")


def test_the_pythons_of_distributions_are_among_those_that_are_supported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    supported = SpecifierSet(project["requires-python"])
    assert DEBIAN_12 in supported
    assert UBUNTU_24 in supported


@pytest.mark.parametrize("python", [Version("3.11.0"), DEBIAN_12, UBUNTU_24], ids=str)
def test_every_pinned_version_takes_the_pythons_that_are_supported(python):
    pins = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line and not line.startswith("#")
    )
    pinned = {canonicalize_name(name): Version(version) for name, version in pins.items()}
    installed = [
        one
        for one in distributions()
        if pinned.get(canonicalize_name(one.name)) == Version(one.version)
    ]
    assert len(installed) > 100, "run this where `make` installed what is pinned"
    refusing = [
        f"{one.name} {one.version} needs Python {asked}"
        for one in installed
        if (asked := one.metadata.get("Requires-Python")) and python not in SpecifierSet(asked)
    ]
    assert refusing == [], "pin an older version of it"
