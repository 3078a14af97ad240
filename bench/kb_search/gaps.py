"""Knowledge gaps: hidden ones among answered questions and noise; and how questions are grouped.

    python bench/kb_search/gaps.py [--data DATA]      # writes bench/kb_search/gaps.json

Part "hidden": made contacts (``gaps_contacts.yaml``, written before the search for gaps was) on 12
topics that examples/kb does not hold, 4 to 7 each, one topic on which it is out of date, questions
that it answers and questions that nobody else asks. They are made into chats with greetings,
identification, waiting and thanks, go through the same finding of questions and the same answers
as in ``entendu process``, and the gaps are compared with the topics. Found: a gap holds at least
half of the topic's contacts and is at least half made of them. False: most of a gap is noise or
answered questions. ``answers_share``, ``least_similarity`` (within what "grouping" allows) and
``other_answer_below`` were chosen here.

Part "unseen": the same with 8 topics of other trades (``gaps_contacts_unseen.yaml``), written when
every setting was fixed.

Part "grouping" (needs DATA, the intent and retrieval sets in the formats of docs/evaluation.md,
development halves): 3 to 8 sentences of 12 intents among 100 queries that have little in common;
average linkage beside HDBSCAN. ``least_similarity`` and ``words_share`` were chosen here.
"""

from __future__ import annotations

import argparse
import importlib.metadata as metadata
import json
import platform
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import yaml
from sklearn.cluster import HDBSCAN

from conversation import Conversation, Participant, Turn
from kb_search import KnowledgeBase
from kb_search.gaps import GapReport, GapSettings, find_gaps
from kb_search.gaps.closeness import Closeness
from kb_search.gaps.grouping import group
from models import Encoder, load_encoder, resolve_compute
from models.encoder import Kind
from nlu import find_personal_data, find_questions
from serving.asking import answer_questions
from serving.knowledge import GatheredQuestions

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent / "examples"
TODAY = date(2026, 11, 16)
START = datetime(2026, 9, 21, 9, tzinfo=UTC)
DAYS = 56

FILE = "gaps_contacts.yaml"
UNSEEN = "gaps_contacts_unseen.yaml"

OPENINGS = {
    "fr": ["Bonjour et bienvenue, {agent} à votre écoute, que puis-je faire pour vous ?",
           "Bonjour, service clients, {agent}, je vous écoute.", "Bonjour, je suis {agent}."],
    "en": ["Good morning, this is {agent}, how can I help you?", "Hello, {agent} speaking."],
}  # fmt: skip
IDENTIFICATION = {
    "fr": [("Pour accéder à votre dossier, pouvez-vous me donner votre nom et votre code postal ?",
            "{name}, {code}.", "Merci {title} {name}, je regarde votre dossier."),
           ("Quel est votre numéro de client ?", "C'est le 4 58 {code}.",
            "Merci, un instant s'il vous plaît."), None],
    "en": [("Can I take your name and postcode, please?", "{name}, {code}.",
            "Thank you, let me check that for you."), None],
}  # fmt: skip
THANKS = {
    "fr": ["D'accord, merci beaucoup.", "Très bien, c'est noté.", "Ah parfait, merci !",
           "Ok, je vais faire ça.", "Hmm, bon."],
    "en": ["Great, thank you.", "All right, that helps.", "Okay then."],
}  # fmt: skip
CLOSINGS = {
    "fr": ["Avez-vous une autre demande ?", "Je vous souhaite une bonne journée, au revoir."],
    "en": ["Is there anything else I can do for you?", "Have a nice day, goodbye."],
}
NAMES = ["Dubois", "Benali", "Moreau", "Nguyen", "Lefèvre", "Diallo", "Martin", "Garnier"]
SETS = {
    "banking77": "banking77_en/dev/train.jsonl",
    "natcs_insurance": "natcs_dstc11_en/dev/insurance.jsonl",
    "natcs_banking": "natcs_dstc11_en/dev/banking.jsonl",
    "natcs_finance": "natcs_dstc11_en/dev/finance_train.jsonl",
    "hint3_curekart": "hint3_live_chatbots_en/dev/curekart.jsonl",
    "minds14_fr": "minds14_text/dev/fr.jsonl",
}
SEEDS = (0, 1, 2)
OUTSIDE = {"oos", "NO_NODES_DETECTED"}


class RememberingEncoder:
    """The project's encoder; a text that was encoded is not encoded again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, str], np.ndarray] = {}
        self.name, self.dim, self.reference = encoder.name, encoder.dim, encoder.reference

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> np.ndarray:
        missing = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        if missing:
            vectors = self._encoder.encode(missing, kind=kind)
            self._known |= {(kind, text): v for text, v in zip(missing, vectors, strict=True)}
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._known[kind, text] for text in texts])


def contacts(file: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield topic ("" for noise, "=" for answered), agent, question, answer, language."""
    made = yaml.safe_load((HERE / file).read_text("utf-8"))
    for part in ("gaps", "outdated"):
        for topic, value in made[part].items():
            for agent, question, answer in value["contacts"]:
                yield topic, agent, question, answer, _tag(answer)
    for part, topic in (("answered", "="), ("noise", "")):
        for agent, question, answer in made[part]:
            yield topic, agent, question, answer, _tag(answer)


def _tag(text: str) -> str:
    words = set(text.lower().split())
    return "en" if words & {"the", "you", "is", "am", "and"} else "fr"


def chats(file: str, seed: int) -> Iterator[tuple[str, Conversation]]:
    """Make a chat of each contact, its day and its small talk drawn at random."""
    rng = random.Random(seed)
    for number, (topic, agent, question, answer, language) in enumerate(contacts(file)):
        name = rng.choice(NAMES)
        words = {"agent": agent, "name": name, "code": f"{rng.randrange(10, 95)}000",
                 "title": rng.choice(("madame", "monsieur"))}  # fmt: skip
        said = [("agent", rng.choice(OPENINGS[language])), ("customer", question)]
        check = rng.choice(IDENTIFICATION[language])
        if check is not None:
            said += zip(("agent", "customer", "agent"), check, strict=True)
        said += [("agent", answer), ("customer", rng.choice(THANKS[language]))]
        said += [
            ("agent", CLOSINGS[language][0]),
            ("customer", "Non." if language == "fr" else "No."),
        ]
        said += [("agent", CLOSINGS[language][1])]
        day = rng.randrange(DAYS)
        if topic == "nuisance_calls":  # grows: most of it in the last week
            day = rng.randrange(DAYS - 6, DAYS) if rng.random() < 0.8 else day
        at = START + timedelta(days=day, minutes=rng.randrange(500))
        turns = []
        for index, (speaker, text) in enumerate(said):
            turns.append(
                Turn(index=index, speaker=speaker, text=text.format(**words), at=at,
                     participant=0 if speaker == "agent" else 1)
            )  # fmt: skip
            at += timedelta(seconds=rng.randrange(15, 90))
        yield topic, Conversation(
            id=f"chat-{number:03d}", channel="chat", language=language, started_at=turns[0].at,
            participants=(Participant(role="agent", name=agent), Participant(role="customer")),
            turns=tuple(turns),
        )  # fmt: skip


def results(encoder: Encoder, folder: Path, seed: int, file: str = FILE) -> dict[str, str]:
    """Write what `entendu process --kb examples/kb` says of questions; return the topics."""
    base = KnowledgeBase.open(EXAMPLES / "kb", encoder, today=TODAY)
    topics = {}
    for topic, chat in chats(file, seed):
        topics[chat.id] = topic
        found = find_questions(chat)
        values = {
            "conversation": chat.model_dump(mode="json"),
            "knowledge_base": "kb",
            "questions": [q.model_dump(mode="json") for q in answer_questions(found, base)],
            "understanding": {
                "language": chat.language,
                "reasons": {"primary": None},
                "questions": [question.model_dump(mode="json") for question in found],
                "personal_data": [p.model_dump(mode="json") for p in find_personal_data(chat)],
            },
        }
        (folder / f"{chat.id}.json").write_text(json.dumps(values), "utf-8")
    return topics


def hidden(
    encoder: Encoder, settings: GapSettings, seed: int, file: str = FILE
) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        topics = results(encoder, folder, seed, file)
        gathered = GatheredQuestions([folder])
        base = KnowledgeBase.open(EXAMPLES / "kb", encoder, today=TODAY)
        began = time.perf_counter()
        report = find_gaps(
            gathered.questions, encoder=encoder, library=base, personal=gathered.personal,
            settings=settings, today=TODAY,
        )  # fmt: skip
        seconds = time.perf_counter() - began
    return {"seed": seed, **score(report, topics), "seconds": round(seconds, 2)}


def score(report: GapReport, topics: dict[str, str]) -> dict[str, object]:
    """Compare gaps with the hidden topics, and drafts with what may be in them."""
    sizes = Counter(topics.values())
    hidden = [topic for topic in sizes if topic not in {"", "="}]
    found: dict[str, int] = {}
    false, purities, listed = 0, [], []
    sentences = general = several = 0
    for gap in report.gaps:
        held = Counter(topics[one] for one in gap.conversations)
        topic, count = max(held.items(), key=lambda item: (item[1], item[0]))
        share = count / len(gap.conversations)
        real = topic not in {"", "="}
        if real and 2 * count >= sizes[topic] and share >= 0.5:
            found.setdefault(topic, gap.rank)
        if not real:
            false += 1
        else:
            purities.append(share)
        sentences += len(gap.statements)
        general += sum(statement.general for statement in gap.statements)
        several += sum(statement.conversations > 1 for statement in gap.statements)
        listed.append(
            {"rank": gap.rank, "topic": topic, "share": round(share, 2), "title": gap.title,
             "conversations": len(gap.conversations), "handling_s": gap.handling_s,
             "why": gap.why, "contradicted": gap.contradicted,
             "statements": [s.quote.evidence.quote for s in gap.statements]}
        )  # fmt: skip
    drafts = [gap.draft for gap in report.gaps if gap.draft]
    return {
        "hidden": len(hidden),
        "found": len(found),
        "missed": sorted(set(hidden) - set(found)),
        "gaps": len(report.gaps),
        "false": false,
        "purity": round(float(np.mean(purities)), 3) if purities else 0.0,
        "questions": report.questions,
        "open": report.open_questions,
        "drafts": len(drafts),
        "sentences": sentences,
        "sentences_general": general,
        "sentences_said_in_several": several,
        "drafts_with_a_customer_name": sum(any(n in d for n in NAMES) for d in drafts),
        "drafts_with_small_talk": sum(
            any(t in d for t in ("bonne journée", "un instant", "votre écoute", "Have a nice"))
            for d in drafts
        ),
        "gaps_with_contradiction": [g["topic"] for g in listed if g["contradicted"]],
        "grows": [t["topic"] for t, g in zip(listed, report.gaps, strict=True)
                  if g.growth and g.growth.p_value < 0.01],
        "list": listed,
    }  # fmt: skip


def scenarios(data: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the name of a set, texts, and their intents ("" for noise)."""
    read = {name: _rows(data / "intent" / path, "text", "intent") for name, path in SETS.items()}
    clinc = _rows(data / "intent/clinc150_en/dev/train_val.jsonl", "text", "intent")
    french = [
        text
        for part in ("cnil_faq_fr", "piaf_fr")
        for text, _ in _rows(data / f"retrieval/{part}/dev/queries.jsonl", "query", "id")
    ]
    for name, rows in read.items():
        for seed in SEEDS:
            rng = random.Random(f"{name}{seed}")
            by_intent: dict[str, set[str]] = {}
            for text, intent in rows:
                by_intent.setdefault(intent, set()).add(text)
            intents = sorted(
                i for i, own in by_intent.items() if len(own) >= 4 and i not in OUTSIDE
            )
            rng.shuffle(intents)
            texts, labels = [], []
            for intent in intents[:12]:
                own = sorted(by_intent[intent])
                rng.shuffle(own)
                own = own[: rng.randint(3, 8)]
                texts += own
                labels += [intent] * len(own)
            if name.endswith("_fr"):
                noise = rng.sample(sorted(set(french)), 100)
            else:
                one_each = {intent: text for text, intent in rng.sample(clinc, len(clinc))}
                noise = rng.sample(sorted(one_each.values()), 100)
                noise += [min(by_intent[intent]) for intent in intents[12:42]]
            noise = [text for text in dict.fromkeys(noise) if text not in texts]
            yield name, texts + noise, labels + [""] * len(noise)


def _rows(path: Path, text: str, label: str) -> list[tuple[str, str]]:
    lines = path.read_text("utf-8").splitlines()
    return [(" ".join(row[text].split()), str(row[label])) for row in map(json.loads, lines)]


def grouping(encoder: Encoder, data: Path) -> list[dict[str, object]]:
    made = list(scenarios(data))
    found = []
    for words_share in (0.0, 0.2, 0.4, 0.6):
        similar = []
        for _, texts, _ in made:
            distinct = sorted(set(texts))
            similar.append(
                Closeness(distinct, encoder, words_share=words_share).between(texts, texts)
            )
        for floor in (0.25, 0.28, 0.31, 0.34, 0.37):
            found.append(
                {"method": "average linkage", "words_share": words_share, "floor": floor}
                | _compare(made, similar, lambda s, f=floor: group(s, least_similarity=f))
            )
        if words_share == 0.4:
            for selection in ("eom", "leaf"):
                found.append(
                    {"method": f"HDBSCAN {selection}", "words_share": words_share}
                    | _compare(made, similar, lambda s, m=selection: _hdbscan(s, m))
                )
    return found


def _hdbscan(similarity: np.ndarray, selection: str) -> list[list[int]]:
    distances = np.maximum(1 - (similarity + similarity.T) / 2, 0)
    np.fill_diagonal(distances, 0)
    labels = HDBSCAN(
        min_cluster_size=3, metric="precomputed", cluster_selection_method=selection, copy=True
    ).fit_predict(distances)
    return [np.flatnonzero(labels == label).tolist() for label in set(labels.tolist()) - {-1}]


def _compare(
    made: Sequence[tuple[str, list[str], list[str]]],
    similar: Sequence[np.ndarray],
    method: Callable[[np.ndarray], list[list[int]]],
) -> dict[str, object]:
    recovered, false, purity = [], [], []
    for (_, _, labels), similarity in zip(made, similar, strict=True):
        sizes = Counter(labels)
        got, wrong = set(), 0
        for rows in method(similarity):
            if len(rows) < 3:
                continue
            label, count = Counter(labels[row] for row in rows).most_common(1)[0]
            purity.append(count / len(rows) if label else 0.0)
            wrong += not label
            if label and 2 * count >= max(sizes[label], len(rows)):
                got.add(label)
        recovered.append(len(got) / (len(sizes) - 1))
        false.append(wrong)
    return {
        "recovered": round(float(np.mean(recovered)), 3),
        "false_per_scenario": round(float(np.mean(false)), 2),
        "purity": round(float(np.mean(purity)), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--show", action="store_true", help="Print the gaps of the first seed.")
    arguments = parser.parse_args()
    encoder = RememberingEncoder(load_encoder(compute=resolve_compute("cpu", threads=1)))
    path = HERE / "gaps.json"
    stored = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    stored["environment"] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "encoder": encoder.name,
        "scikit-learn": metadata.version("scikit-learn"),
        "scipy": metadata.version("scipy"),
        "threads": 1,
    }
    default = GapSettings()
    stored["hidden"] = [hidden(encoder, default, seed) for seed in SEEDS]
    stored["unseen"] = [hidden(encoder, default, seed, UNSEEN) for seed in SEEDS]
    stored["hidden_without_answers"] = {
        key: value
        for key, value in hidden(encoder, GapSettings(answers_share=0.0), 0).items()
        if key != "list"
    }
    stored["unseen_without_answers"] = {
        key: value
        for key, value in hidden(encoder, GapSettings(answers_share=0.0), 0, UNSEEN).items()
        if key != "list"
    }
    if arguments.data is not None:
        stored["grouping"] = grouping(encoder, arguments.data)
    path.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for run in stored["hidden"] + stored["unseen"]:
        print({key: value for key, value in run.items() if key != "list"})
    print("without answers:", stored["hidden_without_answers"])
    print("unseen, without answers:", stored["unseen_without_answers"])
    if arguments.show:
        for gap in stored["hidden"][0]["list"] + stored["unseen"][0]["list"]:
            print(json.dumps(gap, ensure_ascii=False))


if __name__ == "__main__":
    main()
