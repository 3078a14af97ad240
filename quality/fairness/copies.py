"""Copies of a conversation in which one thing is other, and only that."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from conversation import Conversation
from conversation.errors import BadInput
from quality.fairness.gendering import change_gender
from quality.fairness.noise import misrecognise, misspell
from quality.fairness.people import Gender, Person, Role, find_people
from quality.fairness.phrases import stream, word_file
from quality.fairness.renaming import NewName, rename
from quality.fairness.wording import hesitate, reword
from quality.findings import Bilingual, both
from quality.metrics import SPOKEN_CHANNELS

Kind = Literal[
    "identity",
    "customer_name",
    "agent_name",
    "customer_gender",
    "agent_gender",
    "customer_region",
    "agent_region",
    "customer_register",
    "agent_register",
    "customer_recognition",
    "agent_recognition",
    "customer_spelling",
    "agent_spelling",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

KIND_LABELS: dict[str, Bilingual] = {
    "identity": both("rien (contrôle)", "nothing (control)"),
    "customer_name": both("nom du client", "customer's name"),
    "agent_name": both("nom de l'agent", "agent's name"),
    "customer_gender": both("genre du client", "customer's gender"),
    "agent_gender": both("genre de l'agent", "agent's gender"),
    "customer_region": both("mots régionaux du client", "customer's regional words"),
    "agent_region": both("mots régionaux de l'agent", "agent's regional words"),
    "customer_register": both("façon de parler du client", "customer's way of speaking"),
    "agent_register": both("façon de parler de l'agent", "agent's way of speaking"),
    "customer_recognition": both(
        "erreurs de reconnaissance chez le client", "recognition errors for the customer"
    ),
    "agent_recognition": both(
        "erreurs de reconnaissance chez l'agent", "recognition errors for the agent"
    ),
    "customer_spelling": both("orthographe du client", "customer's spelling"),
    "agent_spelling": both("orthographe de l'agent", "agent's spelling"),
}

NOISE_KINDS: frozenset[str] = frozenset(
    {"customer_recognition", "agent_recognition", "customer_spelling", "agent_spelling"}
)
"""Changes that lose words: some answers must follow them, so their tolerance is another."""

WORD_ERROR_RATES = (0.05, 0.15)
"""Errors per word of the two strengths of recognition noise."""

SLIP_SHARES = (0.05, 0.15)
"""Words with a slip, of the two strengths of spelling."""

LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Counterfactual:
    """A copy of a conversation.

    Attributes:
        kind: What was changed.
        variant: Into what.
        label: The variant in words.
        conversation: The copy; same identifier, turns and times.
        turns: Which turns have another text.
    """

    kind: Kind
    variant: str
    label: Bilingual
    conversation: Conversation
    turns: tuple[int, ...]


def counterfactuals(
    conversation: Conversation,
    *,
    language: str,
    seed: int,
    kinds: Sequence[Kind] = KINDS,
) -> Iterator[Counterfactual]:
    """Make the copies of a conversation.

    Args:
        conversation: The original.
        language: Primary tag of its language.
        seed: The same seed gives the same copies; each copy has a random stream of its own, so
            that other conversations or kinds do not change it.
        kinds: Which changes.

    Yields:
        The copies in which something has changed, and the unchanged one of ``identity``.

    Raises:
        BadInput: The language is neither ``fr`` nor ``en``.
    """
    if language not in LANGUAGES:
        raise BadInput(
            f"conversation {conversation.id!r} is in {language!r}, expected fr or en",
            remedy="leave it out: the lists of names and words are in these two languages",
        )
    people = find_people(conversation, language)
    for kind in kinds:
        if kind == "identity":
            yield Counterfactual(kind, "same", KIND_LABELS[kind], conversation, ())
            continue
        for variant, label, make in _VARIANTS[kind.partition("_")[2]](_side(kind), language):
            rng = stream(seed, conversation.id, kind, variant)
            copy = make(conversation, people, rng)
            turns = tuple(
                before.index
                for before, after in zip(conversation.turns, copy.turns, strict=True)
                if before.text != after.text
            )
            if turns:
                yield Counterfactual(kind, variant, label, copy, turns)


_Make = Callable[[Conversation, dict[Role, Person], random.Random], Conversation]
_Variants = Iterator[tuple[str, Bilingual, _Make]]


def _side(kind: str) -> Role:
    return "agent" if kind.startswith("agent") else "customer"


def _label(entry: object) -> Bilingual:
    return Bilingual.model_validate(entry)


def _names(role: Role, language: str) -> _Variants:
    def maker(group: str) -> _Make:
        def make(
            conversation: Conversation, people: dict[Role, Person], rng: random.Random
        ) -> Conversation:
            person = people[role]
            if not person.named:
                return conversation
            gender: Gender = person.gender or ("f" if rng.random() < 0.5 else "m")
            new = _pick(language, group, gender, people, rng)
            return rename(conversation, person, new, language=language)

        return make

    for group, entry in word_file("names")[language].items():
        yield group, _label(entry["label"]), maker(group)  # type: ignore[index]


def _genders(role: Role, language: str) -> _Variants:
    def make(
        conversation: Conversation, people: dict[Role, Person], rng: random.Random
    ) -> Conversation:
        person = people[role]
        if person.gender is None:
            return conversation
        gender: Gender = "m" if person.gender == "f" else "f"
        copy = change_gender(conversation, role, gender, language=language)
        if not person.first:
            return copy
        first = _pick(language, "common", gender, people, rng).first
        only = Person(role, person.first, (), person.gender)
        return rename(copy, only, NewName(first, ""), language=language)

    yield "other", both("autre genre", "the other gender"), make


def _regions(role: Role, language: str) -> _Variants:
    return _phrases(role, language, "regional")


def _registers(role: Role, language: str) -> _Variants:
    for variant, label, reworded in _phrases(role, language, "register"):
        if (role, variant) != ("agent", "familiar_you"):  # how an agent says "you" is judged
            yield variant, label, reworded

    def make(
        conversation: Conversation,
        _people: dict[Role, Person],
        rng: random.Random,
    ) -> Conversation:
        return hesitate(conversation, role, language=language, rng=rng)

    yield "fillers", both("hésitations", "hesitations"), make


def _phrases(role: Role, language: str, name: str) -> _Variants:
    def maker(variant: str) -> _Make:
        def make(
            conversation: Conversation, _people: dict[Role, Person], _rng: random.Random
        ) -> Conversation:
            return reword(conversation, role, name=name, language=language, variant=variant)

        return make

    for variant, entry in word_file(name)[language].items():
        if isinstance(entry, dict):
            yield variant, _label(entry["label"]), maker(variant)


def _recognition(role: Role, language: str) -> _Variants:
    def maker(profile: str, rate: float) -> _Make:
        def make(
            conversation: Conversation, _people: dict[Role, Person], rng: random.Random
        ) -> Conversation:
            if conversation.channel not in SPOKEN_CHANNELS:
                return conversation
            return misrecognise(
                conversation, role, language=language, profile=profile, word_error_rate=rate,
                rng=rng,
            )  # fmt: skip

        return make

    profiles: dict[str, dict[str, object]] = word_file("recognition")[language]["profiles"]  # type: ignore[assignment]
    for rate in WORD_ERROR_RATES:
        for profile, entry in profiles.items():
            label = _label(entry["label"])
            shown = both(
                f"{label.fr}, {100 * rate:g} % des mots", f"{label.en}, {100 * rate:g}% of words"
            )
            yield f"{profile}_{100 * rate:g}", shown, maker(profile, rate)


def _spelling(role: Role, language: str) -> _Variants:
    def maker(share: float) -> _Make:
        def make(
            conversation: Conversation, _people: dict[Role, Person], rng: random.Random
        ) -> Conversation:
            if conversation.channel in SPOKEN_CHANNELS:
                return conversation
            return misspell(conversation, role, language=language, share=share, rng=rng)

        return make

    for share in SLIP_SHARES:
        shown = both(
            f"fautes dans {100 * share:g} % des mots", f"slips in {100 * share:g}% of words"
        )
        yield f"slips_{100 * share:g}", shown, maker(share)


_VARIANTS: dict[str, Callable[[Role, str], _Variants]] = {
    "name": _names,
    "gender": _genders,
    "region": _regions,
    "register": _registers,
    "recognition": _recognition,
    "spelling": _spelling,
}


def _pick(
    language: str, group: str, gender: Gender, people: dict[Role, Person], rng: random.Random
) -> NewName:
    """Pick a name of a group that neither side bears already."""
    from quality.texts import fold

    entry = word_file("names")[language][group]
    borne = {part for person in people.values() for part in (*person.first, *person.family)}
    firsts = str(entry["women" if gender == "f" else "men"]).split()  # type: ignore[index]
    families = [name.strip() for name in str(entry["families"]).split(",")]  # type: ignore[index]
    first = rng.choice([name for name in firsts if fold(name) not in borne])
    family = rng.choice([name for name in families if not borne & set(fold(name).split())])
    return NewName(first, family)
