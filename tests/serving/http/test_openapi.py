"""The description of the API: valid, complete, and the one that is committed."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from serving.openapi.snapshot import snapshot

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
METHODS = ("get", "put", "post", "delete", "patch")
PUBLIC = {"/healthz", "/readyz"}
CHANGES = ("put", "post", "delete", "patch")


@pytest.fixture(scope="module")
def described() -> dict:
    return snapshot()


@pytest.fixture(scope="module")
def operations(described):
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_committed_description_is_the_one_of_the_code(described):
    if json.loads(COMMITTED.read_text("utf-8")) != json.loads(json.dumps(described)):
        pytest.fail("the API changed: python -m serving.openapi docs/openapi.json")


def test_it_is_valid_openapi(described):
    assert described["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(described).validate()


def test_every_reference_leads_somewhere(described):
    text = json.dumps(described)
    references = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references <= set(described["components"]["schemas"])
    assert "HTTPValidationError" not in text


def test_every_operation_has_a_name_and_says_what_it_does(operations):
    names = [operation["operationId"] for _, operation in operations]
    assert len(names) == len(set(names))
    for name, operation in operations:
        assert operation["summary"], name
        assert operation["tags"], name


def test_every_operation_but_health_asks_for_a_key(operations):
    for name, operation in operations:
        if "x-permission" in operation:
            assert operation["security"], name
            assert {"401", "403", "429"} <= set(operation["responses"]), name


def test_every_problem_is_declared_where_it_can_be(operations):
    for name, operation in operations:
        declared = set(operation["responses"])
        if "{" in name:
            assert "404" in declared, name
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= declared, name
        if operation.get("parameters"):
            assert "422" in declared, name
        if name.split()[0].lower() in CHANGES and "x-permission" in operation:
            assert "409" in declared, name


def test_everything_in_json_has_an_example_that_fits_its_schema(described, operations):
    resolver = jsonschema.validators.validator_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    )
    wrong = []
    for name, operation in operations:
        bodies = [("body", operation.get("requestBody", {}).get("content", {}))]
        bodies += [
            (status, one.get("content", {})) for status, one in operation["responses"].items()
        ]
        for where, content in bodies:
            for kind, media in content.items():
                if not kind.endswith("json") or "schema" not in media:
                    continue
                examples = (
                    [media["example"]]
                    if "example" in media
                    else [one["value"] for one in media.get("examples", {}).values()]
                )
                if not examples:
                    wrong.append(f"{name} {where}: no example")
                schema = media["schema"] | {"components": described["components"]}
                for example in examples:
                    for error in resolver(schema).iter_errors(example):
                        wrong.append(f"{name} {where} {list(error.path)}: {error.message[:120]}")
    assert wrong == []
