"""The people of the demonstration; all invented, none is meant."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from serving.access.principal import Role


class Agent(BaseModel):
    """Somebody who takes contacts.

    Attributes:
        key: Pseudonymous id.
        first_name: As customers hear it; as long as every other, so that it can stand in place.
        last_name: As colleagues know them.
        queues: Whose contacts they take.
        channels: On which channels.
        share: How much of them, compared with others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    first_name: str
    last_name: str
    queues: tuple[str, ...]
    channels: tuple[str, ...] = ("phone",)
    share: float = 1.0

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class Colleague(BaseModel):
    """Somebody who signs in and takes no contacts.

    Attributes:
        id: In the demonstration.
        name: As colleagues know them.
        role: What they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    role: Role


class Customer(BaseModel):
    """Somebody who calls.

    Attributes:
        key: Pseudonymous id.
        last_name: As long as every other.
        gender: As agents address them.
        brand: Whose customer they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    last_name: str
    gender: Literal["f", "m"]
    brand: Literal["telecom", "banque"]


_BOX = ("assistance-box", "facturation", "mobile")
_SALES = ("commandes", "resiliation", "mobile", "facturation")
_BANK = ("comptes", "cartes-fraude", "credits")
_WRITTEN = ("chat", "email", "sms", "social")

AGENTS: tuple[Agent, ...] = (
    Agent(key="a-0401", first_name="Claire", last_name="Vasseur", queues=(*_BOX, "cartes-fraude")),
    Agent(key="a-0402", first_name="Julien", last_name="Caradec", queues=_BOX, share=1.2),
    Agent(key="a-0403", first_name="Samira", last_name="Oulhaj", queues=_BOX, share=1.1),
    Agent(key="a-0404", first_name="Thomas", last_name="Berthier", queues=_BOX, share=0.8),
    Agent(key="a-0405", first_name="Hélène", last_name="Rochas", queues=_SALES),
    Agent(key="a-0406", first_name="Moussa", last_name="Sarr", queues=_SALES, share=1.1),
    Agent(key="a-0407", first_name="Mathis", last_name="Delorme", queues=_SALES, share=0.9),
    Agent(key="a-0408", first_name="Aurore", last_name="Lestienne", queues=_BANK, share=1.2),
    Agent(key="a-0409", first_name="Benoît", last_name="Hamel", queues=_BANK),
    Agent(key="a-0410", first_name="Karine", last_name="Jolivet", queues=_BANK, share=0.8),
    Agent(
        key="a-0411", first_name="Sophie", last_name="Marchetti",
        queues=(*_BOX, *_SALES), channels=_WRITTEN,
    ),
    Agent(
        key="a-0412", first_name="Dorian", last_name="Guichard",
        queues=(*_SALES, *_BANK), channels=_WRITTEN,
    ),
    Agent(
        key="a-0413", first_name="Hakima", last_name="Zerrouki",
        queues=(*_BOX, *_SALES, *_BANK), channels=_WRITTEN, share=0.9,
    ),
)  # fmt: skip
"""Who takes contacts; Léa of the sample chat is the fourteenth."""

LEA = Agent(
    key="a-0414", first_name="Léa", last_name="Fournel", queues=("commandes",), channels=("chat",)
)

SIGNED_IN_AGENT = "a-0401"
"""The agent as whom visitors look around."""

ANALYSTS: tuple[Colleague, ...] = (
    Colleague(id="ines", name="Inès Morvan", role=Role.ANALYST),
    Colleague(id="paul", name="Paul-Henri Nogaret", role=Role.ANALYST),
    Colleague(id="leila", name="Leïla Bensalem", role=Role.ANALYST),
)
SUPERVISOR = Colleague(id="marc", name="Marc Aubertin", role=Role.SUPERVISOR)
ADMIN = Colleague(id="nadege", name="Nadège Pruvost", role=Role.ADMIN)

CALLERS: tuple[Customer, ...] = (
    Customer(key="c-31007", last_name="Dubois", gender="m", brand="telecom"),
    Customer(key="c-31044", last_name="Martin", gender="m", brand="banque"),
    Customer(key="c-31081", last_name="Benali", gender="f", brand="telecom"),
    Customer(key="c-31118", last_name="Mercier", gender="m", brand="banque"),
)
"""Those of the samples, in the order of their files."""

_NAMES_F = (
    "Dubois Girard Bonnet Lambin Fabron Chauve Renoux Perrot Vidaud Marion Royère Leclef Gautié "
    "Benali Haddad Traoré Diallo Nguyen Santos Fabbri Keller Müller Rivero Poulin Brunot Lucain"
)
_NAMES_M = (
    "Morice Garcin Bertin Rousse Vincon Mullot Lefort Andric Mercié Blanco Guérin Boyard Garnot "
    "Chabot Cossec Kergoa Toussi Sanaan Ndiaye Pereir Almada Lopeza Meunié Barbet Aubert Collin"
)


def customers() -> tuple[Customer, ...]:
    """Return everybody who calls; some come back often, most come once or twice."""
    found: list[Customer] = []
    number = 20417
    for gender, names in (("f", _NAMES_F.split()), ("m", _NAMES_M.split())):
        for place, name in enumerate(names):
            for brand in ("telecom", "telecom", "telecom", "banque"):
                number += 37
                found.append(
                    Customer(
                        key=f"c-{number}", last_name=name, gender="f" if gender == "f" else "m",
                        brand="banque" if brand == "banque" or place % 5 == 4 else "telecom",
                    )
                )  # fmt: skip
    return tuple(found)
