"""The card of a trained encoder: what it is made of, and what it is worth."""

from __future__ import annotations

from pathlib import Path

from models.encoder_training.report import EncoderReport

REPORT_NAME = "training.json"


def write_card(folder: Path, name: str, report: EncoderReport) -> None:
    """Write README.md and the raw figures beside the weights.

    Args:
        folder: Of the encoder.
        name: Of the encoder.
        report: What the training did.
    """
    (folder / REPORT_NAME).write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_card(name, report), encoding="utf-8")


def _card(name: str, report: EncoderReport) -> str:
    start, settings = report.start, report.settings
    licences = sorted({count.licence for count in report.pairs})
    lines = [
        f"# {name}",
        "",
        f"A sentence encoder, {start.name} trained further so that questions lie near the passages "
        "that answer them. Put `query: ` before what is asked and `passage: ` before what is "
        "searched (Entendu does); compare by cosine.",
        "",
        "| | |",
        "|---|---|",
        f"| Start | {start.name}, SHA-256 `{start.sha256 or 'not known'}` |",
        f"| Trained | the upper {settings.trained_layers} layers, {report.steps} steps of up to "
        f"{settings.batch_size} pairs, weights of step {report.best_step} |",
        f"| Loss | InfoNCE at temperature {settings.temperature}, in-batch negatives and "
        f"{settings.hard_negatives} mined for each question; {settings.distillation} × (1 − "
        "cosine to the start's own vectors) |",
        f"| Rate | {settings.learning_rate}, warm-up {settings.warmup}, weight decay "
        f"{settings.weight_decay}, seed {settings.seed} |",
        f"| Kept | {settings.blend:.0%} of what was learnt, the rest of the weights as at the "
        "start |",
        f"| Seconds | {report.train_s:.0f} |",
        f"| Licences of the pairs | {'; '.join(licences)} |",
        "",
        "## Pairs",
        "",
        "| Source | Languages | Licence | Trained on | Held out |",
        "|---|---|---|---|---|",
    ]
    trained = {(c.source, c.lang, c.licence): c.pairs for c in report.pairs}
    held = {(c.source, c.lang, c.licence): c.pairs for c in report.held_out}
    lines += [
        f"| {source} | {lang} | {licence} | {trained.get((source, lang, licence), 0)} "
        f"| {held.get((source, lang, licence), 0)} |"
        for source, lang, licence in sorted(trained.keys() | held.keys())
    ]
    lines += [
        "",
        "## Held-out pairs, in int8 on a CPU",
        "",
        "No passage of these was trained on. Each question looks for its passage among all "
        "held-out passages and some of the others.",
        "",
        "| Source | Questions | hit@1 before | after | MRR@10 before | after |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {source} | {before.questions} | {before.hit_at_1:.3f} "
        f"| {report.after[source].hit_at_1:.3f} | {before.mrr_at_10:.3f} "
        f"| {report.after[source].mrr_at_10:.3f} |"
        for source, before in report.before.items()
    ]
    lines += [
        f"| mean of the sources | | | | {report.mean_before:.3f} | {report.mean_after:.3f} |",
        "",
        f"`{REPORT_NAME}` has all settings and figures.",
        "",
    ]
    return "\n".join(lines)
