"""``entendu score --sampling``: only what a rule draws is scored, and speaks for the team."""

from __future__ import annotations

import json
import re
import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from conversation import Participant
from conversation.errors import DefinitionInvalid
from quality import load_scorecard
from quality.agreement.gate import Gates, QuestionGate
from quality.sampling import Sample, TeamEstimate, estimate_mean
from serving.commands.sample import sample_contacts
from serving.commands.score import score

HERE = Path(__file__).parent
sample_analysis = runpy.run_path(str(HERE / "analyses.py"))["sample_analysis"]
LINES = runpy.run_path(str(HERE / "analyses.py"))["LINES"]
N = 24

app = typer.Typer()
app.command("score")(score)
app.command("sample")(sample_contacts)


@pytest.fixture(autouse=True)
def _own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("ENTENDU_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Results of 24 calls of two agents; those without a greeting lose points."""
    folder = tmp_path_factory.mktemp("results")
    rude = (("agent", "Oui, quoi encore ?"), *LINES[1:])
    made = {lines: sample_analysis(lines) for lines in (LINES, rude)}
    for number in range(N):
        analysis = made[LINES if number % 3 else rude]
        name = f"call-{number:02d}"
        agent = Participant(role="agent", name="Claire Petit" if number % 2 else "Jean Roux")
        call = analysis.conversation.model_copy(
            update={"id": name, "participants": (agent,),
                    "started_at": datetime(2026, 11, 1 + number, tzinfo=UTC)}
        )  # fmt: skip
        update = {"conversation": call}
        for part in ("understanding", "metrics", "evaluation"):
            value = getattr(analysis, part)
            update[part] = value.model_copy(update={"conversation_id": name})
        content = analysis.model_copy(update=update).model_dump_json()
        (folder / f"{name}.json").write_text(content, "utf-8")
    return folder


def write_rule(folder, **more):
    rule = {
        "name": "équipe", "seed": 7, "design": "random",
        "purposes": [{"id": "training", "rate": 0.25}],
    } | more  # fmt: skip
    path = folder / "rule.yaml"
    path.write_text(yaml.safe_dump(rule, allow_unicode=True), "utf-8")
    return path


def run(*arguments, code=0):
    result = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def scored(*arguments, code=0):
    done = run("score", *arguments, "--card", "inbound", "--stored-only", "--json", code=code)
    return json.loads(done.stdout)


def test_only_what_the_rule_draws_is_scored_and_the_team_is_estimated(stored, tmp_path):
    rule = write_rule(tmp_path)
    found = scored(stored, "--sampling", rule)
    sample = Sample.model_validate(found["sampling"]["sample"])
    assert (sample.population, len(sample.contacts)) == (N, 6)
    assert {one["conversation_id"] for one in found["scores"]} == {
        one.id for one in sample.contacts
    }
    (purpose,) = found["sampling"]["purposes"]
    assert purpose["purpose"] == "training"
    team = TeamEstimate.model_validate(purpose["team"])
    scores = {one["conversation_id"]: one["score_100"] for one in found["scores"]}
    expected = estimate_mean(sample, scores, purpose="training")
    assert team.horvitz_thompson.value == pytest.approx(expected.horvitz_thompson.value, abs=0.01)
    assert team.hajek.low < team.hajek.value < team.hajek.high
    assert (team.population, team.sampled, team.evaluated) == (N, 6, 6)


def test_the_same_contacts_are_drawn_as_by_entendu_sample(stored, tmp_path):
    rule = write_rule(tmp_path, per_agent_month={"min": 2, "max": 3})
    drawn = json.loads(run("sample", stored, "--rule", rule, "--json").stdout)
    assert scored(stored, "--sampling", rule)["sampling"]["sample"] == drawn


def test_agents_appear_under_pseudonymous_ids_without_figures_or_order(stored, tmp_path):
    found = scored(stored, "--sampling", write_rule(tmp_path))
    text = json.dumps(found, ensure_ascii=False)
    assert "Claire" not in text.replace("Claire à votre écoute", "")
    assert "Roux" not in text
    agents = found["sampling"]["purposes"][0]["agents"]
    assert agents["order"] == "key"
    keys = [one["agent"] for one in agents["agents"]]
    assert keys == sorted(keys)
    assert all(re.fullmatch(r"agent-[0-9a-f]{16}", key) for key in keys)
    assert all(one["estimate"] is None for one in agents["agents"])


def test_every_purpose_of_the_rule_has_its_own_estimate(stored, tmp_path):
    rule = write_rule(
        tmp_path,
        purposes=[{"id": "training", "rate": 0.1}, {"id": "service_quality", "rate": 0.5}],
    )
    found = scored(stored, "--sampling", rule)
    sizes = {one["purpose"]: one["team"]["sampled"] for one in found["sampling"]["purposes"]}
    assert sizes == {"training": 2, "service_quality": 12}
    both = found["sampling"]["sample"]["contacts"]
    assert len(found["scores"]) == len({one["id"] for one in both})  # each is scored once


def test_the_estimate_is_printed_with_its_name_interval_and_counts(stored, tmp_path):
    done = run("score", stored, "--sampling", write_rule(tmp_path), "--card", "inbound",
               "--stored-only")  # fmt: skip
    said = " ".join(done.stdout.split())
    assert "Horvitz–Thompson" in said
    assert "Hájek" in said
    assert "(95 %)" in said
    assert "2 agents without a figure" in said
    assert "CNIL" not in done.stderr


def test_the_rule_may_stand_in_the_settings(stored, tmp_path, monkeypatch):
    monkeypatch.setenv("ENTENDU_SAMPLING", str(write_rule(tmp_path)))
    assert scored(stored)["sampling"]["sample"]["rule"] == "équipe"


def test_without_a_rule_several_scores_are_told_to_be_no_team(stored):
    done = run("score", stored, "--card", "inbound", "--stored-only", "--json")
    found = json.loads(done.stdout)
    assert found["sampling"] is None
    assert found["conversations"] == N
    assert done.stderr.count("CNIL") == 1
    assert "base légale" in done.stderr
    one = run("score", stored / "call-00.json", "--card", "inbound", "--stored-only")
    assert "CNIL" not in one.stderr


def test_an_english_folder_is_told_in_english(tmp_path):
    for name in ("a", "b"):
        analysis = sample_analysis(language="en")
        call = analysis.conversation.model_copy(update={"id": name, "language": "en"})
        update = {"conversation": call}
        for part in ("understanding", "metrics", "evaluation"):
            value = getattr(analysis, part)
            update[part] = value.model_copy(update={"conversation_id": name})
        content = analysis.model_copy(update=update).model_dump_json()
        (tmp_path / f"{name}.json").write_text(content, "utf-8")
    done = run("score", tmp_path, "--card", "inbound", "--stored-only")
    assert "legal ground (CNIL)" in " ".join(done.stderr.split())


def test_a_file_that_cannot_be_read_is_in_no_population(stored, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"schema_version": 1, "fingerprint": "", "conversation": 3', "utf-8")
    found = scored(stored, broken, "--sampling", write_rule(tmp_path), code=1)
    assert found["sampling"]["sample"]["population"] == N
    assert [Path(one["path"]).name for one in found["failed"]] == ["broken.json"]


def test_conversations_that_were_not_processed_are_drawn_from_too(stored, tmp_path):
    chat = tmp_path / "chat.txt"
    chat.write_text("Conseiller : Bonjour.\nClient : Bonjour, ma box ne marche plus.\n", "utf-8")
    basis = "Décision du 3 mars 2026, accord de l'équipe."
    rule = write_rule(tmp_path, basis=basis, purposes=[{"id": "training", "rate": 1}])
    found = scored(stored, chat, "--sampling", rule, code=1)
    (purpose,) = found["sampling"]["purposes"]
    assert (purpose["team"]["population"], purpose["team"]["sampled"]) == (N + 1, N + 1)
    assert purpose["team"]["horvitz_thompson"] is None  # one drawn has no score
    assert purpose["team"]["hajek"]["value"] > 0
    assert "was not processed" in found["failed"][0]["message"]


def test_a_wrong_rule_is_told_before_anything_is_scored(stored, tmp_path):
    rule = write_rule(tmp_path, design="everything")
    with pytest.raises(DefinitionInvalid, match="line"):
        run("score", stored, "--sampling", rule, "--card", "inbound")


def test_questions_whose_gate_is_closed_are_not_counted(stored, tmp_path):
    card = load_scorecard("inbound")
    item = next(one for one in card.items if one.id == "ACC1")
    gates = Gates(
        scorecard=card.name,
        questions={"ACC1": QuestionGate(gate="assist", question_sha256=item.sha256)},
    )
    path = tmp_path / "gates.json"
    path.write_text(gates.model_dump_json(), "utf-8")
    call = stored / "call-00.json"
    before, after = scored(call), scored(call, "--gates", path)
    assert after["scores"][0]["coverage"] < before["scores"][0]["coverage"]
    shown = {one["id"]: one["gate"] for one in after["questions"]}
    assert (shown["ACC1"], shown["DEC1"]) == ("assist", "auto")
    assert all(one["gate"] is None for one in before["questions"])
