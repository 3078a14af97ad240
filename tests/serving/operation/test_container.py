"""The image and the composition hold what is good practice; a parser of each reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def stages():
    """The stages of the Dockerfile, each with its instructions: [(name, base, [command])]."""
    dockerfile = pytest.importorskip("dockerfile")
    found = []
    for command in dockerfile.parse_file(str(ROOT / "Dockerfile")):
        if command.cmd.upper() == "FROM":
            base, _, name = command.value if len(command.value) == 3 else (*command.value, "", "")
            found.append((name, base, []))
        elif found:
            found[-1][2].append(command)
    return found


@pytest.fixture(scope="module")
def composition():
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def commands_of(stages, name):
    [commands] = [commands for stage, _, commands in stages if stage == name]
    return {one.cmd.upper(): one for one in commands}


def test_what_builds_is_not_what_runs(stages):
    names = [name for name, _, _ in stages]
    assert names == ["build", "base", "with-models", "runtime"]
    assert {base for name, base, _ in stages if name in ("with-models", "runtime")} == {"base"}
    copied = commands_of(stages, "base")["COPY"]
    assert copied.flags == ("--from=build",)


def test_it_runs_as_nobody_special(stages):
    base = commands_of(stages, "base")
    user = base["USER"].value[0]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    for name in ("with-models", "runtime"):
        assert "USER" not in commands_of(stages, name)


def test_bases_have_a_version_and_files_are_copied_not_added(stages):
    for name, base, commands in stages:
        if name in ("build", "base"):
            assert ":" in base
            assert not base.endswith(":latest")
        assert not [one for one in commands if one.cmd.upper() == "ADD"]


def test_nothing_is_kept_of_caches_and_nothing_runs_as_a_shell_in_the_end(stages):
    build = [one.original for name, _, all_ in stages if name == "build" for one in all_]
    assert any("PIP_NO_CACHE_DIR=1" in line for line in build)
    assert any("-c constraints.txt" in line for line in build)
    base = commands_of(stages, "base")
    for cmd in ("ENTRYPOINT", "CMD", "HEALTHCHECK"):
        assert base[cmd].json or cmd == "HEALTHCHECK"
    assert "/healthz" in base["HEALTHCHECK"].original


def test_no_secret_and_no_address_of_a_registry_is_written_down(stages):
    text = (ROOT / "Dockerfile").read_text("utf-8") + (ROOT / "compose.yaml").read_text("utf-8")
    assert not re.search(r"(?i)(password|secret|key)\s*[=:]\s*['\"]?[A-Za-z0-9+/]{8,}", text)
    assert not re.search(r"https?://(?!127\.0\.0\.1)", text)


def test_everything_that_is_installed_is_copied_and_no_more_is_sent(stages):
    build = [one.value for name, _, all_ in stages if name == "build" for one in all_
             if one.cmd.upper() == "COPY"]  # fmt: skip
    copied = {place.rstrip("/") for value in build for place in value[:-1]}
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms <= copied
    sent = {
        line[1:].rstrip("/")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    assert sent == copied


def test_the_composition_is_one_by_its_specification(composition):
    compose_spec = pytest.importorskip("compose_spec")
    compose_spec.ComposeSpecification.model_validate(
        {name: part for name, part in composition.items() if not name.startswith("x-")}
    )


def test_api_worker_and_database_work_together(composition):
    services = composition["services"]
    assert set(services) == {"api", "worker", "database"}
    assert services["api"]["command"][0] == "serve"
    assert services["worker"]["command"] == ["worker"]
    for name in ("api", "worker"):
        service = services[name]
        assert service["depends_on"]["database"]["condition"] == "service_healthy"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert {place.split(":")[0] for place in service["volumes"]} <= set(composition["volumes"])
    assert "pg_isready" in " ".join(services["database"]["healthcheck"]["test"])


def test_nothing_is_published_beyond_this_machine(composition):
    for service in composition["services"].values():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")


def test_every_setting_that_is_set_is_one(composition, stages):
    from serving.settings import Settings

    base = next(all_ for name, _, all_ in stages if name == "base")
    set_there = {name for one in base if one.cmd.upper() == "ENV" for name in one.value[::2]}
    for service in composition["services"].values():
        set_there |= set(service.get("environment", {}))
    asked = {name for name in set_there if name.startswith("ENTENDU_")}
    known = {f"ENTENDU_{name.upper()}" for name in Settings.model_fields}
    assert asked
    assert asked <= known


def test_secrets_are_asked_for_and_have_no_default(composition):
    text = (ROOT / "compose.yaml").read_text("utf-8")
    for name in ("ENTENDU_DB_PASSWORD", "ENTENDU_PRIVACY_KEY", "ENTENDU_ADMIN_KEY"):
        assert re.search(rf"\$\{{{name}:\?", text)
        assert f"{{{name}:-" not in text


def test_the_commands_of_the_containers_exist(composition):
    from typer.testing import CliRunner

    from serving.command_line import app

    for name in ("api", "worker"):
        command = [one for one in composition["services"][name]["command"] if "0.0.0.0" not in one]
        shown = CliRunner().invoke(app, [command[0], "--help"])
        assert shown.exit_code == 0
        for option in (one for one in command if one.startswith("--")):
            assert option in re.sub(r"\s+", " ", shown.output)
