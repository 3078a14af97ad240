"""What a centre defines: which file or shipped definition is used, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversation.errors import DefinitionInvalid, ModelMissing, NotFound
from nlu.routing import RoutingTable
from serving.definitions import Definitions
from serving.settings import Settings


def definitions(**settings: object) -> Definitions:
    return Definitions(Settings(**settings))  # type: ignore[arg-type]


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    path = tmp_path / "centre.yaml"
    path.write_text(
        "products: [{name: Horizon, aliases: [Orizon]}]\n"
        "order_numbers: ['CMD-\\d{5}']\ncustomer_numbers: ['CL\\d{6}']\n"
    )
    return path


def test_without_a_choice_each_sector_has_its_own_routes() -> None:
    routing = definitions().routing
    assert not isinstance(routing, RoutingTable)
    assert set(routing) == {"tel", "bq", "ec"}


def test_reasons_of_one_sector_bring_its_routes() -> None:
    routing = definitions(reasons="banque").routing
    assert isinstance(routing, RoutingTable)
    assert definitions(reasons="banque", routing="telecom").routing != routing


def test_cards_only_is_what_is_removed_unless_more_is_asked_for() -> None:
    cards = definitions().policy
    assert (cards.action("card_number"), cards.action("person")) == ("redact", "keep")
    assert definitions(redact="default").policy.action("person") == "redact"


def test_the_centres_numbers_and_products_reach_the_search_for_personal_data(centre: Path) -> None:
    find = definitions(centre=centre).policy.find
    assert "CL\\d{6}" in find.customer_number_patterns
    assert "CMD-\\d{5}" in find.order_number_patterns
    assert {"Horizon", "Orizon"} <= set(find.never_names)


def test_a_policys_own_numbers_stay_beside_the_centres(centre: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "name: lyon\nversion: '2'\nothers: redact\n"
        "find: {customer_number_patterns: ['LY\\d{4}'], never_names: [Soleil]}\n"
    )
    find = definitions(redact=str(policy), centre=centre).policy.find
    assert set(find.customer_number_patterns) == {"LY\\d{4}", "CL\\d{6}"}
    assert set(find.never_names) == {"Soleil", "Horizon", "Orizon"}


def test_every_definition_decides_the_result(centre: Path) -> None:
    plain = definitions().decisive
    for name, other in (
        ("reasons", {"reasons": "banque"}),
        ("routing", {"routing": "telecom"}),
        ("centre", {"centre": centre}),
        ("redact", {"redact": "default"}),
        ("scorecard", {"scorecard": "inbound"}),
    ):
        assert definitions(**other).decisive[name] != plain[name], name


def test_a_folder_that_was_not_trained_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"holds no reasons\.json") as caught:
        _ = definitions(reasons=str(tmp_path)).decisive
    assert "entendu train reasons" in caught.value.remedy


def test_a_policy_that_is_not_there_is_told_with_the_shipped_ones() -> None:
    with pytest.raises(NotFound, match="none") as caught:
        _ = definitions(redact="none").policy
    assert "cards, default" in caught.value.remedy


def test_a_policy_that_keeps_card_data_is_refused(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("name: x\nversion: '1'\ntypes:\n  card_number: keep\n")
    with pytest.raises(DefinitionInvalid, match="card_number cannot be set to keep"):
        _ = definitions(redact=str(policy)).policy


def test_a_routing_rule_for_a_reason_that_nobody_defined_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "routing.yaml"
    table.write_text(
        "name: x\nversion: '1'\ndefault: {queue: front, skills: [], priority: 3}\nrules:\n"
        "  - id: a\n    label: {fr: A, en: A}\n    when: {reason: [bq.nobody]}\n"
        "    route: {queue: front, skills: [], priority: 2}\n"
    )
    with pytest.raises(DefinitionInvalid, match=r"bq\.nobody"):
        _ = definitions(routing=str(table), reasons="banque").routing
