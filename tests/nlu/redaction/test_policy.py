"""Policies: what a centre may decide, and what it may not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from conversation.errors import DefinitionInvalid, NotFound
from nlu.personal_data import PERSONAL_DATA_TYPES, PersonalDataSettings
from nlu.redaction import (
    CARD_TYPES,
    CARDS_ONLY,
    DEFAULT_POLICY,
    KNOWN_TYPES,
    RedactionPolicy,
    load_redaction_policy,
)


def write(tmp_path, text: str):
    path = tmp_path / "policy.yaml"
    path.write_text(text, "utf-8")
    return path


def test_every_type_that_is_found_has_a_label():
    assert set(PERSONAL_DATA_TYPES) <= set(KNOWN_TYPES)


def test_the_default_redacts_persons_and_keeps_references_of_companies_and_orders():
    kept = {name for name in KNOWN_TYPES if DEFAULT_POLICY.action(name) == "keep"}
    assert kept == {"order_number", "siren", "siret", "vat"}
    assert DEFAULT_POLICY.action("a type of tomorrow") == "redact"


def test_shipped_policies_are_known_by_name():
    assert load_redaction_policy() is load_redaction_policy("default") is DEFAULT_POLICY
    assert load_redaction_policy("cards") is CARDS_ONLY
    assert [CARDS_ONLY.action(name) for name in CARD_TYPES] == ["redact"] * 3
    assert CARDS_ONLY.action("person") == "keep"


def test_a_policy_is_read_with_its_patterns_and_its_key(tmp_path):
    (tmp_path / "centre.key").write_bytes(bytes(range(32)))
    policy = load_redaction_policy(
        write(
            tmp_path,
            "name: lyon\nversion: '3'\nothers: redact\ntypes:\n  person: pseudonymise\n"
            "  plate: keep\nfind:\n  customer_number_patterns: ['CL\\d{6}']\n"
            "pseudonym_key_file: centre.key\n",
        )
    )
    assert (policy.name, policy.version) == ("lyon", "3")
    assert policy.action("person") == "pseudonymise"
    assert policy.action("plate") == "keep"
    assert policy.action("order_number") == "redact"
    assert policy.find.customer_number_patterns == (r"CL\d{6}",)
    assert "pseudonym_key" not in policy.model_dump()
    assert bytes(range(32)).hex() not in repr(policy)


@pytest.mark.parametrize("name", CARD_TYPES)
@pytest.mark.parametrize("action", ["keep", "pseudonymise"])
def test_card_data_cannot_be_kept_and_the_message_names_the_rule(tmp_path, name, action):
    (tmp_path / "k").write_bytes(b"k" * 32)
    path = write(tmp_path, f"types:\n  person: redact\n  {name}: {action}\npseudonym_key_file: k\n")
    with pytest.raises(DefinitionInvalid, match="PCI DSS") as caught:
        load_redaction_policy(path)
    assert f"{name} cannot be set to {action}" in str(caught.value)
    assert "line 1" in str(caught.value)


def test_others_keep_does_not_keep_card_data():
    policy = RedactionPolicy(types={}, others="keep")
    assert {policy.action(name) for name in CARD_TYPES} == {"redact"}


def test_more_types_can_be_kept_but_no_card_data():
    policy = DEFAULT_POLICY.keeping(["plate"])
    assert policy.action("plate") == "keep"
    assert policy.action("order_number") == "keep"
    assert policy.sha256 != DEFAULT_POLICY.sha256
    with pytest.raises(DefinitionInvalid, match="PCI DSS"):
        DEFAULT_POLICY.keeping(["card_cvv"])
    with pytest.raises(DefinitionInvalid, match="not known"):
        DEFAULT_POLICY.keeping(["cards"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("types:\n  persons: redact\n", "'persons' is not known"),
        ("types:\n  person: hide\n", "'redact', 'keep' or 'pseudonymise'"),
        ("types:\n  person: pseudonymise\n", "takes a key"),
        ("name: x\n", "neither types nor others"),
        ("- person\n", "expected fields with names"),
        ("types: {}\npseudonym_key: abc\n", "does not belong in a policy"),
        ("types: {}\npseudonym_key_file: none.key\n", "cannot be read"),
        ("types: {}\npseudonym_key_file: short.key\n", "expected at least 32"),
        ("types: {}\nfind:\n  customer_number_patterns: ['(']\n", "cannot be used"),
        ("types: {}\nkeep_original: yes\n", "not known"),
    ],
)
def test_a_policy_that_breaks_a_rule_is_refused(tmp_path, text, message):
    (tmp_path / "short.key").write_bytes(b"k" * 31)
    with pytest.raises(DefinitionInvalid, match=message):
        load_redaction_policy(write(tmp_path, text))


def test_a_pattern_that_cannot_be_used_is_named_with_its_line(tmp_path):
    text = "types: {}\nfind:\n  order_number_patterns:\n    - 'CMD\\d+'\n    - '('\n"
    with pytest.raises(
        DefinitionInvalid, match=r"line 5, find\.order_number_patterns\[1\]: .*'\('"
    ):
        load_redaction_policy(write(tmp_path, text))


def test_names_are_searched_with_models_only_where_they_are_removed():
    assert DEFAULT_POLICY.search.name_models is True
    assert CARDS_ONLY.search.name_models is None
    assert DEFAULT_POLICY.keeping(["person"]).search.name_models is None
    own = RedactionPolicy(find=PersonalDataSettings(name_models=False))
    assert own.search.name_models is False


def test_a_policy_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"none\.yaml"):
        load_redaction_policy(tmp_path / "none.yaml")


def test_a_policy_has_the_same_hash_in_every_process():
    code = "from nlu.redaction import DEFAULT_POLICY; print(DEFAULT_POLICY.sha256)"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(hashes) == 1
