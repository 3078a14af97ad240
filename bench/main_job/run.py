"""The main job on the sample conversations: what it costs, and whether it is right.

    python bench/main_job/run.py            # writes bench/main_job/results.json

The timer starts with the process and includes starting Python, imports and loading the models. The
search index is built anew (empty data folder); models are on disk. What is checked against the
scripts of the two French calls is listed under "checks".
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from models import default_models_dir

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PACKAGES = ("ctranslate2", "faster-whisper", "sentence-transformers", "torch", "faiss-cpu", "bm25s")

# What the scripts of the two calls say (examples/conversations).
EXPECTED = {
    "telecom_panne": {
        "reason": "tel.panne_fixe",
        "agent_says": ("bienvenue", "technicien", "mardi prochain", "excellente journée"),
        "customer_says": ("ne fonctionne plus", "colère", "clignote en rouge", "remboursement"),
        "anger_between_s": (32.0, 39.5),
        "answers": {
            "remboursement": "remise-coupure-internet",
            "passer": "rendez-vous-technicien",
            "fonctionne": "panne-internet",
        },
    },
    "banque_fraude": {
        "reason": "bq.fraude",
        "agent_says": ("horizon", "inquiétude", "carte est maintenant bloquée", "formulaire"),
        "customer_says": ("ne reconnais pas", "bloquer ma carte", "rembours", "ce formulaire"),
        "anger_between_s": None,
        "answers": {
            "formulaire": "contester-paiement-inconnu",
            "rembours": "contester-paiement-inconnu",
            "carte": "bloquer-carte-nouvelle-carte",
        },
    },
}


def check(result: dict, expected: dict) -> dict[str, object]:
    turns = result["conversation"]["turns"]
    said = {
        role: " ".join(t["text"].lower() for t in turns if t["speaker"] == role)
        for role in ("agent", "customer")
    }
    words = [word for turn in turns for word in turn["words"]]
    primary = result["understanding"]["reasons"]["primary"]
    moods = {t["turn_index"]: t["score"] for t in result["understanding"]["sentiment"]["turns"]}
    checks: dict[str, object] = {
        "agent_phrases": {p: p in said["agent"] for p in expected["agent_says"]},
        "customer_phrases": {p: p in said["customer"] for p in expected["customer_says"]},
        "word_times_never_go_back": all(
            a["start_s"] <= b["start_s"]
            for turn in turns
            for a, b in zip(turn["words"], turn["words"][1:], strict=False)
        ),
        "words": len(words),
        "reason": primary and primary["code"],
        "reason_right": bool(primary) and primary["code"].startswith(expected["reason"]),
        "answers": {
            asked: [
                (item["answer"]["citation"] or {}).get("document")
                for item in result["questions"]
                if asked in item["question"]["text"].lower()
            ]
            for asked in expected["answers"]
        },
        "mood_start_end": [
            result["understanding"]["sentiment"]["start"],
            result["understanding"]["sentiment"]["end"],
        ],
        "score_100": result["evaluation"]["score_100"],
    }
    checks["answers_right"] = {
        asked: any(document in (found or "") for found in checks["answers"][asked])
        for asked, document in expected["answers"].items()
    }
    if expected["anger_between_s"]:
        low, high = expected["anger_between_s"]
        scores = [
            moods[t["index"]]
            for t in turns
            if t["index"] in moods and low <= (t["start_s"] + t["end_s"]) / 2 <= high
        ]
        checks["anger"] = min(scores, default=None)
    return checks


def run(out: Path, data: Path, *extra: str) -> dict[str, float]:
    environment = os.environ | {
        "ENTENDU_MODELS_DIR": str(default_models_dir()), "ENTENDU_DATA_DIR": str(data),
    }  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [
            sys.executable, "-m", "serving", "process", str(EXAMPLES / "conversations"),
            "--kb", str(EXAMPLES / "kb"), "--out", str(out), *extra,
        ],
        check=True, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall_s, "cpu_s": cpu_s, "peak_memory_mb": after.ru_maxrss / 1024}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out, data = Path(folder) / "out", Path(folder) / "data"
        first = run(out, data)
        again = run(out, data)
        results = {p.stem: json.loads(p.read_text("utf-8")) for p in sorted(out.glob("*.json"))}
    recordings = [r["conversation"]["recording"] for r in results.values()]
    audio_s = sum(recording["duration_s"] for recording in recordings if recording)
    speech_s = sum(r["timings"]["speech_s"] for r in results.values())
    rooms_s = sum(r["timings"]["total_s"] for r in results.values())
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processor": platform.processor() or platform.machine(),
                    "cores": os.cpu_count(), "python": platform.python_version()},
        "versions": {name: metadata.version(name) for name in ("entendu", *PACKAGES)},
        "audio_s": audio_s,
        "process": first,
        "process_again_unchanged": again,
        "wall_over_audio": first["wall_s"] / audio_s,
        "speech_s": speech_s,
        "all_rooms_s": rooms_s,
        "share_besides_speech": (rooms_s - speech_s) / rooms_s,
        "share_besides_speech_of_wall": (first["wall_s"] - speech_s) / first["wall_s"],
        "timings": {name: r["timings"] for name, r in results.items()},
        "checks": {name: check(results[name], want) for name, want in EXPECTED.items()},
    }  # fmt: skip
    path = Path(__file__).with_name("results.json")
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(report, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
